"""Markdown -> ParsedDocument: read as the text that it shows, headings, lists and tables as such; a front matter's keys are given."""

import re
from collections import defaultdict
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from indexer.ingestion.parts import TEXT, ParsedPart, Part, Stream
from indexer.ingestion.text import decode, read_text

ITEM, CELLS = "– ", " · "
"""What an item of a list begins with, and what stands between the cells of a row."""

_FRONT = re.compile(r"\A---\n(?P<keys>.{0,5000}?)\n---\n", re.DOTALL)
_KEY = re.compile(r"(?m)^(title|date|url|source|kind|language|id):[ \t]*[\"']?(.*?)[\"']?[ \t]*$")
_TASK = re.compile(r"\[[ xX]\]\s+")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BELOW_HEAD = re.compile(r"(?=[^\n]*\|)\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*){0,200}\|?\s*$")


def read_markdown(stream: Stream) -> Iterator[Part]:
    """One document."""
    text = decode(stream.whole(TEXT)).replace("\r\n", "\n")
    front = _FRONT.match(text)
    given = {name: value for name, value in _KEY.findall(front["keys"]) if value} if front else {}
    body = (text[front.end() :] if front else text).strip("\n")
    titled, shown = _shown(body) if _is_bounded(body) else (False, body)
    yield ParsedPart(read_text(shown, titled), given=given)


def _is_bounded(text: str) -> bool:
    marks = sum(map(text.count, "*_`[<\\~|>+-\n")) + sum(map(text.count, "!#$%&:=@]^{}")) // 20
    # 50_000: marks of a text, its lines counted too: 70 microseconds each at worst; `&` and its like, 3 each, count a twentieth. One with more
    # keeps them.
    # 10_000_000: characters: so many addresses of links as long as the longest word of a text; with more it keeps its marks, as they take seconds.
    return marks <= 50_000 and text.count("](") * max(map(len, text.split()), default=0) <= 10_000_000


def _shown(text: str) -> tuple[bool, str]:
    """Whether a text begins with its title, and what it shows: each line where it is written, headings between blank ones."""
    shown: dict[int, str] = defaultdict(str)
    titled, heading = False, ""
    for token in _PARSER.parse(text):
        at = token.map[0] if token.map else 0
        if token.type == "heading_open":
            heading = token.tag
        elif token.type == "list_item_open":
            shown[at] += f"{token.info}{token.markup} " if token.info else ITEM
        elif token.type == "inline" and heading:
            titled = titled or (heading == "h1" and not any(shown.values()))
            shown[at] += f"\n{_plain(token)}\n"
            heading = ""
        elif token.type in ("inline", "fence", "code_block"):
            lines = _plain(token) if token.type == "inline" else token.content
            if shown[at] == ITEM:
                lines = _TASK.sub("", lines, count=1)
            for number, line in enumerate(lines.split("\n"), at + (token.type == "fence")):
                shown[number] += line
    blank = {number: "" for number, line in enumerate(text.split("\n")) if not line.strip()}
    return titled, "\n".join(line for _, line in sorted((blank | shown).items())).strip("\n")


def _plain(token: Token) -> str:
    """The words of a token without its marks."""
    marks = {"softbreak": "\n", "hardbreak": "\n", "image": ""}
    texts = ((child.type, child.content) for child in token.children or ())
    return "".join(_BREAK.sub(" ", text) if kind == "text" else marks.get(kind, text) for kind, text in texts)


def _set_rows(state: StateCore) -> None:
    """Write a paragraph that holds a table with its cells between dots: the parser's own tables lose cells beyond the heading's."""
    for token in state.tokens:
        lines = token.content.split("\n") if token.type == "inline" and "|" in token.content else []
        below = next((number for number in range(1, len(lines)) if _BELOW_HEAD.match(lines[number])), len(lines) + 1)
        if below < len(lines) and "|" in lines[below - 1]:
            rows = lines[below - 1 : below] + lines[below + 1 :]
            token.content = "\n".join([*lines[: below - 1], *map(_cells, rows)])


def _cells(row: str) -> str:
    """A row of a table as a line.

    >>> _cells("| Falun | 59 000 |  |"), _cells("a \\\\| b | c")
    ('Falun · 59 000', 'a | b · c')
    """
    return CELLS.join(filter(None, (cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row))))


_PARSER = MarkdownIt("commonmark", {"html": False}).enable("strikethrough")
_PARSER.core.ruler.before("inline", "rows", _set_rows)

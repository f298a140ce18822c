"""Markdown -> ParsedDocument: read as the text that it shows, headings, lists and tables as such; a front matter's keys are given."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.ingestion.decoding import decode
from indexer.ingestion.parts import Part, Stream
from indexer.ingestion.text import read_text

MARKS = 100_000
"""Inside the lines of a text that are taken out; one with more keeps them."""
LONGEST = 1_000
"""Characters of a line that marks what stands around it, and of a heading."""
ITEM, CELLS = "– ", " · "
"""What an item of a list begins with, and what stands between the cells of a row."""

_FRONT = re.compile(r"\A---\n(?P<keys>.{0,5000}?)\n---\n", re.DOTALL)
_KEY = re.compile(
    r"^(?P<name>title|date|url|source|kind|language|id):[ \t]*[\"']?(?P<value>.*?)[\"']?[ \t]*$", re.MULTILINE
)
_FENCE = re.compile(r"\s{0,3}(?P<fence>`{3,}|~{3,})")
_HEADING = re.compile(r"\s{0,3}(?P<level>#{1,6})(?:\s+(?P<text>.*?))??(?:\s+#+)?\s*$")
_UNDERLINE = re.compile(r"\s{0,3}(?:=+|-+)\s*$")
_RULE = re.compile(r"\s{0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_ITEM = re.compile(r"\A(?P<indent>\s*)(?:[-*+]\s+)(?:\[[ xX]\]\s+)?(?=\S)")
_QUOTE = re.compile(r"\A\s{0,3}(?:>\s?)+")
_BELOW_HEAD = re.compile(r"(?=[^\n]*\|)\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*){0,200}\|?\s*$")
_DEFINITION = re.compile(r"\s{0,3}\[[^\]]{1,300}\]:\s*\S")
_MARKS = (
    (re.compile(r"!\[[^\]]{0,300}\](?:\([^)]{0,300}\)|\[[^\]]{0,300}\])"), ""),
    (re.compile(r"\[([^\]]{1,300})\](?:\([^)]{0,300}\)|\[[^\]]{0,300}\])"), r"\1"),
    (re.compile(r"<(https?://[^\s<>]{1,2000})>"), r"\1"),
    (re.compile(r"(?<!\\)`([^`\n]{1,300})`"), r"\1"),
    *[
        (re.compile(rf"(?<![\w\\]){mark}(?=\S)([^{mark[-1]}\n]{{1,300}})(?<=[^\s\\]){mark}(?!\w)"), r"\1")
        for mark in (r"\*\*", "__", "~~", r"\*", "_")
    ],
    (re.compile(r"<br\s*/?>", re.IGNORECASE), " "),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)
"""What marks a text and what stands in its place; no mark is looked for far, since a hostile text may have millions."""


def read_markdown(stream: Stream) -> Iterator[Part]:
    """One document."""
    text = decode(stream.text()).replace("\r\n", "\n")
    front = _FRONT.match(text)
    given = {found["name"]: found["value"] for found in _KEY.finditer(front["keys"]) if found["value"]} if front else {}
    body = text[front.end() :] if front else text
    titled, lines = _blocks(body.strip("\n").split("\n"))
    shown = "\n".join(lines).strip("\n")
    if sum(map(body.count, "*_`[<\\~")) <= MARKS:
        for pattern, instead in _MARKS:
            shown = pattern.sub(instead, shown)
    yield Part(read_text(shown, titled), given=given)


def _blocks(lines: list[str]) -> tuple[bool, list[str]]:
    """Whether the text begins with its title, and its lines: headings between blank ones, items and rows one a line."""
    shown: list[str] = []
    fence, table, titled = "", False, False
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        found = _FENCE.match(line)
        if found and found["fence"].startswith(fence):
            fence = "" if fence else found["fence"]
            continue
        line = line if fence else _QUOTE.sub("", line, count=1)
        table = "|" in line and (table or _fits(_BELOW_HEAD, below))
        if fence:
            shown.append(line)
        elif table:
            shown += [] if _fits(_BELOW_HEAD, line) else [_cells(line)]
        elif heading := _heading(line, below):
            titled = titled or (heading[0] and not any(shown))
            shown += ["", heading[1], ""]
        elif not any(_fits(pattern, line) for pattern in (_UNDERLINE, _RULE, _DEFINITION)):
            shown.append(_ITEM.sub(rf"\g<indent>{ITEM}", line, count=1))
    return titled, shown


def _fits(pattern: re.Pattern[str], line: str) -> bool:
    return len(line) <= LONGEST and pattern.match(line) is not None


def _heading(line: str, below: str) -> tuple[bool, str] | None:
    """Whether a heading is of the first level, and its words."""
    if len(line) > LONGEST:
        return None
    if found := _HEADING.match(line):
        return len(found["level"]) == 1, found["text"] or ""
    if not line.strip() or not _fits(_UNDERLINE, below) or _ITEM.match(line) or _UNDERLINE.match(line):
        return None
    return below.strip().startswith("="), line.strip()


def _cells(row: str) -> str:
    """A row of a table as a line.

    >>> _cells("| Falun | 59 000 |  |"), _cells("a \\\\| b | c")
    ('Falun · 59 000', 'a | b · c')
    """
    cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row)]
    return CELLS.join(filter(None, cells))

"""Bytes -> text, or a sentence on why not; plain text, as crawlers dump it and as people write it -> ParsedDocument.

What of a text belongs to the page around it is told here, and whether it is no more than an apology: the page that was asked for is not
there, though the server says 200, or hides behind its cookies.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from indexer.documents import Medium
from indexer.ingestion.parts import TEXT, ParsedDocument, ParsedPart, Stream, Unreadable, first_sentence, utf_16_of
from indexer.metadata import contacts, dates, tables

LONG_LINE = 80
"""Characters from which a line is a paragraph."""
_TOP = 60
"""Lines in which a title is looked for."""
_DATA = Path(__file__).with_name("data")
_MASTHEAD = re.compile("|".join(line for (line,) in tables.rows(_DATA / "mastheads.txt")))
_BOILERPLATE = re.compile("|".join(line for (line,) in tables.rows(_DATA / "boilerplate.txt")), re.IGNORECASE)
_MAGIC = {"en äldre Officefil": (b"\xd0\xcf\x11\xe0",), "en bild": (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")}
_CONTROL = bytes((*range(9), *range(14, 27), *range(28, 32)))
_STATED = re.compile(rb"""(?i)^\s*<\?.*encoding=["'](.*?)["'].*\?>|<\s*meta[^>]+charset\s*=\s*["']?([^>]*?)[ /;'">]""")
_SWEDISH = frozenset("åäöÅÄÖéÉèüÜáàøØæÆñ–—”“’‘…»«§°·•´©®½€\xa0\xad")
_ENCODING = "Filens teckenkodning är trasig eller okänd; spara om den som UTF-8."
_APOLOGIES = _DATA / "apologies.tsv"
LITTLE = 60
"""Characters of a line without a full stop that is a link or an address and says nothing; of other words that any such page may have."""
LONG_TEXT = 4_000
"""Characters of a text that can be an apology; those with all purposes of their cookies have up to 3,000."""
_SENTENCES, _PARTS = re.compile(r"(?<=[.!?…])\s+|\n+"), re.compile(r"\s+[|–—·•-]\s+|[|:!.]+\s*")
_TAIL = r"(?:\W+4(?:04|10)\b)?(?:\s+(?:på|on|at|under|via)\s.{1,40}|,\s.{1,90}|\s+(?:eller|och|or|and|men|but)\s.{1,90})?\W*"


def read_plain(stream: Stream) -> Iterator[ParsedPart]:
    """A text as one document."""
    yield ParsedPart(read_text(decode(stream.whole(TEXT))))


def read_text(text: str, titled: bool = False) -> ParsedDocument:
    """The title, the text without what belongs to the page around it, and the lines left out; `titled`: the first line is it."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    left_out = {index for index, line in enumerate(lines) if line and is_boilerplate(line)}
    days = {index for index, line in enumerate(lines[:_TOP]) if line and dates.is_date_line(line)} - left_out
    at = 0 if titled else _title_at(lines, left_out | days)
    if at is not None:
        left_out |= {index for index in range(at) if lines[index] and len(lines[index]) <= LONG_LINE}
    above = (lines[index] for index in sorted(left_out) if index < (at or 0))
    masthead = "\n".join(line for line in above if not is_boilerplate(line))
    left_out |= days
    kept = ["" if index in left_out or index == at else line for index, line in enumerate(lines)]
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    title = lines[at].lstrip("# ") if at is not None else first_sentence(body)
    top = tuple(line for line in lines if line)[:_TOP]
    around = tuple(lines[index] for index in sorted(left_out) if lines[index])
    return ParsedDocument(title, body or title, lines=top, boilerplate=around, medium=Medium.PAGE, masthead=masthead)


def _title_at(lines: Sequence[str], skipped: set[int]) -> int | None:
    """The first line that stands alone above a paragraph; not a masthead, a menu or a sentence."""
    content = [index for index, line in enumerate(lines[:_TOP]) if line and index not in skipped]
    candidates, begun = list[int](), False
    for index, following in zip(content, [*content[1:], 0], strict=True):
        line, below = lines[index], lines[following] if following else ""
        if line.endswith(".") and len(line) > LONG_LINE:
            break  # the text has begun
        # 5: words of a line with a full stop from which it is a sentence of the text, short as it may be.
        begun = begun or (line.endswith(".") and len(line.split()) >= 5)
        # 160: characters of a line that can be a title.
        if len(line) > 160 or line.endswith((".", ",", ";", ":")) or not any(map(str.isalpha, line)):
            continue
        if _MASTHEAD.fullmatch(line) or contacts.is_contact(line):
            continue
        candidates += [] if begun else [index]
        is_sentence = below.endswith((".", "!", "?", ":")) and len(below.split()) > 2
        if len(below) > LONG_LINE or (is_sentence and following > index + 1):
            return index
    return candidates[0] if candidates else None


def is_boilerplate(line: str) -> bool:
    """Whether a line belongs to the page around a text: skip links, cookie notices, translation, image names, buttons.

    >>> is_boilerplate("Till innehåll"), is_boilerplate("Mer om våra kakor"), is_boilerplate("Regionen satsar på vätgas.")
    (True, True, False)
    """
    stripped = line.strip()
    # 220: characters of a line that can be boilerplate; longer ones are paragraphs.
    return len(stripped) <= 220 and bool(_BOILERPLATE.fullmatch(stripped.rstrip(".")))


def decode(content: bytes, is_markup: bool = False) -> str:
    """The text of a file. Raises Unreadable for binary content and for encodings that cannot be told."""
    if not content.strip():
        raise Unreadable("Filen är tom; ta bort den eller fyll den med text.")
    for name, beginnings in _MAGIC.items():
        if content.startswith(beginnings):
            raise Unreadable(f"Filen är {name}, som inte kan läsas; spara den som text eller HTML.")
    if codec := utf_16_of(content):
        return _decoded(content[: len(content) // 2 * 2], codec)
    beginning = content[:65_536]
    if len(beginning) - len(beginning.translate(None, _CONTROL)) > len(beginning) / 1000:
        raise Unreadable("Filen är binär och ingen text; spara den som text eller HTML.")
    with suppress(UnicodeDecodeError):
        return content.decode("utf-8-sig")
    declared = _STATED.search(content, 0, max(2048, len(content) // 20)) if is_markup else None
    encoding = (declared[1] or declared[2] or b"").decode("ascii", "replace").lower() if declared else ""
    if encoding and not encoding.startswith(("utf", "ucs", "unicode")):  # one that can be read is not in UTF-16
        return _decoded(content, encoding)
    text = _decoded(content, "cp1252")
    foreign = [character for character in text if not character.isascii()]
    # 0.9: of the letters outside ASCII that must be usual in Swedish for text in an unstated encoding to be read as Windows-1252.
    if sum(character in _SWEDISH for character in foreign) < 0.9 * len(foreign):
        raise Unreadable(_ENCODING)
    return text


def decoded_line(line: bytes) -> str:
    """A line of a table, in UTF-8 or else Windows-1252. Raises Unreadable."""
    with suppress(UnicodeDecodeError):
        return line.decode("utf-8-sig")
    return _decoded(line, "cp1252")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise Unreadable(_ENCODING) from error


class Apology(Unreadable):
    """A page that stands in place of the one that was asked for; `is_missing`: what was asked for is not there, otherwise its cookies are to be accepted first."""

    def __init__(self, phrase: str, is_missing: bool) -> None:
        said = "säger bara att den inte finns" if is_missing else "visar bara en fråga om kakor"
        super().__init__(f"Sidan {said} (”{phrase}”); hämta den på rätt adress eller ta bort den.")
        self.phrase, self.is_missing = phrase, is_missing


def apology_in(title: str, text: str) -> Apology | None:
    """Whether a page is missing or a cookie wall, with the sentence or heading that says so; None for any other.

    >>> apology_in("Sidan finns inte", "Prova att söka.").phrase, apology_in("Sidan finns inte – så letar du", "Länkar dör. " * 9)
    ('Sidan finns inte', None)
    """
    sentences = [" ".join(sentence.split()) for sentence in _SENTENCES.split(text[: LONG_TEXT + 1]) if sentence.strip()]
    parts = [title, *_PARTS.split(title)]
    # 1, 5: times as long as its other sentences what such a page says must be.
    for kind, times in (("missing", 1), ("wall", 5)):
        if len(text) > LONG_TEXT or not _first(kind, parts + sentences) or _first("quoted", sentences):
            continue  # as nearly always, and soon
        own, others, early = _spoken(sentences, kind)
        headed = _first(kind, parts)
        is_little = others * times <= own or (headed and others <= LITTLE)
        is_asked = kind == "missing" or _first("demand", [title, *sentences])
        if is_little and is_asked and (phrase := headed or _first(kind, early)):
            return Apology(phrase, kind == "missing")
    return None


def _spoken(sentences: Iterable[str], kind: str) -> tuple[int, int, list[str]]:
    """Characters of the sentences that such a page has, and of all others; and the first ones, without links and addresses."""
    own = [sentence for sentence in sentences if _first(kind, [sentence]) or _first(f"{kind}-around", [sentence])]
    spoken = [one for one in sentences if one in own or len(one) > LITTLE or one.endswith((".", "!", "?", "…"))]
    length = sum(map(len, own))
    # 3: sentences of which one says that the page that was asked for is not there: an article that quotes such a page begins with its own words.
    return length, sum(map(len, spoken)) - length, spoken[:3]


def _first(kind: str, sentences: Iterable[str]) -> str | None:
    # 300: characters from which a sentence is an article's.
    return next((one for one in sentences if len(one) <= 300 and _pattern(kind).fullmatch(one)), None)


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    """What a whole sentence of a kind looks like, with interjections and numbers of the error before it and an addition behind."""
    before = dict(tables.expressions(_APOLOGIES))["BEFORE"]
    return re.compile(rf"\W*(?:{before}\b\W*)*(?:{tables.one_of(_APOLOGIES, kind)}){_TAIL}", re.IGNORECASE)

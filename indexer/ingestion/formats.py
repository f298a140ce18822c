"""Which reader a content is for: told by its beginning, and by its name only where the beginning says nothing."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from msgspec.structs import replace

from indexer.ingestion.parts import Part, Stream, Unreadable, refused, utf_16_of
from indexer.metadata.tables import rows

DEEPEST = 3
"""Times that a content may be packed in another."""
_DATA = Path(__file__).with_name("data")


@cache
def columns() -> dict[str, list[str]]:
    """Key of a document -> the headings of a table's column that it is known by."""
    return {key: headings.split(", ") for key, headings in rows(_DATA / "columns.tsv")}


@cache
def _formats() -> list[tuple[re.Pattern[str], re.Pattern[bytes], str, str]]:
    """What a name and a beginning look like, and the module and function that read it."""
    table = rows(_DATA / "formats.tsv")
    return [(re.compile(name), re.compile(start.encode(), re.S), module, read) for name, start, module, read in table]


def read_parts(stream: Stream) -> Iterator[Part]:
    """The parts of a content, by the reader of its format. Raises Unreadable."""
    if stream.depth > DEEPEST:
        raise Unreadable(f"Innehållet är packat i mer än {DEEPEST} led; packa upp det först.")
    module, function = format_of(stream.name, stream.beginning)
    # Imported by need: reading text does not need the packages that read pages.
    reader: Callable[[Stream], Iterator[Part]] = getattr(import_module(f"indexer.ingestion.{module}"), function)
    return reader(stream)


def read_member(stream: Stream, member: str) -> Iterator[Part]:
    """The parts of a content that is packed in another, each with where it stands; a broken one is refused by itself.

    Raises Unreadable when the whole source has unpacked to too much.
    """
    try:
        yield from (replace(part, member=member + part.member) for part in read_parts(stream))
    except Exception as error:  # as in `parsed`
        yield refused(error, member)
        if stream.budget.left < 0:
            raise


def format_of(name: str, beginning: bytes) -> tuple[str, str]:
    """The module and the function that read a content."""
    if codec := utf_16_of(beginning):
        beginning = beginning.decode(codec, "ignore").encode()
    start = beginning.lstrip(b"\xef\xbb\xbf \t\r\n")
    for named, begins, module, function in _formats():
        if named.search(name.lower()) and begins.search(beginning if begins.pattern[:2] == rb"\A" else start):
            return module, function
    return ("lists", "read_csv") if _is_heading(start.partition(b"\n")[0]) else ("text", "read_plain")


def _is_heading(line: bytes) -> bool:
    """Whether a first line names two columns of a table that are known, one of them with texts; a title may name one."""
    names = {name.strip(' "').lower() for name in re.split("[;,\t]", line.decode("utf-8", "replace").strip())}
    keys = {key for key, headings in columns().items() if not names.isdisjoint(headings)}
    return "text" in keys and len(keys) > 1

"""A source -> its parts: one reader a format; whatever cannot be read is refused by name.

Which reader a content is for is told by its beginning, and by its name only where the beginning says nothing.
"""

import glob
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from msgspec.structs import replace

from indexer.faults import is_passing
from indexer.ingestion.parts import ALLOWANCE, UNPACKED, Budget, Part, Source, Stream, Unreadable, in_utf_8, refused
from indexer.metadata.tables import rows

__all__ = ["Source", "is_sidecar", "parts_of", "stream_of"]

DEEPEST = 3
"""Times that a content may be packed in another."""
_DATA = Path(__file__).with_name("data")
COLUMNS = {key: headings.split(", ") for key, headings in rows(_DATA / "columns.tsv")}
"""Key of a document -> the headings of a table's column that it is known by."""
_FORMATS = rows(_DATA / "formats.tsv")
"""What a name and a beginning look like, and the module and function that read it."""
# Read as a text: TOML refuses one that cannot be, as 2019-02-30, and all that stands beside it.
_DATE = re.compile(r"^(\s*(?:date|published|updated|fetched)\s*=\s*)([^\s\"'\[{#][^#\n]*?)(\s*(?:#.*)?)$", re.MULTILINE)


def parts_of(
    source: Source, document_bytes: int, at: Callable[[int], None] = lambda byte: None, written: Path | None = None
) -> Iterator[Part]:
    """The parts of a source, with what is stated of it; `at` gets the byte of the file up to which it is read.

    `written` is a file that is to take its place, and is read as if it had.
    """
    part: Part | None = None
    try:
        with stream_of(source, document_bytes, written) as stream:
            for part in read_parts(stream):
                at(stream.packed.tell())
                yield replace(part, given={**part.given, **stream.stated}) if stream.stated else part
        if part is None:
            raise Unreadable("Filen är tom eller har inga dokument; ta bort den eller fyll den med text.")
    except Exception as error:  # as in `parsed`
        yield refused(error)


@contextmanager
def stream_of(source: Source, document_bytes: int, written: Path | None = None) -> Iterator[Stream]:
    """The bytes of a source, or of what is to take its place, under its limits. Raises OSError, and Unreadable for a broken sidecar."""
    stated = _sidecar(source.path)
    mapped = stated.pop("columns", {})
    columns = {str(key): str(name) for key, name in mapped.items()} if isinstance(mapped, dict) else {}
    path = written or source.path
    with path.open("rb") as file:
        budget, stated = Budget(max(path.stat().st_size * UNPACKED, ALLOWANCE)), stated | dict(source.given)
        yield Stream(source.path.name, file, document_bytes, budget, columns, stated=stated)


def sidecars(path: Path) -> list[Path]:
    """The sidecars of a file, of which the first says something of it: NAME.ext.toml, else NAME.toml."""
    named = (path.with_name(f"{path.name}.toml"), path.with_suffix(".toml"))
    return [sidecar for sidecar in named if sidecar != path and sidecar.is_file()]


def _sidecar(path: Path) -> dict[str, object]:
    """What the file's sidecar says. Raises Unreadable for a broken one."""
    for sidecar in sidecars(path)[:1]:
        try:
            return dict(tomllib.loads(_DATE.sub(r'\1"\2"\3', sidecar.read_text(encoding="utf-8"))))
        except (OSError, ValueError) as error:
            if is_passing(error):
                raise
            raise Unreadable(f"Följefilen {sidecar.name} går inte att läsa ({error}); rätta den.") from error
    return {}


def is_sidecar(path: Path) -> bool:
    """Whether a file only says something of another that lies beside it."""
    named = (other for other in path.parent.glob(f"{glob.escape(path.stem)}.*") if other.stem == path.stem)
    return path.suffix == ".toml" and (path.with_suffix("").is_file() or any(other != path for other in named))


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
    beginning = in_utf_8(beginning, "ignore")
    name, start = name.lower(), beginning.lstrip(b"\xef\xbb\xbf \t\r\n")
    for named, begins, module, function in _FORMATS:
        looked_at = beginning if begins.startswith(r"\A") else start
        if (not named or re.search(named, name)) and (not begins or re.search(begins.encode(), looked_at, re.DOTALL)):
            return module, function
    # A table's first line names two columns that are known, one of them with texts; a title may name one.
    heading = start.partition(b"\n")[0].decode("utf-8", "replace").strip()
    names = {name.strip(' "').lower() for name in re.split("[;,\t]", heading)}
    keys = {key for key, headings in COLUMNS.items() if not names.isdisjoint(headings)}
    return ("lists", "read_csv") if "text" in keys and len(keys) > 1 else ("text", "read_plain")

"""An answer to take along: of each document a row, a line or a reference, as bytes that are made while they are sent."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from hashlib import blake2b
from io import BytesIO
from itertools import chain, islice
from typing import Any
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec

from indexer.documents import RIGHTS, to_json
from indexer.facets import FACETS
from indexer.metadata.dates import DATE_PARTS, date_text, known_parts
from indexer.metadata.tables import rows
from indexer.results import Found

COLUMNS = rows("results/data/columns.tsv")
"""Heading, name and meaning of each column."""
_REFERENCE, _WORKBOOK = rows("results/data/reference.tsv"), rows("results/data/workbook.tsv")
SHEET_ROWS = 1_048_576
"""Most that a sheet of Excel holds."""
FULL = "Resten får inte plats i Excel; hela svaret finns som CSV."
CELL = 32_000
"""Most characters in a cell of Excel, which holds 32,767 UTF-16 units."""
CUT = " […] Resten får inte plats i Excel; hela texten finns som CSV."
UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold, and what ends a line for some."""
_FORMULA = re.compile(r"[\s\ufeff\u200b]*[=+\-@＝＋－＠]|\s")
"""What a spreadsheet may take for a formula (OWASP, CSV Injection)."""
_CERTAINTY = {"day": "dag", "month": "månad", "year": "år", "estimated": "omkring", "": "utan datum"}
_TEX = str.maketrans(dict(rows("results/data/tex.tsv")) | {"#": r"\#"})
"""Braces also count in BibTeX behind a backslash."""
Value = str | float | None
Row = Sequence[Value]


def _values(found: Found, day: date) -> dict[str, Any]:
    """What is said of a document on a day, by name: texts, and as a number its score; what is not known is empty."""
    document, dated = found.document, found.document.published
    value, precision = (dated.value, dated.precision) if dated else ("", "")
    known, sure = known_parts(value, precision), precision in DATE_PARTS
    certainty = _CERTAINTY[precision]
    return msgspec.structs.asdict(document) | {
        "kind": FACETS["kind"].label_of(document.kind or ""),
        "published": "-".join(known),
        "certainty": certainty,
        "regions": ", ".join(one.label for one in (*document.regions, *document.further_regions) if one.about),
        "rights": RIGHTS.get(document.rights or "", document.rights),
        "others": ", ".join(other.source or other.id for other in document.duplicates),
        "score": found.score,
        "missing": ", ".join(found.missing),
        "exact_date": "-".join(known) if sure else "",
        "year": value[:4] if sure else f"{certainty} {value[:4]}",
        "note": "" if sure else date_text(value, precision) if value else certainty,
        "address": quote(document.url or "", safe="%/:=&?~#+!$,;'@()*[]", errors="replace"),
        "accessed": f"{day}",
        "ris_date": "/".join(known) if sure else "",
        "ris_accessed": f"{day:%Y/%m/%d}",
        "ris_year": value[:4] if sure or not value else f"{value[:4]}///omkring",
    }


def _rows(found: Iterable[Found], day: date) -> Iterator[Row]:
    """The headings, then the values of each document."""
    yield [heading for heading, _, _ in COLUMNS]
    for one in found:
        values = _values(one, day)
        yield [values[name] for _, name, _ in COLUMNS]


def inert(value: Value) -> str:
    """A cell of CSV, with decimal comma; before a text that a spreadsheet may take for a formula stands an apostrophe."""
    if isinstance(value, int | float):
        return str(value).replace(".", ",")
    text = UNFIT.sub(" ", value or "")
    return f"'{text}" if _FORMULA.match(text) else text


def _csv(rows: Iterable[Row]) -> Iterator[bytes]:
    """With a byte order mark and semicolons, as Excel reads it in Swedish; all in quotes, since elsewhere it splits at commas."""
    yield "\ufeff".encode()
    for row in rows:
        cells = '";"'.join(inert(value).replace('"', '""') for value in row)
        yield f'"{cells}"\r\n'.encode()


class _Unseekable(BytesIO):
    """A file that is sent while it is written, so that nothing goes back in it."""

    def tell(self) -> int:
        raise OSError


def _cell(value: Value) -> str:
    """A cell of Excel: a number, or a text that is never read as anything else."""
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    text = value if value and value.isprintable() else UNFIT.sub(" ", value or "")
    shown = text if len(text) <= CELL else text[: CELL - len(CUT)] + CUT
    # Without html.escape and where nothing is unfit a cell takes two thirds of the time; _x003D_ would be read as =.
    written = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("_x", "_x005F_x")
    return f'<c t="inlineStr"><is><t xml:space="preserve">{written}</t></is></c>'


def _xlsx(rows: Iterable[Row]) -> Iterator[bytes]:
    """Ours, as each row can be sent at once: XlsxWriter begins when all are there, and takes four times as long."""
    sent, rows = _Unseekable(), iter(rows)
    with ZipFile(sent, "w", ZIP_DEFLATED, compresslevel=1) as book:
        for name, content in _WORKBOOK:
            book.writestr(name, content)
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
            for line in chain(islice(rows, SHEET_ROWS - 1), ([FULL] for _ in islice(rows, 1))):
                sheet.write(f"<row>{''.join(map(_cell, line))}</row>".encode())
                yield sent.getvalue()
                sent.seek(0)
                sent.truncate()
            sheet.write(b"</sheetData></worksheet>")
    yield sent.getvalue()


def _json_lines(found: Iterable[Found], day: date) -> Iterator[bytes]:
    """Documents as `show` prints them, and the words that each lacks."""
    return (msgspec.json.encode(to_json(one.document) | {"missing": one.missing}) + b"\n" for one in found)


def _fields(found: Found, day: date) -> Iterator[tuple[str, str, str]]:
    """What is known of a reference: tag, field and value, on one line."""
    values = _values(found, day)
    lines = ((tag, field, " ".join(UNFIT.sub(" ", values[name] or "").split())) for tag, field, name in _REFERENCE)
    return (line for line in lines if line[2])


def _ris(found: Iterable[Found], day: date) -> Iterator[bytes]:
    for one in found:
        fields = "".join(f"{tag}  - {text}\r\n" for tag, _, text in _fields(one, day) if tag)
        yield f"TY  - NEWS\r\n{fields}ER  - \r\n\r\n".encode()


def _bibtex(found: Iterable[Found], day: date) -> Iterator[bytes]:
    """Titles and names in braces of their own, which keep capitals and words together; addresses hold no sign of TeX's own."""
    for one in found:
        key = blake2b(one.document.id.encode(), digest_size=8).hexdigest()
        texts = {field: value if field == "url" else value.translate(_TEX) for _, field, value in _fields(one, day)}
        texts |= {field: f"{{{texts[field]}}}" for field in ("title", "author") if field in texts}
        fields = "".join(f"  {field} = {{{text}}},\n" for field, text in texts.items() if field)
        yield f"@misc{{regionsok-{key},\n{fields}}}\n\n".encode()


def tabled(form: str, rows: Iterable[Row]) -> Iterator[bytes]:
    """The bytes of a table, its headings first, as csv or xlsx."""
    return _csv(rows) if form == "csv" else _xlsx(rows)


_LISTS = {"jsonl": _json_lines, "ris": _ris, "bib": _bibtex}
FORMS = {form: (label, media_type) for form, label, media_type in rows("results/data/forms.tsv")}
"""The ending of a file's name -> what its form is called and its media type; what is no list is a table."""


def exported(form: str, found: Iterable[Found], day: date) -> Iterator[bytes]:
    """The bytes of a file in one of FORMS; the day is that of asking."""
    pieces = _LISTS[form](found, day) if form in _LISTS else tabled(form, _rows(found, day))
    # A hundred documents are sent together; of many rows nothing is packed yet.
    return filter(None, map(b"".join, iter(lambda: list(islice(pieces, 100)), [])))

"""CSV with a heading row -> given keys of each row; a sidecar's `columns` says which heading is which key where its name does not."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain

from indexer.ingestion.decoding import decoded_lines
from indexer.ingestion.drafts import Draft, Unreadable
from indexer.ingestion.formats import COLUMNS
from indexer.ingestion.parts import Part, Stream
from indexer.ingestion.text import first_sentence

LONGEST_FIELD = 10_000_000


def read_csv(stream: Stream) -> Iterator[Part]:
    """The rows below the heading. Raises Unreadable for a table without a column of texts."""
    csv.field_size_limit(LONGEST_FIELD)
    lines = decoded_lines(stream)
    first = next(lines, "")
    rows = csv.reader(chain([first], lines), delimiter=max(",;\t", key=first.count))
    heading = next(rows, [])
    headings = {column.strip().lower(): at for at, column in reversed(list(enumerate(heading)))}
    known = {key: (stream.columns[key].lower(),) if key in stream.columns else names for key, names in COLUMNS.items()}
    keys = {key: headings[name] for key, names in known.items() for name in names if name in headings}
    if "text" not in keys:
        raise Unreadable("Tabellen har ingen kolumn som heter text; döp om den kolumn som har texterna.")
    try:
        for number, row in enumerate(rows, start=2):
            if any(row):
                yield _part(number, {name: row[at].strip() for name, at in keys.items() if at < len(row)})
    except csv.Error as error:
        raise Unreadable(f"Tabellen är trasig vid rad {rows.line_num} ({error}); rätta den.") from error


def _part(number: int, found: dict[str, str]) -> Part:
    text = found.pop("text", "")
    if not text:
        return Part(Unreadable("Raden har ingen text; fyll i den eller ta bort raden."), f"#{number}")
    given = {name: value for name, value in found.items() if value}
    return Part(Draft(given.get("title") or first_sentence(text), text), f"#{number}", given)

"""What names, beginnings and lines look like: tables in data/, a row a line, lines with # are comments."""

from pathlib import Path

from indexer.metadata.tables import rows

_DATA = Path(__file__).with_name("data")


def rows_of(name: str) -> tuple[list[str], ...]:
    """The fields of each row of a file in data/."""
    return rows(_DATA / name)

"""What names, beginnings and lines look like: tables in data/, a row a line, lines with # are comments."""

from collections.abc import Iterator
from pathlib import Path

_DATA = Path(__file__).with_name("data")


def rows_of(name: str) -> Iterator[str]:
    """The rows of a file in data/."""
    return (row for row in (_DATA / name).read_text(encoding="utf-8").splitlines() if not row.startswith("#"))

"""What every noun of the catalogue has: its connection, to ask and to tell; methods that are one statement; and those of more than a line."""

import re
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

_STATEMENTS = Path(__file__).with_name("data") / "queries.sql"
QUERIES = dict(re.findall(r"(?m)^-- (\w+)\n((?:(?!--).+\n)+)", _STATEMENTS.read_text(encoding="utf-8")))
"""Name -> statement."""
Answer = TypeVar("Answer")


class Table:
    """Of one catalogue."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute
        self._executemany = connection.executemany

    def _column(self, question: str, *values: object) -> list[Any]:
        """The one value of each row."""
        return [value for (value,) in self._execute(question, values)]


def rows(into: Callable[[Iterable[Any]], Answer], question: str) -> Callable[..., Answer]:
    """A method of a table: what a question gives for some values, row by row, into a collection."""
    return lambda table, *values: into(table._execute(question, values))


def column(into: Callable[[Iterable[Any]], Answer], question: str) -> Callable[..., Answer]:
    """Such a method, with the one value of each row."""
    return lambda table, *values: into(value for (value,) in table._execute(question, values))


def told(statement: str) -> Callable[..., object]:
    """A method of a table that does what a statement says, with some values."""
    return lambda table, *values: table._execute(statement, values)

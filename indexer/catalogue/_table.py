"""What every noun of the catalogue has: its connection, to ask and to tell, and the tables of them all."""

import sqlite3
from pathlib import Path
from typing import Any

_SCHEMA = Path(__file__).with_name("data") / "schema.sql"


def create_tables(connection: sqlite3.Connection) -> None:
    """Make those that a catalogue lacks. Raises sqlite3.Error."""
    connection.executescript(_SCHEMA.read_text(encoding="utf-8"))


class Table:
    """Of one catalogue."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute
        self._executemany = connection.executemany

    def _column(self, question: str, *values: object) -> list[Any]:
        """The one value of each row."""
        return [value for (value,) in self._execute(question, values)]

"""What every noun of the catalogue has: its connection, to ask and to tell."""

import sqlite3
from typing import Any


class Table:
    """Of one catalogue."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute
        self._executemany = connection.executemany

    def _column(self, question: str, *values: object) -> list[Any]:
        """The one value of each row."""
        return [value for (value,) in self._execute(question, values)]

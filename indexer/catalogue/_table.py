"""What every noun of the catalogue has: its connection, to ask and to tell; and what is asked in more than a line."""

import re
import sqlite3
from pathlib import Path
from typing import Any

_STATEMENTS = Path(__file__).with_name("data") / "queries.sql"
QUERIES = dict(re.findall(r"(?m)^-- (\w+)\n((?:(?!--).+\n)+)", _STATEMENTS.read_text(encoding="utf-8")))
"""Name -> statement."""


class Table:
    """Of one catalogue."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute
        self._executemany = connection.executemany

    def _column(self, question: str, *values: object) -> list[Any]:
        """The one value of each row."""
        return [value for (value,) in self._execute(question, values)]

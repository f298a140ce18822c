"""What a generation holds and where it came from: one SQLite file beside the engine. Nobody outside this folder writes SQL on it."""

# ruff: noqa: F401
# mypy: implicit-reexport

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from indexer.catalogue._table import Table, column, told
from indexer.catalogue.contents import Counts, DuplicateGroups, Lexicon, RepeatedLines
from indexer.catalogue.corpus import CandidateVersion, Documents, FileProgress, Files, LedgerCopy
from indexer.catalogue.vocabulary import REMEMBERED_FORMS
from indexer.durable import connect_to_read
from indexer.swedish import Known

IN_MEMORY = Path(":memory:")
"""The path of a catalogue that is empty, and gone when it is closed."""
_SEARCHED = ("words", "parts", "hidden")
"""Tables that are read to search; of all others, only how many documents are indexed."""
_SCHEMA = Path(__file__).with_name("data") / "schema.sql"


class Catalogue(Table):
    """Opened by the one writer, everything between two commits is one transaction; or to read, and left as it is."""

    counter = column(sum, "SELECT value FROM counters WHERE name = ?")
    """A number kept under a name, 0 before it was set."""
    set_counter = told("INSERT OR REPLACE INTO counters VALUES (?, ?)")
    """Keep a number under a name."""

    def __init__(self, path: Path, to_read: bool = False, first_seen: Path = IN_MEMORY) -> None:
        if to_read:
            self._connection = connect_to_read(path)
        else:
            self._connection = sqlite3.connect(path, timeout=60, isolation_level=None)
            self._connection.execute("ATTACH ? AS corpus", (str(first_seen),))
            self._connection.executescript(_SCHEMA.read_text(encoding="utf-8"))
        super().__init__(self._connection)
        self.files = Files(self._connection)
        self.documents = Documents(self._connection)
        self.words = Lexicon(self._connection)
        self.lines = RepeatedLines(self._connection)
        self.duplicate_groups = DuplicateGroups(self._connection)
        self.ledger = LedgerCopy(self._connection)
        self.known = Known(self.words.entry, REMEMBERED_FORMS)
        """What words are indexed by, without the lexicon for those that any document had."""
        # Its own file is written at commits only; what is expected of all pages of a run may lie on the disk.
        self._connection.execute("PRAGMA main.cache_spill = 1000000000")
        self._connection.execute("BEGIN")

    def commit(self) -> None:
        """Make everything so far durable, in both files or in none."""
        self.documents.keep_first_seen()
        self._connection.execute("COMMIT")
        self._connection.execute("BEGIN")

    def close(self) -> None:
        """Drop what is not committed."""
        self._connection.rollback()  # nothing where a full disk has ended it
        self._connection.close()


def copy_compactly(source: Path, target: Path) -> None:
    """Copy a catalogue that nobody writes, without the room that deleted rows left. Raises sqlite3.Error."""
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))


def copy_to_search(source: Path, target: Path) -> None:
    """Copy what `IndexVocabulary` reads of the last commit of a catalogue, also while that is written. Raises sqlite3.Error."""
    with closing(sqlite3.connect(target, uri=True, isolation_level=None)) as copy:
        copy.execute("PRAGMA synchronous = OFF")  # it is safe when it is in the cluster
        copy.execute("ATTACH ? AS whole", (f"file:{quote(str(source.resolve()))}?mode=ro",))
        copy.execute("BEGIN")
        copy.execute("CREATE TABLE versions AS SELECT indexed FROM whole.versions WHERE indexed")
        made = copy.execute("SELECT tbl_name, sql FROM whole.sqlite_schema WHERE sql NOT NULL ORDER BY type DESC, name")
        for table, statement in [row for row in made if row[0] in _SEARCHED]:
            copy.execute(statement)
            if statement.startswith("CREATE TABLE"):  # before the indexes on it
                copy.execute(f"INSERT INTO {table} SELECT * FROM whole.{table}")  # noqa: S608
        copy.execute("COMMIT")

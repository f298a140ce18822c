"""What the index was last built with of the ledger: corrections, and names that documents do not answer for."""

from collections.abc import Iterable, Mapping

from indexer.catalogue._table import Table


class LedgerCopy(Table):
    """Of one catalogue."""

    def corrections(self) -> dict[str, str]:
        """Id -> the correction that its files were last read with."""
        return dict(self._execute("SELECT id, correction FROM corrections"))

    def original(self, id: str) -> str | None:
        """A corrected document as its file has it, stored."""
        return next(iter(self._column("SELECT document FROM originals WHERE id = ?", id)), None)

    def set_original(self, id: str, stored: str) -> None:
        """Keep a document that is corrected as its file has it."""
        self._execute("INSERT OR REPLACE INTO originals VALUES (?, ?)", (id, stored))

    def set_corrections(self, corrections: Mapping[str, str]) -> None:
        """Keep these alone, and the originals of these."""
        self._execute("DELETE FROM corrections")
        self._executemany("INSERT INTO corrections VALUES (?, ?)", corrections.items())
        self._execute("DELETE FROM originals WHERE id NOT IN (SELECT id FROM corrections)")

    def hidden(self) -> set[tuple[str, str]]:
        """Id and name of every document that is kept from answering for a name."""
        return set(self._execute("SELECT id, name FROM hidden"))

    def set_hidden(self, hidden: Iterable[tuple[str, str]]) -> None:
        """Keep these alone."""
        self._execute("DELETE FROM hidden")
        self._executemany("INSERT INTO hidden VALUES (?, ?)", hidden)

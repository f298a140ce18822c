"""What a generation was last built from: which files of corpus/ are read, as they were then, how far an interrupted run came with
the others, and what it took of the ledger.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, structs

from indexer.catalogue._table import Table
from indexer.documents import Refusal


class FileProgress(Struct):
    """How far a file is read."""

    parts: int = 0
    documents: int = 0
    refusals: list[Refusal] = []
    round: int | None = None
    """Of the run that was interrupted; None where none was."""


class Files(Table):
    """Of one catalogue."""

    def stamps(self) -> dict[str, str]:
        """Path -> the stamp that the file had when it was read to its end."""
        return dict(self._execute("SELECT path, stamp FROM files"))

    def set_read(self, path: str, stamp: str, refusals: Sequence[Refusal]) -> None:
        """Remember that a file was read to its end, and what of it was refused."""
        self.forget(path)
        self._execute("INSERT INTO files VALUES (?, ?, ?)", (path, stamp, _packed(refusals)))

    def progress(self, path: str, stamp: str) -> FileProgress:
        """How far an interrupted run came with a file, where it still is as it was."""
        query = "SELECT parts, documents, refusals, round FROM file_progress WHERE path = ? AND stamp = ?"
        row = self._execute(query, (path, stamp)).fetchone()
        return FileProgress(row[0], row[1], _unpacked(row[2]), row[3]) if row else FileProgress()

    def set_progress(self, path: str, stamp: str, progress: FileProgress, round: int) -> None:
        """Remember how far a file is read."""
        row = (path, stamp, round, progress.parts, progress.documents, _packed(progress.refusals))
        self._execute("INSERT OR REPLACE INTO file_progress VALUES (?, ?, ?, ?, ?, ?)", row)

    def forget(self, path: str) -> None:
        """Let a file be read again from its beginning, or be gone."""
        self._execute("DELETE FROM files WHERE path = ?", (path,))
        self._execute("DELETE FROM file_progress WHERE path = ?", (path,))

    def refusals(self) -> Iterator[Refusal]:
        """Everything that is refused at present, by path."""
        for text in self._column("SELECT refusals FROM files WHERE refusals != '[]' ORDER BY path"):
            yield from _unpacked(text)


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


def _packed(refusals: Sequence[Refusal]) -> str:
    return json.dumps([structs.astuple(refusal) for refusal in refusals])


def _unpacked(text: str) -> list[Refusal]:
    return [Refusal(*one) for one in json.loads(text)]

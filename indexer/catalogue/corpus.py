"""What a generation was last built from: which files of corpus/ are read, as they were then, how far an interrupted run came with
the others, which candidate versions of documents they give and which one of each is indexed, and what it took of the ledger.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, convert, structs, to_builtins

from indexer.catalogue._table import QUERIES, Table
from indexer.documents import Document, Refusal


class FileProgress(Struct):
    """How far a file is read."""

    parts: int = 0
    documents: int = 0
    refusals: list[Refusal] = []
    round: int | None = None
    """In which it is read, of a run that was interrupted; None where none was."""


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
        kept = self._column("SELECT progress FROM file_progress WHERE path = ? AND stamp = ?", path, stamp)
        return convert(json.loads(kept[0]), FileProgress) if kept else FileProgress()

    def set_progress(self, path: str, stamp: str, progress: FileProgress) -> None:
        """Remember how far a file is read."""
        self._execute("INSERT OR REPLACE INTO file_progress VALUES (?, ?, ?)", (path, stamp, _packed(progress)))

    def forget(self, path: str) -> None:
        """Let a file be read again from its beginning, or be gone."""
        self._execute("DELETE FROM files WHERE path = ?", (path,))
        self._execute("DELETE FROM file_progress WHERE path = ?", (path,))

    def refusals(self) -> Iterator[Refusal]:
        """Everything that is refused at present, by path."""
        for text in self._column("SELECT refusals FROM files WHERE refusals != '[]' ORDER BY path"):
            yield from convert(json.loads(text), list[Refusal])


class Precedence(Struct, frozen=True, order=True):
    """The version with the greatest is indexed; the fields count in the order they stand in, so that no order of reading matters."""

    is_page: bool
    """An entry of a feed is often cut short, so it never beats the page."""
    fetched_at: str
    published: str
    added: str
    content: str
    """Digest of what stands in the source."""


class CandidateVersion(Struct, frozen=True):
    """A document as one file gives it."""

    id: str
    path: str
    precedence: Precedence
    digest: str
    """Of the document as the engine keeps it."""
    until: str = ""
    """ISO 8601, the last day that it may be in the index; empty: always."""

    def beats(self, other: "CandidateVersion") -> bool:
        """Whether this version is indexed rather than another file's; of equal ones the first path's is."""
        return (self.precedence, other.path) > (other.precedence, self.path)


class EnteredVersion(Struct, frozen=True):
    """A candidate version as the catalogue has it."""

    version: CandidateVersion
    round: int
    """In which its file was last seen to give it."""
    indexed: bool


class Documents(Table):
    """Of one catalogue."""

    def paths(self) -> set[str]:
        """Every file that gives a version."""
        return set(self._column("SELECT DISTINCT path FROM versions"))

    def paths_of(self, id: str) -> list[str]:
        """The files that give a version of a document."""
        return self._column("SELECT path FROM versions WHERE id = ?", id)

    def ids_of(self, path: str) -> list[str]:
        """Ids of the documents of a file, whether or not another file's version is indexed."""
        return self._column("SELECT id FROM versions WHERE path = ? ORDER BY id", path)

    def versions(self, id: str) -> list[EnteredVersion]:
        """Every version of a document."""
        rows = self._execute("SELECT * FROM versions WHERE id = ?", (id,))
        return [
            EnteredVersion(CandidateVersion(id, path, Precedence(*precedence), digest, until), round, bool(indexed))
            for id, path, *precedence, digest, until, round, indexed in rows
        ]

    def enter(self, entered: EnteredVersion) -> None:
        """Take a version in place of the one that its file gave; where it is indexed, no other of the document is."""
        version = entered.version
        first, last = (version.id, version.path), (version.digest, version.until, entered.round, entered.indexed)
        row = (*first, *structs.astuple(version.precedence), *last)
        self._execute("INSERT OR REPLACE INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def first_seen(self, id: str) -> str:
        """The instant from which a document was answered with, or will be as of the next commit; empty where it never was."""
        return str(*self._column("SELECT ifnull(min(instant), '') FROM seen WHERE id = ?", id))

    def newly_seen(self) -> list[str]:
        """Those of which that is another since the last commit."""
        return self._column("SELECT id FROM newly_seen")

    def keep_first_seen(self) -> None:
        """As a commit begins: the one after it has a moment of its own."""
        self._execute("INSERT OR REPLACE INTO corpus.first_seen SELECT id, instant FROM newly_seen")
        self._execute("DELETE FROM newly_seen")
        self._execute("UPDATE moment SET instant = (SELECT instant FROM next_moment)")

    def forget_first_seen(self, forgets: Callable[[Document], bool], forgotten: int) -> None:
        """At the end of a run: nothing stays of what is forgotten, of which there is another number when there is more."""
        if self._column("SELECT forgotten FROM corpus.ended") != [forgotten]:
            ids = self._column("SELECT id FROM corpus.first_seen")
            gone = ((id,) for id in ids if forgets(Document(id, "", "")))
            self._executemany("DELETE FROM corpus.first_seen WHERE id = ?", gone)
            self._execute("INSERT OR REPLACE INTO corpus.ended VALUES (1, ?)", (forgotten,))

    def carry_over(self, path: str, earlier: int, round: int) -> None:
        """Count what a file gave in an earlier round, which was interrupted, as given in this one."""
        self._execute("UPDATE versions SET round = ? WHERE path = ? AND round = ?", (round, path, earlier))

    def not_given_since(self, path: str, round: int) -> list[tuple[str, bool]]:
        """Ids of the versions that a file last gave before a round, and whether they are indexed, or keep others out of the index."""
        return [(id, bool(indexed)) for id, indexed in self._execute(QUERIES["not_given_since"], (path, round))]

    def withdraw(self, id: str, path: str | None = None) -> None:
        """Drop the version of a document that a file gave, or every version."""
        self._execute("DELETE FROM versions WHERE id = ?1 AND path = ifnull(?2, path)", (id, path))

    def leave(self, id: str) -> None:
        """The index no longer holds a document; its versions are known."""
        self._execute("UPDATE versions SET indexed = 0 WHERE id = ?", (id,))

    def over(self, day: str) -> set[str]:
        """Ids of the documents that the index holds and must not any more on a day."""
        return set(self._column("SELECT id FROM versions WHERE until > '' AND until < ? AND indexed", day))

    def indexed(self) -> set[str]:
        """Ids of the documents that the index holds."""
        return set(self._column("SELECT id FROM versions WHERE indexed"))

    def is_indexed(self, id: str) -> bool:
        """Whether the index holds a document."""
        return bool(self._column("SELECT 1 FROM versions WHERE id = ? AND indexed", id))

    def count(self) -> int:
        """How many documents the index holds."""
        return int(*self._column("SELECT count(*) FROM versions WHERE indexed"))


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


def _packed(value: object) -> str:
    return json.dumps(to_builtins(value))  # a reason may hold what is no letter, as msgspec's own JSON cannot

"""What a generation was last built from: which files of corpus/ are read, as they were then, how far an interrupted run came with
the others, which candidate versions of documents they give and which one of each is indexed, and what it took of the ledger.
"""

import json
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, convert, to_builtins

from indexer.catalogue._table import QUERIES, Table, column, rows, told
from indexer.documents import Document, Refusal


class FileProgress(Struct):
    """How far a file is read."""

    round: int
    """In which it is read, also where a later run reads on."""
    parts: int = 0
    """Each a document or a refusal."""
    refusals: list[Refusal] = []


class Files(Table):
    """Of one catalogue."""

    stamps = rows(dict[str, str], "SELECT path, stamp FROM files WHERE whole")
    """Path -> the stamp that the file had when it was read to its end."""
    forget = told("DELETE FROM files WHERE path = ?")
    """Let a file, by its path, be read again from its beginning, or be gone."""
    forget_all_of = told("DELETE FROM files WHERE path IN (SELECT path FROM versions WHERE id = ?)")
    """The same for every file that gives a version of a document, by its id."""
    refusals = column(lambda found: [convert(json.loads(one), Refusal) for one in found], QUERIES["refusals"])
    """Everything that is refused at present, by path."""

    def progress(self, path: str, stamp: str, round: int) -> FileProgress:
        """How far an interrupted run came with a file, where it still is as it was; else it is to be read, in a round."""
        kept = self._column("SELECT progress FROM files WHERE path = ? AND stamp = ? AND NOT whole", path, stamp)
        return convert(json.loads(kept[0]), FileProgress) if kept else FileProgress(round)

    def set_progress(self, path: str, stamp: str, progress: FileProgress, whole: bool = False) -> None:
        """Remember how far a file is read, or that it is to its end: then nothing else is remembered of it."""
        if whole:
            self.forget(path)
        packed = json.dumps(to_builtins(progress))  # a reason may hold what is no letter, as msgspec's own JSON cannot
        self._execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", (path, whole, stamp, packed))


class CandidateVersion(Struct, frozen=True):
    """A document as one file gives it, as the catalogue has it."""

    id: str
    path: str
    is_page: bool
    """An entry of a feed is often cut short, so it never beats the page."""
    fetched_at: str
    published: str
    added: str
    content: str
    """Digest of what stands in the source."""
    digest: str
    """Of the document as the engine keeps it."""
    until: str
    """ISO 8601, the last day that it may be in the index; empty: always."""
    round: int = 0
    """In which its file was last seen to give it."""
    indexed: bool = False

    @property
    def precedence(self) -> tuple[bool, str, str, str, str]:
        """The version with the greatest is indexed: these alone decide, in this order, so that no order of reading matters."""
        return self.is_page, self.fetched_at, self.published, self.added, self.content

    def beats(self, other: "CandidateVersion") -> bool:
        """Whether this version is indexed rather than another file's; of equal ones the first path's is."""
        return (self.precedence, other.path) > (other.precedence, self.path)


class Documents(Table):
    """Of one catalogue."""

    paths = column(set[str], "SELECT DISTINCT path FROM versions")
    """Every file that gives a version."""
    ids_of = column(list[str], "SELECT id FROM versions WHERE path = ? ORDER BY id")
    """Ids of the documents of a file, by its path, whether or not another file's version is indexed."""
    indexed = column(set[str], "SELECT id FROM versions WHERE indexed")
    """Ids of the documents that the index holds."""
    is_indexed = column(any, "SELECT indexed FROM versions WHERE id = ?")
    """Whether the index holds a document, by its id."""
    sample = column(list[str], "SELECT id FROM versions WHERE indexed ORDER BY random() LIMIT ?")
    """The ids of so many indexed documents, others each time."""
    count = column(sum, "SELECT count(*) FROM versions WHERE indexed")
    """How many documents the index holds."""
    over = column(set[str], "SELECT id FROM versions WHERE until > '' AND until < ? AND indexed")
    """Ids of the documents that the index holds and must not any more on a day."""
    leave = told("UPDATE versions SET indexed = 0 WHERE id = ?")
    """The index no longer holds a document, by its id; its versions are known."""
    withdraw = told("DELETE FROM versions WHERE id = ?1 AND path = ifnull(?2, path)")
    """Drop the version of a document, by its id, that a file gave, by its path, or every version, where that is None."""
    not_given_since = rows(list[tuple[str, bool]], QUERIES["not_given_since"])
    """Ids of the versions that a file, by its path, last gave before a round, and whether they are indexed, or keep others out of the index."""
    first_seen = column("".join, "SELECT ifnull(min(instant), '') FROM seen WHERE id = ?")
    """The instant from which a document, by its id, was answered with, or will be as of the next commit; empty where it never was."""
    enter = told("INSERT OR REPLACE INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    """Take a version, by its fields, in place of the one that its file gave; where it is indexed, no other of the document is."""
    newly_seen = column(list[str], "SELECT id FROM newly_seen")
    """Ids of the documents of which that is another since the last commit."""
    versions = rows(lambda found: [CandidateVersion(*row) for row in found], "SELECT * FROM versions WHERE id = ?")
    """Every version of a document, by its id."""
    pending = rows(dict[str, str | None], "SELECT * FROM pending")
    """What the engine was to be given with the last commit, and may lack: id -> its document, stored, or None where it only leaves."""

    def expect(self, pending: Mapping[str, str | None]) -> None:
        """Remember that the engine is to be given these, and no others any more; whoever commits gives them."""
        self._execute("DELETE FROM pending")
        self._executemany("INSERT INTO pending VALUES (?, ?)", pending.items())

    def keep_first_seen(self) -> None:
        """As a commit begins: the one after it has a moment of its own."""
        self._execute("INSERT OR REPLACE INTO corpus.first_seen SELECT id, instant FROM newly_seen")
        self._execute("DELETE FROM newly_seen")
        self._execute("UPDATE moment SET instant = (SELECT instant FROM next_moment)")

    def forget_first_seen(self, forgets: Callable[[Document], bool], forgotten: int) -> None:
        """At the end of a run: nothing stays of what is forgotten, of which there is another number when there is more."""
        if self._column("SELECT forgotten FROM corpus.ended") != [forgotten]:
            gone = [(id,) for id in self._column("SELECT id FROM corpus.first_seen") if forgets(Document(id, "", ""))]
            self._executemany("DELETE FROM corpus.first_seen WHERE id = ?", gone)
            self._execute("INSERT OR REPLACE INTO corpus.ended VALUES (1, ?)", (forgotten,))


class LedgerCopy(Table):
    """Of one catalogue."""

    corrections = rows(dict[str, str], "SELECT id, correction FROM corrections")
    """Id -> the correction that its files were last read with."""
    original = column("".join, "SELECT document FROM originals WHERE id = ?")
    """A corrected document, by its id, as its file has it, stored; empty where it was not corrected."""
    set_original = told("INSERT OR REPLACE INTO originals VALUES (?, ?)")
    """Keep a document that is corrected, by its id, as its file has it, stored."""
    hidden = rows(set[tuple[str, str]], "SELECT id, name FROM hidden")
    """Id and name of every document that is kept from answering for a name."""

    def set_corrections(self, corrections: Mapping[str, str]) -> None:
        """Keep these alone, and the originals of these."""
        self._execute("DELETE FROM corrections")
        self._executemany("INSERT INTO corrections VALUES (?, ?)", corrections.items())
        self._execute("DELETE FROM originals WHERE id NOT IN (SELECT id FROM corrections)")

    def set_hidden(self, hidden: Iterable[tuple[str, str]]) -> None:
        """Keep these alone."""
        self._execute("DELETE FROM hidden")
        self._executemany("INSERT INTO hidden VALUES (?, ?)", hidden)

"""SQLite's FTS5 over Snowball's stems."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from benchmarks.documents import read
from benchmarks.peers.protocol import HITS, Answer, Peer, PerThread, marked, stems
from benchmarks.questions import Question


class Fts5(Peer):
    """Stems in a contentless FTS5 table, the documents in a plain table beside it."""

    advice = (
        "SQLite's FTS5 manual: a contentless table (section 4.4.3), `ORDER BY rank` with the title twice, `unicode61 "
        "remove_diacritics 0`, one transaction, `optimize` at the end; `PRAGMA mmap_size` and WAL as its manual says, what is counted before the long texts; "
        "Snowball's stems, memoised, since it has no Swedish"
    )

    def __init__(self, folder: Path) -> None:
        self._path = folder / "fts5.sqlite"
        self._connection = PerThread(self._opened)

    def missing(self) -> str | None:
        """Where Python's SQLite was made without FTS5."""
        options = [option for (option,) in sqlite3.connect(":memory:").execute("PRAGMA compile_options")]
        return None if "ENABLE_FTS5" in options else "Python's SQLite has no FTS5"

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA mmap_size=1000000000")
        return connection

    def build(self, documents: Path) -> None:
        """One transaction."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = self._connection()
        connection.executescript(
            "CREATE TABLE documents (id TEXT, source TEXT, year TEXT, title TEXT, text TEXT);"
            "CREATE VIRTUAL TABLE words USING fts5(title, text, content='', tokenize='unicode61 remove_diacritics 0');"
        )
        connection.execute("INSERT INTO words (words, rank) VALUES ('rank', 'bm25(2.0, 1.0)')")
        with connection:
            for line in read(documents):
                values = line["id"], line.get("source"), (line.get("date") or "")[:4], line["title"], line["text"]
                row = connection.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?)", values).lastrowid
                words = row, " ".join(stems(line["title"])), " ".join(stems(line["text"]))
                connection.execute("INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)", words)
            connection.execute("INSERT INTO words (words) VALUES ('optimize')")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def ask(self, question: Question, size: int = HITS) -> Answer:
        """The best, and a count for each facet; the counts of years are the total."""
        connection, found = self._connection(), _match(question)
        within = " AND documents.year = ?" if question.year else ""
        values = (found, question.year) if question.year else (found,)
        joined = f"FROM words JOIN documents ON documents.rowid = words.rowid WHERE words MATCH ?{within}"
        best = f"SELECT words.rowid {joined}" if question.year else "SELECT rowid FROM words WHERE words MATCH ?"
        rows = connection.execute(f"{best} ORDER BY rank LIMIT {size}", values).fetchall()
        shown = "SELECT id, title, text FROM documents WHERE rowid = ?"
        hits = [connection.execute(shown, row).fetchone() for row in rows]
        source, year = (
            dict(connection.execute(f"SELECT documents.{name}, count(*) {joined} GROUP BY 1", values).fetchall())
            for name in ("source", "year")
        )
        beginnings = [word for word in stems(question.text) if len(word) > 1]
        pieces = tuple(marked(text, beginnings) for _, _, text in hits)
        return Answer(sum(year.values()), tuple(id for id, _, _ in hits), pieces, (source, year))


def _match(question: Question) -> str:
    """A question in FTS5's language; every stem stands in quotation marks."""
    words = list(_quoted(question.words))
    match question.kind:
        case "phrase":
            return f'"{" ".join(stems(question.text))}"'
        case "either" | "sentence":
            return " OR ".join(words)
        case "without":
            return f"{words[0]} NOT {words[1]}"
        case "beginning":
            return f'"{question.words[0]}" *'
    return " AND ".join(words)


def _quoted(words: tuple[str, ...]) -> Iterator[str]:
    for word in words:
        if found := stems(word):
            yield f'"{" ".join(found)}"'

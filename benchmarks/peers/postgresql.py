"""PostgreSQL's own text search, Debian's package, as a cluster of its own in the folder."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.documents import read
from benchmarks.peers.protocol import HITS, Answer, Peer, PerThread
from benchmarks.questions import Question

try:
    import psycopg
except ImportError:  # said by `missing`
    psycopg = None  # type: ignore[assignment]

SETTINGS = {
    "shared_buffers": "1GB",
    "effective_cache_size": "4GB",
    "maintenance_work_mem": "512MB",
    "work_mem": "64MB",
    "max_wal_size": "4GB",
    "listen_addresses": "127.0.0.1",
}
_TABLE = """CREATE TABLE news (id text, title text, text text, source text, year text, words tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('swedish', title), 'A') || setweight(to_tsvector('swedish', text), 'D')) STORED)"""
_ASK = """WITH query AS (SELECT {query} AS wanted), found AS MATERIALIZED (
    SELECT news.ctid AS row, source, year, ts_rank(words, wanted) AS rank FROM news, query WHERE words @@ wanted {within}),
  best AS (SELECT row, rank FROM found ORDER BY rank DESC LIMIT {size})
SELECT 'hit', id, ts_headline('swedish', text, wanted), 0 FROM
  (SELECT id, text, wanted FROM best JOIN news ON news.ctid = best.row, query ORDER BY rank DESC) AS shown
UNION ALL SELECT 'source', source, '', count(*) FROM found GROUP BY source
UNION ALL SELECT 'year', year, '', count(*) FROM found GROUP BY year"""


class PostgreSQL(Peer):
    """A generated tsvector with a GIN index."""

    advice = (
        "PostgreSQL's manual, 12.2.2 (a stored generated column, GIN), 12.3.1 (`setweight`), 12.3.3 (`ts_rank`), 12.3.4 "
        "(`ts_headline` over the shown ones only) and 14.4 (COPY, then the index, a large `maintenance_work_mem`, ANALYZE); "
        + ", ".join(f"{name} = {value}" for name, value in SETTINGS.items() if name != "listen_addresses")
    )

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "postgresql"
        self._port = 0
        self._connection = PerThread(self._opened)
        self._server: subprocess.Popen[bytes] | None = None

    def missing(self) -> str | None:
        """Where the server or its client is not installed."""
        if _programs() is None:
            return "no PostgreSQL server installed"
        return "no psycopg installed" if psycopg is None else None

    def _opened(self) -> Any:
        user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        return psycopg.connect(host="127.0.0.1", port=self._port, user=user, dbname="postgres", autocommit=True)

    def start(self) -> None:
        """A server over the folder, which is made where there is none. PostgreSQL refuses to run as root."""
        programs = _programs()
        assert programs
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        if not (self._folder / "PG_VERSION").exists():
            self._folder.mkdir(parents=True)
            if os.geteuid() == 0:
                _opened_to_others(self._folder)
                shutil.chown(self._folder, "postgres", "postgres")
            made: list[str | Path] = [
                programs / "initdb",
                "-D",
                self._folder,
                "--auth=trust",
                "--locale=C.UTF-8",
                "--encoding=UTF8",
            ]
            subprocess.run(made, check=True, capture_output=True, **_as_postgres())
        options = [f"--{name}={value}" for name, value in {**SETTINGS, "port": self._port}.items()]
        command: list[str | Path] = [programs / "postgres", "-D", self._folder, "-k", self._folder, *options]
        self._server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **_as_postgres())
        for _ in range(3_000):
            with contextlib.suppress(psycopg.OperationalError):
                self._connection()
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._server.wait(0.01)
        raise RuntimeError("PostgreSQL did not start")

    def build(self, documents: Path) -> None:
        """COPY, index, ANALYZE."""
        connection = self._connection()
        connection.execute(_TABLE)
        with connection.cursor() as cursor, cursor.copy("COPY news (id, title, text, source, year) FROM STDIN") as rows:
            for line in read(documents):
                rows.write_row(
                    (line["id"], line["title"], line["text"], line.get("source") or "", (line.get("date") or "")[:4])
                )
        connection.execute("CREATE INDEX ON news USING gin (words)")
        connection.execute("VACUUM ANALYZE news")
        connection.execute("CHECKPOINT")

    def ask(self, question: Question, size: int = HITS) -> Answer:
        """One statement."""
        query, words = _query(question)
        statement = _ASK.format(query=query, size=size, within="AND year = %s" if question.year else "")
        rows = self._connection().execute(statement, (*words, *filter(None, (question.year,)))).fetchall()
        hits = [(id, piece) for kind, id, piece, _ in rows if kind == "hit"]
        source, year = (
            {value: number for kind, value, _, number in rows if kind == name} for name in ("source", "year")
        )
        return Answer(
            sum(year.values()), tuple(id for id, _ in hits), tuple(piece for _, piece in hits), (source, year)
        )

    def stop(self) -> None:
        """The server, at once but whole."""
        if self._server:
            self._server.send_signal(2)
            self._server.wait()

    def processes(self) -> list[int]:
        """The server and what it starts."""
        return [self._server.pid] if self._server else []


def _query(question: Question) -> tuple[str, tuple[str, ...]]:
    """An expression of type tsquery, and what stands for its marks."""
    plain = "plainto_tsquery('swedish', %s)"
    one = (plain,)
    match question.kind:
        case "phrase":
            return "phraseto_tsquery('swedish', %s)", (question.text,)
        case "either" | "sentence":
            return " || ".join(one * len(question.words)), question.words
        case "without":
            return f"{plain} && !!{plain}", question.words
        case "beginning":
            return "to_tsquery('simple', %s)", (f"{question.words[0]}:*",)
    return plain, (question.text,)


def _programs() -> Path | None:
    """The folder of the newest server that is installed, as Debian lays it."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def _opened_to_others(folder: Path) -> None:
    """Let another user pass through the folders above."""
    for above in folder.parents:
        if above.stat().st_uid == os.geteuid() and above.name and not above.stat().st_mode & 0o001:
            above.chmod(above.stat().st_mode | 0o011)


def _as_postgres() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    owner = pwd.getpwnam("postgres")
    change: Callable[[], None] | None = None
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": [], "preexec_fn": change, "cwd": "/"}

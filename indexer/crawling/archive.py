"""Fetched pages -> WARC files in corpus/crawl/, whole or absent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

from indexer.durable import replacing
from indexer.ingestion.warc import PUBLISHED

PAGES = 500
"""Of one file: so many are lost at most when the machine stops."""
_LEFT_OUT = (b"content-encoding", b"transfer-encoding", b"content-length", b"set-cookie")


class Archive:
    """Writes the pages of one site; `finished` is called when a file is durable."""

    def __init__(self, folder: Path, name: str, finished: Callable[[], None]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._name, self._finished = folder, name, finished
        self._waiting: list[tuple[str, dict[str, str], list[tuple[str, str]], bytes]] = []

    def add(self, url: str, headers: Iterable[tuple[bytes, bytes]], body: bytes, published: str) -> None:
        """Take a page, already unpacked; `published` is the moment that a feed gives for it, or empty."""
        kept = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in headers
            if name.lower() not in _LEFT_OUT
        ]
        stated = {"WARC-Date": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")}
        if published:
            stated[PUBLISHED] = published
        self._waiting.append((url, stated, kept, body))
        if len(self._waiting) >= PAGES or sum(len(one[3]) for one in self._waiting) > 50_000_000:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if self._waiting:
            moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
            with replacing(self._folder / f"{self._name}-{moment}.warc.gz") as file:
                writer: Any = import_module("warcio.warcwriter").WARCWriter(file, gzip=True)
                headers: Any = import_module("warcio.statusandheaders").StatusAndHeaders
                for url, stated, kept, body in self._waiting:
                    answer = headers("200 OK", kept, protocol="HTTP/1.1")
                    record = writer.create_warc_record(
                        url, "response", payload=BytesIO(body), http_headers=answer, warc_headers_dict=stated
                    )
                    writer.write_record(record)
            self._waiting.clear()
        self._finished()

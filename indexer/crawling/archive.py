"""Fetched pages -> WARC files in corpus/crawl/, whole or absent."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from warcio.recordbuilder import RecordBuilder
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from indexer.durable import replacing

PAGES = 500
"""Of one file: so many are lost at most when the machine stops."""
_LEFT_OUT = ("content-encoding", "transfer-encoding", "content-length", "set-cookie")
_RECORDS = RecordBuilder()


class Archive:
    """Writes the pages of one site; `finished` is called when a file is durable."""

    def __init__(self, folder: Path, name: str, finished: Callable[[], None]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._name, self._finished = folder, name, finished
        self._waiting: list[ArcWarcRecord] = []
        self._size = 0

    def add(self, url: str, headers: Iterable[tuple[bytes, bytes]], body: bytes, fields: Mapping[str, str]) -> None:
        """Take a page, already unpacked, with the fields of its record that are not empty."""
        named = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
        kept = [(name, value) for name, value in named if name.lower() not in _LEFT_OUT]
        stated = {"WARC-Date": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")}
        stated |= {name: " ".join(value.split()) for name, value in fields.items() if value}
        answer = StatusAndHeaders("200 OK", kept, protocol="HTTP/1.1")
        page = BytesIO(body)
        record = _RECORDS.create_warc_record(url, "response", page, http_headers=answer, warc_headers_dict=stated)
        self._waiting.append(record)
        self._size += len(body)
        if len(self._waiting) >= PAGES or self._size > 50_000_000:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if self._waiting:
            moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
            with replacing(self._folder / f"{self._name}-{moment}.warc.gz") as file:
                writer = WARCWriter(file, gzip=True)
                for record in self._waiting:
                    writer.write_record(record)
            self._waiting, self._size = [], 0
        self._finished()

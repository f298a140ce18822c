"""Fetched pages -> WARC files in corpus/crawl/, whole or absent."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from glob import escape
from io import BytesIO
from typing import BinaryIO

from scrapy.http import Response
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from indexer.crawling.memory import Lives
from indexer.crawling.sources import Job
from indexer.durable import write_durably
from indexer.faults import naming
from indexer.ingestion.archives import COUNTY, PUBLISHED, SOURCE, UPDATED, Records

PAGES = 500
"""Of one file: so many are lost at most when the machine stops."""
_LEFT_OUT = ("content-encoding", "transfer-encoding", "content-length", "set-cookie")


class Archive:
    """Writes the pages of one site; of each file that is durable it tells what is known of them, also of one before a kill. Raises Fault."""

    def __init__(self, job: Job, name: str, memory: Lives) -> None:
        self._folder, self._name, self._memory = job.settings.corpus / "crawl", name, memory
        self._publisher = {SOURCE: job.sites[name].name, COUNTY: job.sites[name].county}
        with naming(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        self._writer, self._urls, self._size = WARCWriter(BytesIO()), list[str](), 0
        known = memory.archives()
        for path in sorted(self._folder.glob(f"{escape(name)}-{'[0-9]' * 8}T{'[0-9]' * 12}.warc.gz")):
            if path.name not in known:
                with path.open("rb") as file:
                    memory.keep(path.name, _addresses(file))

    def add(self, response: Response, published: str, updated: str) -> None:
        """Take a page, already unpacked, with the days that a list states of it, which may be empty. Raises Fault."""
        named = ((name.decode("latin-1"), value) for name, values in response.headers.items() for value in values)
        kept = [(name, value.decode("latin-1")) for name, value in named if name.lower() not in _LEFT_OUT]
        fields = {PUBLISHED: published, UPDATED: updated} | self._publisher
        stated = {name: " ".join(value.split()) for name, value in fields.items() if value}
        answer = StatusAndHeaders("200 OK", kept, protocol="HTTP/1.1")
        url, page = response.url, BytesIO(response.body)
        record = self._writer.create_warc_record(url, "response", page, http_headers=answer, warc_headers_dict=stated)
        self._writer.write_record(record)
        self._urls.append(url)
        self._size += len(response.body)
        if len(self._urls) >= PAGES or self._size > 50_000_000:
            self.flush()

    def flush(self) -> None:
        """Write what waits. Raises Fault."""
        name, urls = "", self._urls
        if urls:
            path = self._folder / f"{self._name}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.warc.gz"
            with naming(path):
                write_durably(path, self._writer.out.getvalue())
            name = path.name
            self._writer, self._urls, self._size = WARCWriter(BytesIO()), [], 0
        self._memory.store(name, urls)


def _addresses(archive: BinaryIO) -> Iterator[str]:
    with suppress(Exception):  # as in `parsed`; what follows is fetched as new, and indexing names the file
        yield from filter(None, (record.rec_headers.get_header("WARC-Target-URI") for record in Records(archive)))

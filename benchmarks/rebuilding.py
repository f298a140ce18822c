"""Crawled pages into the index, and the same again with --rebuild, which finds what was taken out of them.

Real pages, each with another title and another number in every paragraph, so that no two have the same bytes.
"""

from __future__ import annotations

import io
import time
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from indexer.indexing import build
from indexer.settings import Settings

PAGES = Path(__file__).resolve().parents[2] / "shared" / "data" / "pages"
LARGEST = 200_000
"""Bytes of a page that is taken."""
COUNT = 640


def write_pages(corpus: Path) -> None:
    """An archive as a crawl leaves it."""
    contents = [content for path in sorted(PAGES.rglob("*.html")) if len(content := path.read_bytes()) <= LARGEST]
    corpus.mkdir(exist_ok=True)
    with (corpus / "pages.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number in range(COUNT):
            host, mark = number % len(contents), b" %d" % number
            content = contents[host].replace(b"<title>", b"<title>" + mark).replace(b"</p>", mark + b"</p>")
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.0")
            address = f"https://host{host}.example/{number}"
            writer.write_record(
                writer.create_warc_record(address, "response", payload=io.BytesIO(content), http_headers=head)
            )


def measure(settings: Settings) -> None:
    """Print pages a second of both."""
    write_pages(settings.corpus)
    rates = []
    for rebuild in (False, True):
        started = time.perf_counter()
        built = build(settings, rebuild)
        rates.append(built.documents / (time.perf_counter() - started))
    kept = (settings.index / "extracts.sqlite").stat().st_size / COUNT
    print(
        f"{rates[0]:.0f} pages a second, again {rates[1]:.0f}: {rates[1] / rates[0]:.1f} times; {kept:.0f} bytes kept a page"
    )

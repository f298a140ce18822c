"""Nothing that is news is missed: what feeds, sitemaps, pages and redirects lead to is fetched, each address once, the newest first."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document as WordDocument
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from indexer import crawling as product
from indexer.crawling.answers import ALIKE, listed_links
from indexer.crawling.frontier import HOPS, SAME_SHAPE, Found, Frontier
from indexer.crawling.job import Job
from indexer.crawling.memory import Link
from indexer.crawling import Report
from indexer.crawling.sources import Site
from indexer.documents import Document
from indexer.ingestion.parsed import Unreadable
from indexer.settings import Settings
from indexer.urls import canonical_address
from tests import command
from tests.web import Answer, Asked, Host, Page, Web, page, settings_for, source

crawl = partial(product.crawl, internal=command.NETWORK)
Crawling = Callable[..., Report]
XML, HTML = {"Content-Type": "application/xml"}, {"Content-Type": "text/html; charset=utf-8"}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"


@pytest.fixture
def host(web: Web) -> Host:
    """A host that only has what a test gives it."""
    return web.host()


@pytest.fixture
def crawling(host: Host, tmp_path: Path) -> Crawling:
    """Crawls the host from its start page; keys of Settings, of the source in `told`."""

    def crawl_host(told: dict[str, Sequence[str] | str] | None = None, **limits: int) -> Report:
        start = host.url("/")
        settings = settings_for(tmp_path, {"plats": source("Plats", start, **(told or {}))})
        return crawl(replace(settings, **limits), ())

    return crawl_host


def asked(host: Host) -> list[str]:
    """The paths that were asked for, without those of every crawl."""
    return [path for path in host.paths() if path not in ("/robots.txt", "/.well-known/tdmrep.json")]


def sitemap(*addresses: str, kind: str = "urlset") -> Answer:
    """One of addresses, each with what may follow it after a blank: its lastmod."""
    entry = {"urlset": "url", "sitemapindex": "sitemap"}[kind]
    items = (address.partition(" ") for address in addresses)
    said = "".join(
        f"<{entry}><loc>{url}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</{entry}>" for url, _, day in items
    )
    start = f'<?xml version="1.0"?><{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return Answer(headers=XML, body=f"{start}{said}</{kind}>".encode())


def rss(*items: str, head: str = "") -> Answer:
    """A feed of items, each the markup in one."""
    said = "".join(f"<item><title>Nytt</title>{item}</item>" for item in items)
    told = f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>F</title>{head}{said}</channel></rss>'
    return Answer(headers={"Content-Type": "application/rss+xml"}, body=told.encode())


def test_four_hundred_numbered_releases_are_four_hundred(host: Host, crawling: Crawling) -> None:
    releases = [f"/nyhet/{number}" for number in range(400)]
    host.pages |= {path: page(path) for path in releases} | {"/": page("Start")}
    half = len(releases) // 2
    host.pages["/karta.xml"] = sitemap(*map(host.url, releases[:half]))
    host.pages["/nytt.rss"] = rss(*(f"<link>{path}</link>" for path in releases[half:]))
    crawling({"sitemaps": [host.url("/karta.xml")], "feeds": [host.url("/nytt.rss")]})
    assert sorted(asked(host)) == sorted(["/", "/karta.xml", "/nytt.rss", *releases])


def test_a_sitemap_comes_over_several_crawls_the_newest_first_and_each_once(host: Host, crawling: Crawling) -> None:
    pages = {f"/sida/a{number}": f"2024-01-{1 + number:02d}" for number in range(25)}
    host.pages |= {path: page(path) for path in pages} | {"/": page("Start")}
    host.pages["/karta.xml"] = sitemap(*(f"{host.url(path)} {day}" for path, day in pages.items()))
    newest = list(reversed(pages))
    for begins, ends in ((0, 9), (9, 19), (19, 25)):
        host.log.clear()
        crawling({"sitemaps": [host.url("/karta.xml")]}, crawl_pages=10)
        new = [asked.path for asked in host.log if asked.path in pages and asked.status == 200]
        assert new == newest[begins:ends]


def pdf(text: str) -> bytes:
    """A PDF of one line."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body = "".join(f"{number} 0 obj{part}endobj\n" for number, part in enumerate(parts, start=1))
    return f"%PDF-1.4\n{body}trailer<</Root 1 0 R/Size 6>>\n%%EOF".encode()


def word(text: str) -> bytes:
    """A Word file of one paragraph."""
    document, file = WordDocument(), BytesIO()
    document.add_paragraph(text)
    document.save(file)
    return file.getvalue()

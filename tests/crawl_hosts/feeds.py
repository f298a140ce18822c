"""Feeds and sitemaps as publishers write them."""

from __future__ import annotations

from collections.abc import Iterable

from tests.web import Answer

SITEMAPS = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)


def rss(
    items: Iterable[str], head: str = '<?xml version="1.0" encoding="utf-8"?>', kind: str = "application/rss+xml"
) -> Answer:
    """Of whole <item> elements."""
    text = f'{head}<rss version="2.0"><channel><title>Nytt</title>{"".join(items)}</channel></rss>'
    return Answer(headers={"Content-Type": kind}, body=text.encode())


def item(link: str, title: str, day: str = "", more: str = "") -> str:
    """Of RSS; `day` is as RFC 822 writes it."""
    dated = f"<pubDate>{day}</pubDate>" if day else ""
    return f"<item><title>{title}</title><link>{link}</link>{dated}{more}</item>"


def atom(entries: Iterable[str], more: str = "", base: str = "") -> Answer:
    """Of whole <entry> elements."""
    attribute = f' xml:base="{base}"' if base else ""
    text = f'<feed xmlns="http://www.w3.org/2005/Atom"{attribute}><title>Nytt</title>{more}{"".join(entries)}</feed>'
    return Answer(headers={"Content-Type": "application/atom+xml"}, body=text.encode())


def entry(link: str, title: str, day: str = "2024-05-06T10:00:00Z") -> str:
    """Of Atom."""
    return (
        f'<entry><title>{title}</title><link rel="alternate" type="text/html" href="{link}"/><id>urn:x:{title}</id>'
        f"<published>{day}</published><updated>{day}</updated></entry>"
    )


def sitemap(urls: Iterable[str | tuple[str, str]], tail: str = "</urlset>") -> Answer:
    """Of addresses, each with a lastmod where it has one, or with whole further elements."""
    pairs = [(url, "") if isinstance(url, str) else url for url in urls]
    rows = "".join(
        f"<url><loc>{url}</loc>{more if more.startswith('<') or not more else f'<lastmod>{more}</lastmod>'}</url>"
        for url, more in pairs
    )
    return Answer(headers={"Content-Type": "application/xml"}, body=f"<urlset {SITEMAPS}>{rows}{tail}".encode())


def index(urls: Iterable[str]) -> Answer:
    """A sitemap of sitemaps."""
    rows = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return Answer(
        headers={"Content-Type": "application/xml"}, body=f"<sitemapindex {SITEMAPS}>{rows}</sitemapindex>".encode()
    )

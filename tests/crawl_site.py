"""Sites on loopback addresses that misbehave in all the ways that crawlers meet, and keep a log of what was asked of them."""

from __future__ import annotations

import gzip
import json
import sys
import threading
import time
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from typing import Any

import brotli

zstd = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
SENTENCE = "Regionen satsar på vätgas och fler företag startas i länet än förr. "
HUGE = b"<html><body>" + b"a" * 200_000_000
BOMBS = {"gzip": gzip.compress(HUGE, 1), "br": brotli.compress(HUGE, quality=1), "zstd": zstd.compress(HUGE)}
del HUGE
LARGE = {
    "/upprepat": (200, {"Content-Type": "text/html"}, b"<html><body><main><h1>Stor</h1><p>" + b"kaffe " * 1_500_000),
    "/stort": (200, {"Content-Type": "text/plain"}, b"".join(b"Rad %d.\n" % number for number in range(900_000))),
    "/taggar": (200, {"Content-Type": "text/html"}, b"<html><body>" + b"<b>a</b>" * 60_000),
    "/storfil": (200, {"Content-Type": "application/pdf"}, b"%PDF-1.4\n" + b"\0" * 2_000_000),
}
"""Pages that may be fetched and can never be read."""


def page(title: str, body: str = "", head: str = "") -> bytes:
    text = f"<p>{SENTENCE * 4}</p>{body}"
    return f"<html><head><title>{title}</title>{head}</head><body><main><h1>{title}</h1>{text}</main></body></html>".encode()


def link(*paths: str) -> str:
    return "".join(f'<a href="{path}">{path}</a> ' for path in paths)


class Sites:
    """Host number -> path -> answer, served at 127.0.1.NUMBER."""

    def __init__(self) -> None:
        self.asked: dict[int, list[tuple[str, int]]] = defaultdict(list)
        """Host -> path and status of each answer."""
        self.most = Counter[int]()
        """Host -> most requests at once."""
        self.times: dict[int, list[float]] = defaultdict(list)
        self.agents: set[str] = set()
        self.changed = False
        self._now = Counter[int]()
        self._lock = threading.Lock()
        self._servers: list[ThreadingHTTPServer] = []
        self.port = 0
        for number in range(1, 8):
            server = ThreadingHTTPServer((f"127.0.1.{number}", self.port), self._handler(number))
            self.port = server.server_port
            self._servers.append(server)
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def url(self, number: int, path: str = "/") -> str:
        return f"http://127.0.1.{number}:{self.port}{path}"

    def paths(self, number: int) -> list[str]:
        return [path for path, _ in self.asked[number]]

    def answer(self, number: int, path: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body."""
        html = {"Content-Type": "text/html; charset=utf-8"}
        if path == "/.well-known/tdmrep.json" and number == 1:
            return (
                200,
                {"Content-Type": "application/json"},
                json.dumps([{"location": "/reserverat/*", "tdm-reservation": 1}]).encode(),
            )
        if path == "/robots.txt":
            return self._robots(number)
        if path == "/stilla":
            return 200, html, page(f"Plats {number} utan vidare länkar")
        known = self._first(path) if number == 1 else self._other(number, path)
        if known is None:
            return 404, html, b"<p>Finns inte</p>"
        return known if isinstance(known, tuple) else (200, html, known)

    def _robots(self, number: int) -> tuple[int, dict[str, str], bytes]:
        plain = {"Content-Type": "text/plain"}
        if number == 1:
            told = f"User-agent: *\nDisallow: /hemligt\nCrawl-delay: 0.05\nSitemap: {self.url(1, '/kartor.xml')}\n"
            return 200, plain, told.encode()
        if number == 3:
            return 500, plain, b""
        if number == 5:
            return 301, {"Location": self.url(5, "/regler.txt")}, b""
        return 404, plain, b""

    def _first(self, path: str) -> Any:
        head = '<link rel="alternate" type="application/rss+xml" href="/nytt.rss">'
        if path.startswith("/kalender"):
            return page(path, link(*(f"/kalender?dag={int(path.partition('=')[2] or 0) + step}" for step in (1, 2, 3))))
        if path.startswith("/session"):
            return page("Session", link(f"/session?phpsessid={time.time_ns()}"))
        if path == "/ut":
            return 302, {"Location": self.url(2, "/utifran")}, b""
        if path.startswith("/bort"):
            return 302, {"Location": f"http://127.0.0.1:{self.port}/inre"}, b""
        if path == "/gammal" and self.changed:
            return 410, {}, b""
        news = page("Nyhet två", "<p>Ny lydelse om havsvind.</p>" if self.changed else "<p>Gammal lydelse om torv.</p>")
        return {
            "/": page("Start", link("/ett", "/tva", "/hemligt/a", "/kalender", "/session", "/bort", "/ut", "/noindex", "/reserverat/a", "/gammal", "/bild.png"), head),
            "/ett": page("Nyhet ett", "<p>Om bredband i glesbygd.</p>"),
            "/tva": news,
            "/gammal": page("Gammal nyhet", "<p>Om mjölkproduktion.</p>"),
            "/karta-sida": page("Bara i kartan", "<p>Om skärgårdstrafik.</p>"),
            "/flodessida": page("Bara i flödet", "<p>Om rymdbasen.</p>"),
            "/noindex": page("Noindex", "<p>Om kvantdatorer.</p>", '<meta name="robots" content="noindex">'),
            "/reserverat/a": page("Reserverat", "<p>Om förbehåll.</p>"),
            "/kartor.xml": (200, {"Content-Type": "application/xml"}, f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{self.url(1, "/karta.xml.gz")}</loc></sitemap></sitemapindex>'.encode()),
            "/karta.xml.gz": (200, {"Content-Type": "application/gzip"}, gzip.compress(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{self.url(1, "/karta-sida")}</loc></url></urlset>'.encode(), mtime=0)),
            "/nytt.rss": (200, {"Content-Type": "application/rss+xml"}, f'<rss version="2.0"><channel><title>Nytt</title><item><title>F</title><link>{self.url(1, "/flodessida")}</link><pubDate>Tue, 12 Mar 2019 23:30:00 GMT</pubDate></item></channel></rss>'.encode()),
        }.get(path)  # fmt: skip

    def _other(self, number: int, path: str) -> Any:
        if number == 5 and path == "/regler.txt":
            return 200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /stopp\n"
        if number == 6 and path == "/trangt":
            if not self.paths(6).count("/trangt"):
                return 429, {"Retry-After": "1"}, b""
            return page("Efter trängseln")
        if number == 2 and path == "/trasig":
            return 503, {"Retry-After": "9999"}, b""
        if number == 7 and path == "/blandat":
            return page("Blandat", link(*LARGE, "/litet"))
        if number == 7 and path == "/litet":
            return page("Liten sida", "<p>Om fjällrävar.</p>")
        if number == 7 and path in LARGE:
            return LARGE[path]
        if number == 7 and path.startswith("/bomb/"):
            return 200, {"Content-Type": "text/html", "Content-Encoding": path[6:]}, BOMBS[path[6:]]
        return (
            page(
                f"Start {number}", link("/stopp/a", "/trangt", "/trasig", *(f"/bomb/{name}" for name in BOMBS), "/sida")
            )
            if path in ("/", "/sida")
            else None
        )

    def _handler(self, number: int) -> type[BaseHTTPRequestHandler]:
        sites = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with sites._lock:
                    sites._now[number] += 1
                    sites.most[number] = max(sites.most[number], sites._now[number])
                    sites.times[number].append(time.monotonic())
                    sites.agents.add(self.headers["User-Agent"])
                try:
                    self._answer()
                finally:
                    with sites._lock:
                        sites._now[number] -= 1

            def _answer(self) -> None:
                if number == 4 and self.path == "/robots.txt":
                    self.close_connection = True
                    self.connection.close()
                    return
                status, headers, body = sites.answer(number, self.path)
                etag = f'"{hash(body)}"'
                if status == 200 and self.headers.get("If-None-Match") == etag:
                    status, body = 304, b""
                sites.asked[number].append((self.path, status))
                self.send_response(status)
                for name, value in (headers | {"ETag": etag, "Content-Length": str(len(body))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: Any) -> None:
                pass

        return Handler

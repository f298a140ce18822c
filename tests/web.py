"""A web on loopback addresses that tests fill: hosts of their own, what each answers, and a log of what was asked."""

from __future__ import annotations

import asyncio
import html
import random
import socket
import threading
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from email.parser import Parser
from hashlib import blake2b
from http import HTTPStatus
from pathlib import Path

from indexer.settings import Settings

FIRST, LAST = 20, 254
"""Of the numbers N in 127.0.1.N."""
HTML = "text/html; charset=utf-8"
_WORDS = tuple(
    word
    for line in (
        "arbete bidrag bolag by bygd dal den det en ett energi flod forskning fraktion gård handel hamn har hav hela",
        "hus i industri inom invånare jord kan kommer kraft kust kvarn kyrka land led linje man marknad med mellan mer",
        "mot möte nya näring och odling om omland ort plan program projekt på råd resa region samarbete service sjö",
        "skog skola snart som stad station stöd tid till torg trafik uppdrag utbildning utveckling vatten verk vinter",
        "väg växer år åker ö",
    )
    for word in line.split()
)


@dataclass(frozen=True)
class Answer:
    """What a server says to one request."""

    status: int = 200
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = ()
    """Content-Length, ETag and Connection are added where none is given."""
    body: bytes = b""
    delay: float = 0.0
    """Seconds before its first byte."""
    wait: threading.Event | None = None
    """Not answered before this is set."""
    raw: bytes | None = None
    """Sent as it is, in place of status line, headers and body; empty: the connection ends without a word."""
    stream: Callable[[], Iterable[bytes]] | None = None
    """Pieces sent after the headers (or `raw`), for what is too large or too slow for a body; the connection ends after them."""
    pace: float = 0.0
    """Seconds between two pieces."""
    etag: bool = True
    """Whether a 200 has an ETag and a question with that ETag gets a 304."""


@dataclass
class Asked:
    """One request."""

    path: str
    """With its query, as it was sent."""
    headers: Message
    """Names in whatever case."""
    at: float
    """When its head was read, of time.monotonic."""
    method: str = "GET"
    status: int = 0
    """0 until it is answered, and where no status was sent."""
    ended: float = 0.0
    """When the last byte of its answer was given to the system."""
    answer: Answer | None = None
    """What it got."""


Page = Answer | Callable[[Asked], Answer]


@dataclass
class Host:
    """One host of a web."""

    number: int
    port: int
    pages: dict[str, Page] = field(default_factory=dict)
    """Path with its query -> answer."""
    otherwise: Page = field(default_factory=lambda: Answer(404, {"Content-Type": HTML}, b"<p>Finns inte</p>"))
    """To what `pages` has not."""
    log: list[Asked] = field(default_factory=list)
    most: int = 0
    """Requests in flight at most."""
    latency: float = 0.0
    """Seconds before every answer."""
    _now: int = 0
    _talks: set[StreamWriter] = field(default_factory=set)

    @property
    def address(self) -> str:
        """Without its port."""
        return f"127.0.1.{self.number}"

    def url(self, path: str = "/") -> str:
        """The whole address of a path."""
        return f"http://{self.address}:{self.port}{path}"

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [asked.path for asked in self.log]

    def asked(self, path: str) -> list[Asked]:
        """The requests for one path."""
        return [asked for asked in self.log if asked.path == path]

    def gaps(self, since: float = 0.0) -> list[float]:
        """Seconds between the requests after a moment, each to the next."""
        times = sorted(asked.at for asked in self.log if asked.at >= since)
        return [after - before for before, after in zip(times, times[1:], strict=False)]

    def answer(self, asked: Asked) -> Answer:
        """What is said to a request."""
        found = self.pages.get(asked.path, self.otherwise)
        given = found(asked) if callable(found) else found
        etag = _etag(given)
        if etag and asked.headers.get("If-None-Match") == etag:
            return Answer(304, {"ETag": etag}, delay=given.delay, wait=given.wait)
        return given


class Web:
    """Hosts at 127.0.1.20 and up, all at one port, served by one thread; the processes that crawl are others."""

    def __init__(self) -> None:
        self.hosts: list[Host] = []
        self._port = 0
        self._servers: dict[int, asyncio.Server] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._held = self._socket(FIRST - 1)  # it keeps the port from other webs, which hold theirs at the same address
        self._port = self._held.getsockname()[1]

    def host(self, pages: Mapping[str, Page] | None = None) -> Host:
        """One more host, which knows the pages given."""
        host = Host(FIRST + len(self.hosts), self._port, dict(pages or {}))
        assert host.number <= LAST, "a web has 235 hosts"
        self.hosts.append(host)
        self.open(host)
        return host

    def open(self, host: Host) -> None:
        """Let a host be connected to; a new one is."""
        made = self._socket(host.number)

        async def serve() -> asyncio.Server:
            return await asyncio.start_server(lambda *streams: self._talk(host, *streams), sock=made)

        self._servers[host.number] = asyncio.run_coroutine_threadsafe(serve(), self._loop).result()

    def shut(self, host: Host) -> None:
        """Let a host refuse connections until it is opened again; those it has end."""
        server = self._servers.pop(host.number)

        async def stop() -> None:
            server.close()
            for writer in host._talks:
                writer.transport.abort()

        asyncio.run_coroutine_threadsafe(stop(), self._loop).result()

    def close(self) -> None:
        """End all connections and the thread."""

        async def stop() -> None:
            for server in self._servers.values():
                server.close()
            await asyncio.sleep(0.01)  # a connection just taken begins its talk, which then closes it
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.sleep(0.01)  # what is closed is told so in the next round

        asyncio.run_coroutine_threadsafe(stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._held.close()

    def _socket(self, number: int) -> socket.socket:
        made = socket.socket()
        if self._port:  # without it two webs cannot come to hold one port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((f"127.0.1.{number}", self._port))
        return made

    async def _talk(self, host: Host, reader: StreamReader, writer: StreamWriter) -> None:
        """Answer what comes on one connection until it ends."""
        host._talks.add(writer)
        try:
            while await self._exchange(host, reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # who asked has had enough
        finally:
            host._talks.remove(writer)
            writer.close()

    async def _exchange(self, host: Host, reader: StreamReader, writer: StreamWriter) -> bool:
        """One request and its answer; whether the connection goes on."""
        first, _, rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").partition("\r\n")
        asked = Asked(
            first.split(" ")[1], Parser().parsestr(rest, headersonly=True), time.monotonic(), first.split()[0]
        )
        host.log.append(asked)
        host._now += 1
        host.most = max(host.most, host._now)
        try:
            asked.answer = answer = host.answer(asked)
            await asyncio.sleep(answer.delay + host.latency)
            while answer.wait and not answer.wait.is_set():
                await asyncio.sleep(0.005)
            return await _send(answer, asked, writer)
        finally:
            host._now -= 1
            asked.ended = time.monotonic()


async def _send(answer: Answer, asked: Asked, writer: StreamWriter) -> bool:
    """Write an answer; whether the connection goes on."""
    asked.status = 0 if answer.raw is not None else answer.status
    writer.write(_head(answer) + answer.body if answer.raw is None else answer.raw)
    await writer.drain()
    for number, piece in enumerate(answer.stream() if answer.stream else ()):
        if number:
            await asyncio.sleep(answer.pace)
        writer.write(piece)
        await writer.drain()
    return answer.raw is None and answer.stream is None


def _head(answer: Answer) -> bytes:
    """Status line and headers."""
    pairs = list(answer.headers.items() if isinstance(answer.headers, Mapping) else answer.headers)
    given = {name.lower() for name, _ in pairs}
    if answer.stream is None and not given & {"content-length", "transfer-encoding"}:
        pairs.append(("Content-Length", str(len(answer.body))))
    if answer.stream is not None:
        pairs.append(("Connection", "close"))
    if (etag := _etag(answer)) and "etag" not in given:
        pairs.append(("ETag", etag))
    status = HTTPStatus(answer.status).phrase if answer.status in list(HTTPStatus) else "Okänd"
    lines = [f"HTTP/1.1 {answer.status} {status}", *(f"{name}: {value}" for name, value in pairs)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


def _etag(answer: Answer) -> str:
    """Of its body, its own where it has one; empty for an answer that has none."""
    if answer.raw is not None or answer.stream is not None or answer.status != 200 or not answer.etag:
        return ""
    given = {name.lower(): value for name, value in dict(answer.headers).items()}
    return given.get("etag") or f'"{blake2b(answer.body, digest_size=8).hexdigest()}"'


def page(title: str, *paragraphs: str, head: str = "", links: Iterable[str] = ()) -> Answer:
    """A page of HTML; without paragraphs one of its own about its title. Paragraphs and `head` are markup."""
    texts = paragraphs or (text_about(title),)
    items = "".join(f'<li><a href="{html.escape(link)}">{html.escape(link)}</a></li>' for link in links)
    body = f"<main><h1>{title}</h1>{''.join(f'<p>{text}</p>' for text in texts)}</main><nav><ul>{items}</ul></nav>"
    whole = f'<!DOCTYPE html><html lang="sv"><head><title>{title}</title>{head}</head><body>{body}</body></html>'
    return Answer(headers={"Content-Type": HTML}, body=whole.encode())


def text_about(word: str, sentences: int = 4) -> str:
    """A text that has a word in each sentence, the same for the same word, and like no other's."""
    chance = random.Random(word)
    made = (f"{word.capitalize()} {' '.join(chance.choices(_WORDS, k=12))} {word}." for _ in range(sentences))
    return " ".join(made)


def source(name: str, *start: str, delay: float = 0.01, **keys: str | Sequence[str]) -> str:
    """The text of a source's file."""
    given: dict[str, object] = {"name": name, "start": start, "delay": delay, **keys}
    return "".join(f"{key} = {_toml(value)}\n" for key, value in given.items())


def _toml(value: object) -> str:
    if isinstance(value, str):
        return "'" + value + "'"
    return "[" + ", ".join(map(_toml, value)) + "]" if isinstance(value, list | tuple) else str(value)


def settings_for(folder: Path, sources: Mapping[str, str]) -> Settings:
    """Settings of an empty corpus, with sources by name and the text of their files."""
    for name in ("sources", "corpus"):
        (folder / name).mkdir(exist_ok=True)
    for name, text in sources.items():
        (folder / "sources" / f"{name}.toml").write_text(text, encoding="utf-8")
    return Settings(
        corpus=folder / "corpus",
        index=folder / "index",
        sources=folder / "sources",
        crawl_contact="test@region.example",
        crawl_depth=50,
    )

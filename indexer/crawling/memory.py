"""What earlier crawls saw of every address: enough to ask for it again when it is due, and none of its text; and what becomes of pages.

Those that were fetched are written to WARC files in corpus/crawl/, whole or absent.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from glob import escape
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec
from msgspec.structs import replace
from scrapy.http import Response
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from indexer.corpus.ledger import Departure, fingerprints, note, read_ledger
from indexer.crawling.sources import Job
from indexer.documents import Document, canonical_address, identity
from indexer.durable import write_durably
from indexer.faults import naming
from indexer.ingestion import archives
from indexer.metadata.robots import RobotsRules

ANEW = "kontrollera disken, eller ta bort filen, som då görs om ur arkiven, och kör kommandot igen"
"""What to do about a memory that cannot be used."""
LONGEST = timedelta(days=60)
ABSENCES = 2
"""Crawls in a row that do not find a page, after which it is gone: servers are mended and pages published anew in between."""
DETOURS = 7
"""Crawls in a row that are led elsewhere for the time being, after which a page has moved."""
PAGES = 500
"""Of one archive: so many are lost at most when the machine stops."""
_LEFT_OUT = ("content-encoding", "transfer-encoding", "content-length", "set-cookie")
RESERVED = "Sidan vill inte vara med: förbehåll mot text- och datautvinning."


class Link(msgspec.Struct, frozen=True):
    """An address, and what it is where it stands."""

    url: str
    kind: Literal["page", "listed", "feed", "sitemap"]
    """A page that a page leads to, one that a feed or sitemap lists, a feed of a page, a sitemap in another."""
    published: str = ""
    """When the feed or sitemap that lists it says that it was published; empty where it does not, or says what cannot be."""
    updated: str = ""
    """When it says that it was changed last."""


class Found(msgspec.Struct, frozen=True):
    """An address to ask for, and how it was come to."""

    link: Link
    key: str
    """Its canonical address."""
    depth: int = 0
    """Pages from a start page; what a feed or sitemap lists is one page away, however many lists lie between."""
    trail: tuple[str, ...] = ()
    """The shapes of the addresses that lead here."""
    loops: bool = False
    """Whether it or one that leads here has the shape of another that leads to it, as days of a calendar have."""
    barren: int | None = None
    """Of a further page of a list: the pages before it, in a row, that list nothing new."""
    came: tuple[str, ...] = ()
    """The addresses that were redirected here, the first one first."""


class Seen(msgspec.Struct, frozen=True, omit_defaults=True):
    """An address as it was last seen; days are ISO 8601."""

    url: str
    """Whole, as it was asked for; empty where an earlier version kept no more than its key."""
    digest: str = ""
    etag: str = ""
    modified: str = ""
    """Its Last-Modified."""
    links: tuple[Link, ...] = ()
    stored: bool = False
    """Whether the page lies in corpus/; not where it asks not to be."""
    depth: int = 1
    """Links of pages that lead to it from a start page, which has 0."""
    published: str = ""
    """When a feed said that it was published."""
    rules: RobotsRules = RobotsRules()
    permits: bool = False
    """Whether the page itself permits mining, whatever its site reserves."""
    first: str = ""
    """The first day that it was seen."""
    changed: str = ""
    asked: str = ""
    """The last day that it was asked for."""
    missing: int = 0
    """How many times in a row it was not at its address."""

    @property
    def due(self) -> str:
        """The day from which it is to be asked for again (the rule: `frontier`).

        >>> Seen("", asked="2026-05-01", changed="2026-04-20").due, Seen("", asked="2026-05-01", changed="2026-04-22").due
        ('2026-05-02', '2026-05-01')
        """
        if self.missing or not self.changed:
            return self.asked
        day = date.fromisoformat(self.asked)
        # A tenth, so a change is seen before a page is a tenth older.
        return (day + min((day - date.fromisoformat(self.changed)) // 10, LONGEST)).isoformat()


_SEEN, _LINKS = msgspec.json.Decoder(Seen), msgspec.json.Decoder(tuple[Link, ...])


class Memory(sqlite3.Connection):
    """What is known of the pages of one site, and what becomes of them; `tell` takes outcome, address and reason.

    One SQLite file; what is not committed when it is closed is forgotten, so that what it knows lies in a finished archive.
    """

    def __init__(self, key: str, job: Job, tell: Callable[[str, str, str], None]) -> None:
        self._day, self._tell, self._corpus = job.day, tell, job.settings.corpus
        ledger, self.path = read_ledger(self._corpus), self._corpus / ".regionsok" / f"crawl-{key}.sqlite"
        # No more of it: each site has its own, and what was given grows with corpus/.
        self._gone, self._forgotten, self._salt = ledger.gone, frozenset(ledger.forgotten), ledger.salt
        self._starts = {canonical_address(url) for url in job.sites[key].start}
        with naming(self.path, ANEW):
            super().__init__(self.path, timeout=60)
            self.executescript(Path(__file__).with_name("memory.sql").read_text("utf-8"))

    def seen(self, key: str) -> Seen | None:
        """What is known of an address, by its canonical one."""
        row = self.execute("SELECT seen, links FROM addresses WHERE key = ?", (key,)).fetchone()
        return replace(_SEEN.decode(row[0]), links=_LINKS.decode(row[1])) if row else None

    def see(self, seen: Seen) -> None:
        """Remember how an address was seen today; it has changed where its digest is another."""
        before = self.seen(canonical_address(seen.url)) or Seen("")
        changed = before.changed if before.digest == seen.digest else self._day
        published = seen.published or before.published
        self.ask(replace(seen, first=before.first or self._day, changed=changed, published=published, missing=0))

    def ask(self, seen: Seen) -> None:
        """Remember that an address that is known was asked for today."""
        self._put(replace(seen, asked=self._day))

    def _put(self, seen: Seen) -> None:
        encoded = (msgspec.json.encode(value).decode() for value in (replace(seen, links=()), seen.links))
        row = (canonical_address(seen.url), seen.stored, seen.asked, seen.due, *encoded)
        self.execute("INSERT OR REPLACE INTO addresses VALUES (?, ?, ?, ?, ?, ?)", row)

    def due(self) -> Iterator[Seen]:
        """The stored pages to be asked for, without their links: the one that waited longest first, then the one that changed last."""
        return self.all("SELECT seen FROM addresses WHERE stored AND due <= ? ORDER BY asked, due", self._day)

    def all(self, query: str = "SELECT seen FROM addresses", *values: str) -> Iterator[Seen]:
        """All that is known, or of it what a query finds, without links."""
        # All at once: what follows may change them.
        return (seen for (encoded,) in self.execute(query, values).fetchall() if (seen := _SEEN.decode(encoded)).url)

    def forgets(self, url: str) -> bool:
        """Whether a person had the text of an address forgotten."""
        return not self._forgotten.isdisjoint(fingerprints(Document("", "", "", url), self._salt))

    def forget(self, url: str) -> None:
        """Of an address that is gone."""
        self.execute("DELETE FROM addresses WHERE key = ?", (canonical_address(url),))

    def keep(self, archive: str, urls: Iterable[str] = ()) -> None:
        """Commit, with the name of an archive that is durable; `urls`: those in it of which nothing may be known."""
        with naming(self.path, ANEW):
            for url in urls:
                self._put(replace(self.seen(canonical_address(url)) or Seen(url), url=url, stored=True))
            if archive:
                self.execute("INSERT OR IGNORE INTO archives VALUES (?)", (archive,))
            self.commit()

    def leave(self, outcome: str, url: str, reason: str) -> None:
        """Write down that a stored page left, and forget it. Raises Fault."""
        note(self._corpus, [Departure(identity(url, "", ""), self._day)])
        self.forget(url)
        self._tell(outcome, url, reason)

    def are_here(self, urls: Iterable[str]) -> None:
        """Write down which pages are back at their addresses, and lie in corpus/ as they are there. Raises Fault."""
        note(self._corpus, [Departure(id) for url in urls if (id := identity(url, "", "")) in self._gone])

    def review(self, may_be_kept: Callable[[str], bool], is_reserved: Callable[[str], bool]) -> None:
        """Let pages leave that may no longer be kept, though nobody asks for them; what is no longer reserved may be asked for anew.

        What robots.txt forbids stays, and is not asked for: it says what may be fetched, and not what may be kept.
        """
        for seen in self.all():
            reserved = not seen.permits and is_reserved(seen.url)
            if seen.stored and reserved:
                self.leave("gone", seen.url, RESERVED)
            elif seen.stored and "" < seen.rules.until < self._day:
                self.leave("gone", seen.url, f"Sidan skulle visas till och med {seen.rules.until}.")
            elif seen.stored and seen.depth and not may_be_kept(seen.url):
                self.leave("gone", seen.url, "Källans follow och leave tar inte längre med sidan.")
            elif seen.rules.reserved and not reserved:
                self.forget(seen.url)

    def fail(self, found: Found, status: int) -> None:
        """Take it that an address answers with a status other than 200: what was withdrawn leaves, what is not found does in time."""
        url, seen = found.link.url, self.seen(found.key)
        most = {404: ABSENCES, 410: 1, 451: 1}.get(status)
        reason = f"Sidan finns inte ({status})." if most else f"Servern svarade {status}."
        if most and seen and seen.stored:
            self._miss("gone", replace(seen, url=url), reason, most)
            return
        self._tell("failed", url, reason)
        if most and found.came:
            self.see(Seen(url))
        elif most:
            self.forget(url)
        elif seen:
            self.ask(replace(seen, url=url))

    def move(self, found: Found, target: str, permanently: bool) -> None:
        """Take it that an address leads to another: a page that was there is now there, or gone if that is where the site begins."""
        key, url = canonical_address(target), found.link.url
        if not found.depth:
            self._starts.add(key)
        if key == found.key:
            return
        seen, there = self.seen(found.key), self.seen(key)
        if seen and seen.stored:
            to_start = found.depth > 0 and (key in self._starts or "/" not in key)
            outcome = "gone" if to_start else "moved"
            reason = "Adressen leder till webbplatsens startsida." if to_start else f"Sidan finns på {target}."
            is_end = to_start or (there and not there.stored and not there.links)  # an apology, or nothing
            most = 1 if permanently else ABSENCES if is_end else DETOURS
            if not self._miss(outcome, replace(seen, url=url), reason, most):
                return
        self.see(Seen(url, digest=target, links=(replace(found.link, url=target, kind="page"),), depth=found.depth))

    def _miss(self, outcome: str, seen: Seen, reason: str, most: int) -> bool:
        """Let a page leave that was not at its address so many times in a row; whether it did."""
        if seen.missing + 1 >= most:
            self.leave(outcome, seen.url, reason)
            return True
        self.ask(replace(seen, missing=seen.missing + 1))
        self._tell("missing", seen.url, reason)
        return False


def wish_in(rules: RobotsRules) -> str | None:
    """Why a page with these rules is not kept, as a Swedish sentence; None where it may be."""
    return "Sidan vill inte vara med: noindex." if rules.noindex else RESERVED if rules.reserved else None


class Archive:
    """Writes the pages of one site; of each file that is durable it tells what is known of them, also of one before a kill. Raises Fault."""

    def __init__(self, job: Job, name: str, memory: Memory) -> None:
        self._folder, self._name, self._memory = job.settings.corpus / "crawl", name, memory
        self._publisher = {archives.SOURCE: job.sites[name].name, archives.COUNTY: job.sites[name].county}
        self._writer, self._urls, self._size = WARCWriter(BytesIO(), warc_version="WARC/1.1"), list[str](), 0
        for path in sorted(self._folder.glob(f"{escape(name)}-{'[0-9]' * 8}T{'[0-9]' * 12}.warc.gz")):
            if not memory.execute("SELECT 1 FROM archives WHERE name = ?", [path.name]).fetchone():
                with path.open("rb") as file:
                    memory.keep(path.name, _addresses(file))

    def add(self, response: Response, published: str, updated: str) -> None:
        """Take a page, already unpacked, with the days that a list states of it, which may be empty. Raises Fault."""
        named = ((name.decode("latin-1"), value) for name, values in response.headers.items() for value in values)
        kept = [(name, value.decode("latin-1")) for name, value in named if name.lower() not in _LEFT_OUT]
        fields = {archives.PUBLISHED: published, archives.UPDATED: updated} | self._publisher
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
        urls, path = self._urls, self._folder / f"{self._name}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.warc.gz"
        if urls:
            with naming(path):
                write_durably(path, self._writer.out.getvalue())
            self._writer, self._urls, self._size = WARCWriter(BytesIO(), warc_version="WARC/1.1"), [], 0
        self._memory.are_here(urls)
        self._memory.keep(path.name if urls else "")


def _addresses(archive: BinaryIO) -> Iterator[str]:
    with suppress(Exception):  # as in `parsed`; what follows is fetched as new, and indexing names the file
        yield from filter(None, (one.rec_headers.get_header("WARC-Target-URI") for one in archives.Records(archive)))

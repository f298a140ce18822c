"""Point 6: everything that a server sends is bounded, and what is not stored leaves a line that says why."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from tests.crawl_nights import ANY, Nights, Place, place
from tests.web import HTML, Answer, Asked, page

MEGABYTE = b"x" * 1_000_000


def endless(head: bytes, piece: bytes, often: int) -> Answer:
    """An answer that goes on: a head, and pieces."""
    return Answer(raw=head, stream=lambda: (piece for _ in range(often)))


@place
def huvuden(here: Place) -> None:
    """Headers without an end, in one line and in many."""
    here.links(["/rad", "/rader", "/efter"])
    here.shows("/rad", endless(b"HTTP/1.1 200 OK\r\nX-Lang: ", MEGABYTE, 400))
    here.shows("/rader", endless(b"HTTP/1.1 200 OK\r\n", b"X-Rad: " + b"y" * 1_000 + b"\r\n", 100_000))
    for path in ("/rad", "/rader"):
        here.holds("6.1", "a header without an end gives no page", path, None)
        here.reported("6.2", "and the report says why", path, 1, "refused", "failed")
    here.life("6.3", "and what is beside it is read", "/efter", ("efterår",) * 3, ("efterår",) * 3)


@place
def kroppar(here: Place) -> None:
    """Bodies that are too large, said and unsaid, packed and unpacked; the third night they have become small."""
    here.links(["/sagd", "/osagd", "/packad", "/efter"])
    large = Answer(headers={"Content-Type": HTML}, body=b"<html><body>" + b"<p>stor</p>" * 2_500_000)
    unsaid = Answer(headers={"Content-Type": HTML}, stream=lambda: (MEGABYTE for _ in range(100)))
    bomb = Answer(headers={"Content-Type": HTML, "Content-Encoding": "gzip"}, body=gzip.compress(b"a" * 60_000_000, 1))
    for path, shown in (("/sagd", large), ("/osagd", unsaid), ("/packad", bomb)):
        word = path[1:] + "het"
        here.life(
            "6.4",
            "what is too large is not held, and is read when it has become small",
            path,
            (shown, shown, word),
            (None, None, word),
        )
        here.reported("6.5", "a line says why", path, 1, "refused", "failed")
        here.reported("6.6", "also the next night: it is not unchanged", path, 2, "refused", "failed")
    here.life("6.7", "and what is beside it is read", "/efter", ("eftermäle",) * 3, ("eftermäle",) * 3)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def lying(here: Place, raw: bytes) -> None:
    """A page whose length is not as it says on two nights, and one beside it."""
    here.links(["/logn", "/efter"])
    word = f"sanning{here.key[-1]}x"
    lie = Answer(raw=raw + page("lögn").body)
    here.life("6.8", "what was cut off is no page, until it is whole", "/logn", (lie, lie, word), (None, None, word))
    after = f"efterskott{here.key[-1]}x"
    here.life("6.10", "and what is beside it is read", "/efter", (after,) * 3, (after,) * 3)


@place
def langd1(here: Place) -> None:
    """A length that is too long."""
    lying(here, HEAD + b"Content-Length: 9999999\r\n\r\n")


@place
def langd2(here: Place) -> None:
    """A chunk that is not whole."""
    lying(here, HEAD + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n")


@place
def langd3(here: Place) -> None:
    """A length that is none."""
    lying(here, HEAD + b"Content-Length: -5\r\n\r\n")


@place
def langd4(here: Place) -> None:
    """A length that is too short."""
    here.links(["/kort", "/efter"])
    here.shows("/kort", Answer(raw=HEAD + b"Content-Length: 20\r\nConnection: close\r\n\r\n" + page("längd").body))
    here.holds("6.9", "a length that is too short gives what it says, or nothing", "/kort", ANY)
    here.life("6.10", "and what is beside it is read", "/efter", ("efterskott4x",) * 3, ("efterskott4x",) * 3)


@place
def kedja(here: Place) -> None:
    """Redirects without an end, each to a new address."""

    def onward(asked: Asked) -> Answer:
        return Answer(301, {"Location": f"/hopp/{int(asked.path.rpartition('/')[2]) + 1}"})

    here.links(["/hopp/0", "/efter"])
    for number in range(60):
        here.shows(f"/hopp/{number}", onward)
    here.life("6.11", "what is beside an endless chain is read", "/efter", ("efterfest",) * 3, ("efterfest",) * 3)

    def check(run: Nights) -> Iterator[str]:
        for night in run.mornings:
            steps = [asked.path for asked in run.asked(here.host, night) if asked.path.startswith("/hopp")]
            if len(steps) > 6:
                yield f"night {night}: {len(steps)} steps of a chain were taken, not five redirects"
            if not any("/hopp/" in line["url"] and line["reason"] for line in run.reports[night].lines):
                yield f"night {night}: no line says what became of the chain"

    here.claim("6.12", "five redirects a chain", check)


@place
def granslost(here: Place) -> None:
    """Addresses that are longer than any, or lead inwards."""
    here.links(
        [
            "/" + "l" * 3_000,
            "http://127.0.0.1:9/x",
            "http://10.0.0.1/",
            "http://[::1]/",
            "mailto:a@b.se",
            "javascript:x()",
            "ftp://127.0.1.1/",
            "/efter",
            "http://",
            "//",
        ]
    )
    here.life(
        "6.16",
        "what is beside addresses that cannot be asked for is read",
        "/efter",
        ("efterklang",) * 3,
        ("efterklang",) * 3,
    )
    here.never("6.17", "an address that is too long is not asked for", "/" + "l" * 3_000)

"""What may be shown where: beyond this machine, texts of third parties only as an excerpt, and no one's numbers."""

import re
from collections.abc import Iterable, Mapping
from ipaddress import ip_address, ip_network

from msgspec.structs import replace

from indexer import RIGHTS, THIRD_PARTY, Document, Hit, Results, Snippet, cut_before, one_of

EXCERPT = 200
"""Code points of a third party's text that are shown."""

_PERSONAL, _LIKELY = (re.compile(one_of("../webapp/data/patterns.tsv", name)) for name in ("personal", "likely"))
_PASSED_ON = re.compile(one_of("../webapp/data/patterns.tsv", "passed on"), re.IGNORECASE)
"""Names of headers that proxies and content networks add; a browser sends none of them."""


def came_through(headers: Iterable[str], protocol: str) -> bool:
    """Whether a request says that it came by way of another server; nginx asks in HTTP/1.0 where it is not told otherwise.

    >>> came_through(["Host", "X-Real-IP"], "HTTP/1.1"), came_through(["Host", "Accept"], "HTTP/1.1")
    (True, False)
    """
    return protocol == "HTTP/1.0" or any(_PASSED_ON.search(name) for name in headers)


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address reaches this machine only.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0"), is_loopback("sok.example")
    (True, True, False, False)
    """
    # The usual ones are known without being read, which each answer would do six times.
    return host in ("localhost", "127.0.0.1", "::1") or is_among((host or "").strip("[]"), ("127.0.0.0/8", "::1"))


def is_among(address: str | None, networks: Iterable[str]) -> bool:
    """Whether an address is one of some, or in one of some networks.

    >>> is_among("10.1.2.3", ["::1", "10.0.0.0/8"]), is_among("10.1.2.3", ["10.0.0.1"]), is_among(None, ["::1"])
    (True, False, False)
    """
    try:
        return any(ip_address(address or "") in ip_network(network) for network in networks)
    except ValueError:
        return False


def public_results(results: Results, by_source: Mapping[str, str]) -> Results:
    """An answer as others than the people at this machine may see it."""
    return replace(results, hits=tuple(_public_hit(hit, by_source) for hit in results.hits))


def _public_hit(hit: Hit, by_source: Mapping[str, str]) -> Hit:
    snippets = tuple(Snippet(masked(snippet.text), snippet.highlights) for snippet in hit.snippets)
    if (most := _most(hit, by_source)) is not None:
        snippets = tuple(_cut(snippet, most) for snippet in snippets[:1]) if most else ()
    return replace(hit, title=masked(hit.title), snippets=snippets, explanation=tuple(map(masked, hit.explanation)))


def _most(shown: Hit | Document, by_source: Mapping[str, str]) -> int | None:
    """Code points that may be shown; None for everything."""
    right = shown.rights or by_source.get(shown.source or "", "")  # a third party's, where it is none of ours
    third_party = right not in RIGHTS or right == THIRD_PARTY
    limits = [limit for limit in (shown.excerpt, EXCERPT if third_party else None) if limit is not None]
    return min(limits, default=None)


def _cut(snippet: Snippet, most: int) -> Snippet:
    text = excerpt(snippet.text, most)
    end = len(text.removesuffix("…").rstrip())
    return Snippet(text, tuple((start, min(stop, end)) for start, stop in snippet.highlights if start < end))


def public_document(document: Document, by_source: Mapping[str, str]) -> Document:
    """A document as others than the people at this machine may see it."""
    if (most := _most(document, by_source)) is None:
        return document
    published = document.published and replace(document.published, evidence="")
    evidence = document.kind_evidence and masked(document.kind_evidence)
    bare = replace(document, published=published, kind_evidence=evidence, boilerplate=())
    return replace(bare, title=masked(document.title), text=masked(excerpt(document.text, most)))


def excerpt(text: str, most: int = EXCERPT) -> str:
    """The beginning of a text, cut after a word and outside numbers; at most so many code points."""
    if len(text) <= most:
        return text
    return (text[: cut_before(text, max(0, most - 1))].rstrip() or text[: most - 1]) + "…" if most else ""


def masked(text: str) -> str:
    """Without e-mail addresses, telephone and personal identity numbers; as long as before, so that spans hold.

    >>> masked("Ring 08-123 456 78 om de 5 000 000 kronorna")
    'Ring ••••••••••••• om de 5 000 000 kronorna'
    """
    return _PERSONAL.sub(lambda match: "•" * len(match[0]), text) if _LIKELY.search(text) else text

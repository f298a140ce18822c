"""Addresses of pages: the key that two ways to write one have in common, the identity made of it, and the host."""

import re
import unicodedata
from hashlib import sha256
from urllib.parse import urlsplit

# Parameters that tell where a reader came from or who he is, not which page it is (FINDINGS 9); `sid` is a page's number in some systems.
_TRACKING = re.compile(
    r"(?<=[?&])(?:utm_(?:source|medium|campaign|term|content|id)|fbclid|gclid|_gl|mc_[ce]id|jsessionid|phpsessid|session_?id"
    r"|aspsessionid\w*|cfid|cftoken|sid(?==[0-9a-z]{20})|sv\.[^=&]*)=[^&]*&?",
    re.IGNORECASE,
)
_BEGINNING = re.compile(r"^(?:http://(?:www\.)?([^/]*?)(?::80)?|https://(?:www\.)?([^/]*?)(?::443)?)/", re.IGNORECASE)


def host_of(url: str | None) -> str | None:
    """The host of an address without www., None where there is none."""
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:
        return None
    return str(host).removeprefix("www.") if host else None


def identity(url: str | None, title: str, text: str) -> str:
    """Sixteen hexadecimal digits of the canonical address, else of the title and text without regard to spacing."""
    key = canonical_address(url) if url else unicodedata.normalize("NFC", " ".join(f"{title} {text}".split()))
    return sha256(key.encode("utf-8")).hexdigest()[:16]


def canonical_address(url: str) -> str:
    """An address as a key: without protocol and its port, www., fragment, trailing slash, tracking and session parameters (FINDINGS 9).

    >>> canonical_address("https://www.example.se/nyhet/?utm_source=x#del") == canonical_address("http://example.se/nyhet")
    True
    """
    from w3lib.url import canonicalize_url  # brings all of urllib.request, http and email

    without = re.sub(r";jsessionid=[^/?#]*", "", url.strip(), flags=re.IGNORECASE)
    canonical = _TRACKING.sub("", canonicalize_url(without)).rstrip("?&")
    return _BEGINNING.sub(r"\1\2/", canonical).rstrip("/")

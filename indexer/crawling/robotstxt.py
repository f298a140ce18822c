"""robots.txt -> what it lets us ask for. Protego matches the rules; what it reads otherwise than RFC 9309 is written otherwise first."""

import re
from urllib.parse import urljoin, urlsplit

from protego import Protego

from indexer.metadata.robots import AGENT

LONGEST = 512_000
"""Bytes that are read (RFC 9309, 2.5)."""
_NAMED = re.compile(r"^([ \t]*user[- ]?agent[ \t]*[: \t][ \t]*)(\*(?=\s|$)|[a-z_-]*).*", re.IGNORECASE | re.MULTILINE)
_DELAY = re.compile(r"^([ \t]*crawl[- ]?delay[ \t]*[: \t][ \t]*\d+),(?=\d)", re.IGNORECASE | re.MULTILINE)


def read_robots(content: bytes) -> Protego:
    """Of UTF-8, UTF-16 or Latin-1, with lines that end in any way."""
    if len(content) > LONGEST:  # what is left of the line that is cut would be another rule
        content = content[: max(content.rfind(end, 0, LONGEST) for end in (b"\n", b"\r"))]
    if b"\0" in content[:64]:
        unmarked = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
        content = content.decode("utf-16" if content[0] > 0xFD else unmarked, "replace").encode()
    content = re.sub(rb"\A\xef(?:\xbb\xbf?)?", b"", content)  # a mark that is whole or not, as Google's parser does
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    text = _DELAY.sub(r"\1.", text.replace("\r", "\n"))
    return Protego.parse(_NAMED.sub(lambda line: line[1] + (line[2] if line[2].lower() in ("*", AGENT) else "-"), text))


def allows(robots: Protego, url: str) -> bool:
    """Whether an address may be asked for, as it is written and as servers understand dots in its path."""
    path = re.sub("%2e", ".", urlsplit(url).path, flags=re.IGNORECASE)
    resolved = urljoin(url, path) if "/." in path else url
    return all(robots.can_fetch(one, AGENT) for one in (url, resolved))

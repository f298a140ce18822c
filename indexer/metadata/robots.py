"""What a site says of how its pages may be used: robots directives and reservations against text and data mining."""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from email.utils import parsedate_to_datetime
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from indexer.metadata.dates import SWEDEN, parse_date

AGENT = "regionsok"
_KNOWN = re.compile(r"(noindex|nofollow|none|nosnippet|max-snippet)\s*(?::\s*(-?\d+))?")

_UNTIL = re.compile(r"(?i)unavailable_after\s*:\s*(.+?)\s*(?=$|,\s*(?:all|index|follow|max-|no(?!v)|unavail))")
_AGENT = re.compile(r"\s*(?P<name>[\w-]+)\s*:")
_VALUED = ("max-snippet", "unavailable_after", "max-image-preview", "max-video-preview")


class RobotsRules(Struct, frozen=True):
    """What is said of one page."""

    noindex: bool = False
    snippet: int | None = None
    """Most characters that may be shown of it; 0: none. None: nothing is said."""
    reserved: bool = False
    """Against text and data mining (the TDM Reservation Protocol)."""
    nofollow: bool = False
    """Its links are not to be followed."""
    until: str = ""
    """ISO 8601, the last day in Sweden that it may be found (unavailable_after); empty: nothing is said."""


def robots_rules(robots: Iterable[str], tdm: Iterable[str] = (), reserved: bool = False, day: str = "") -> RobotsRules:
    """What the directives of a page say, on a day if it matters; `robots` are X-Robots-Tag headers and robots meta elements.

    >>> robots_rules(["otherbot: noindex", "max-snippet:50"])
    RobotsRules(noindex=False, snippet=50, reserved=False, nofollow=False, until='')
    """
    noindex, nofollow, snippet, days = False, False, None, list[str]()
    for directives in robots:
        agent = _AGENT.match(directives.lower())
        if agent and agent["name"] not in (AGENT, *_VALUED):
            continue
        days += map(_last_day, _UNTIL.findall(directives))
        for name, number in _KNOWN.findall(directives.lower()):
            noindex |= name in ("noindex", "none")
            nofollow |= name in ("nofollow", "none")
            if name == "nosnippet" or (name == "max-snippet" and number and int(number) >= 0):
                snippet = 0 if name == "nosnippet" else int(number)
    stated = [value.strip() for value in tdm]
    reserved = "1" in stated or (reserved and "0" not in stated)
    until = min(filter(None, days), default="")
    return RobotsRules(noindex or "" < until < day, snippet, reserved, nofollow, until)


def _last_day(stated: str) -> str:
    """Of what is stated in ISO 8601, RFC 822 or RFC 850; empty for anything else."""
    if dated := parse_date(stated):
        return dated.last_day
    with suppress(ValueError, TypeError, OverflowError):
        return parsedate_to_datetime(stated).astimezone(SWEDEN).date().isoformat()
    return ""


def reservations(content: bytes) -> list[tuple[str, bool]]:
    """The rules of a tdmrep.json: a pattern of paths, and whether they are reserved; none for a file that is broken."""
    try:
        rules: Any = json.loads(content)
        return [(str(rule["location"]), rule.get("tdm-reservation") == 1) for rule in rules]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return []


def is_reserved(url: str, rules: Iterable[tuple[str, bool]]) -> bool:
    """Whether the longest rule that fits an address reserves it."""
    path = urlsplit(url).path or "/"
    fitting = [(len(pattern), reserved) for pattern, reserved in rules if fnmatchcase(path, f"{pattern.rstrip('*$')}*")]
    return max(fitting, default=(0, False))[1]

"""What a crawl did: of every address, and of every source in a few numbers, which are kept until its next crawl."""

import logging
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Literal

import msgspec

from indexer.crawling.sources import Site
from indexer.documents import Refusal
from indexer.durable import write_durably

REPORT = Path(".regionsok") / "crawl-report.json"
"""Below corpus/."""
EXAMPLES = 3
"""Addresses that are kept of each reason."""
_log = logging.getLogger(__package__)


class Outcome(msgspec.Struct, frozen=True):
    """What may become of an address, as outcomes.toml explains it."""

    label: str
    column: Literal["new", "changed", "unchanged", "gone", "moved", "refused", "failed", ""]
    source: Literal["reached", "excused", "failed", ""]


OUTCOMES: dict[str, Outcome] = msgspec.convert(
    tomllib.loads(Path(__file__).with_name("outcomes.toml").read_text(encoding="utf-8")), dict[str, Outcome]
)


class Report(msgspec.Struct, frozen=True):
    """What became of every address."""

    lines: tuple[dict[str, str], ...]
    """site, outcome, url and reason of each."""
    asked: dict[str, int] = {}
    """Source -> requests that were made, robots.txt too."""

    @property
    def counts(self) -> dict[str, int]:
        """Outcome -> number of addresses."""
        return dict(Counter(line["outcome"] for line in self.lines))

    def refusals(self) -> Iterator[Refusal]:
        """What was not fetched, and why."""
        without = {name for name, outcome in OUTCOMES.items() if outcome.source in ("excused", "failed")}
        return (Refusal(line["url"], line["reason"]) for line in self.lines if line["outcome"] in without)


class Reason(msgspec.Struct, frozen=True):
    """Why some addresses of a source have an outcome."""

    outcome: str
    reason: str
    count: int
    examples: tuple[str, ...]


class Visit(msgspec.Struct, frozen=True):
    """The last crawl of a source; days are ISO 8601."""

    name: str
    """The publisher's."""
    day: str
    asked: int
    reached: bool
    counts: dict[str, int]
    """Column of outcomes.toml -> number of addresses."""
    reasons: tuple[Reason, ...]
    resting_until: str | None
    last_success: str | None
    """The last day that it answered, in this crawl or an earlier one."""
    last_new: str | None
    """The last day that it gave a document that was not known."""
    months_silent: int | None
    """Whole months from that day to the crawl."""


def read_visits(corpus: Path) -> dict[str, Visit]:
    """Source -> its last crawl; none where nothing was crawled yet, or where what was kept cannot be read."""
    try:
        return msgspec.json.decode((corpus / REPORT).read_bytes(), type=dict[str, Visit])
    except FileNotFoundError:
        return {}
    except msgspec.DecodeError as error:
        _log.warning("report unreadable", extra={"error": str(error)})
        return {}

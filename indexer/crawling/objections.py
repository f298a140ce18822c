"""What speaks against keeping a page: what it says of its use, or that it is no page at all."""

from msgspec import Struct
from scrapy.http import HtmlResponse, Response

from indexer.ingestion.html import apology_of
from indexer.metadata.robots import RobotsRules

APOLOGY = 500_000
"""Bytes of a page that may be no more than an apology: it holds no long text, but the site's whole menu."""
RESERVED = "Sidan vill inte vara med: förbehåll mot text- och datautvinning."


class Objection(Struct, frozen=True):
    """Why what was answered is not stored."""

    outcome: str
    reason: str
    leaves: bool
    """Whether what was stored of the page must go, too."""


def objection_to(response: Response, rules: RobotsRules) -> Objection | None:
    """What speaks against a page that can be read."""
    if wish := wish_in(rules):
        return Objection("refused", wish, leaves=True)
    if isinstance(response, HtmlResponse) and len(response.body) <= APOLOGY and (said := apology_of(response.body)):
        return Objection("aside", str(said), said.is_missing)
    return None


def wish_in(rules: RobotsRules) -> str | None:
    """Why a page with these rules is not kept, as a Swedish sentence; None where it may be."""
    if not rules.noindex and not rules.reserved:
        return None
    return "Sidan vill inte vara med: noindex." if rules.noindex else RESERVED

"""ParsedDocument + what was given -> Document: identity, date, regions and kind, each with what says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from indexer.documents import Document, Medium
from indexer.ingestion.parsed import ParsedDocument, Unreadable
from indexer.ingestion.parts import Part, Unread
from indexer.metadata.dates import Dated, as_precise, is_plausible, parse_date, read_published, read_updated
from indexer.metadata.kinds import KINDS, read_kind
from indexer.metadata.regions import Publisher, Region, given_regions, publisher_of, read_regions, resolve
from indexer.swedish.languages import language_of
from indexer.urls import host_of, identity

LONGEST_ID = 500
"""Characters of an id; addresses that are longer are traps for crawlers."""

_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_TEXT_KEYS = (
    "id",
    "title",
    "text",
    "url",
    "source",
    "publisher",
    "kind",
    "published",
    "date",
    "updated",
    "language",
    "rights",
    "fetched",
)
_DATES = ("published", "date", "updated", "fetched")
_ENOUGH_NAMES = {"date": "published", "publisher": "source", "date_precision": "published_precision"}


def enrich(part: Part, origin: str, of_host: Callable[[str, Sequence[str]], set[str]]) -> Document:
    """The document of a part of a source whose draft is made; what is given wins over what the source says. Raises Unreadable."""
    draft, given = part.draft, part.given
    if isinstance(draft, Unreadable):
        raise draft
    assert not isinstance(draft, Unread)  # noqa: S101  it is drafted
    stated = _checked(given)
    url = stated.get("url") or draft.url
    host = host_of(url)
    draft = (
        _without(draft, of_host(host, draft.text.splitlines())) if host and draft.medium is not Medium.TEXT else draft
    )
    text, title = clean(draft.text).strip(), " ".join(clean(stated.get("title") or draft.title).split())
    if not any(map(str.isalnum, text)):
        raise Unreadable("Dokumentet har inga ord; fyll det med text eller ta bort det.")
    source = stated.get("source") or (clean(draft.source) if draft.source else None) or host
    fetched = _iso(stated.get("fetched"))
    given_kind = _kind(stated.get("kind"))
    kind, said = (given_kind, "angivet") if given_kind else read_kind(draft.lines, url, title, source) or (None, None)
    publisher = publisher_of(source, url)
    return Document(
        id=stated.get("id") or identity(url, title, text),
        title=title,
        text=text,
        url=url,
        source=source,
        kind=kind,
        kind_evidence=said,
        published=_published(draft, given, stated, url, fetched),
        updated=_iso(stated.get("updated")) or draft.updated or _line_updated(draft),
        language=stated.get("language") or language_of(text) or draft.language,
        rights=stated.get("rights"),
        fetched=fetched,
        regions=_regions(given, title, f"{draft.masthead}\n{text}", publisher),
        publisher_region=_publisher_region(given, publisher),
        origin=origin + part.member,
        boilerplate=(*draft.boilerplate, *_listed(given, "boilerplate")),
        excerpt=min((most for most in (part.excerpt, draft.excerpt) if most is not None), default=None),
        medium=draft.medium,
        fetched_at=stated["fetched"] if fetched else "",
    )


def _without(draft: ParsedDocument, lines: set[str]) -> ParsedDocument:
    """A draft without its host's lines, unless they are all that it has."""
    kept = [line for line in draft.text.splitlines() if line not in lines]
    if not lines or not any(map(str.isalnum, "".join(kept))):
        return draft
    left_out = tuple(line for line in draft.text.splitlines() if line in lines)
    return replace(draft, text="\n".join(kept).strip(), boilerplate=(*draft.boilerplate, *left_out))


def clean(text: str) -> str:
    """Without control characters and lone surrogates, which no index or page can hold."""
    return _SURROGATES.sub("\ufffd", _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def _checked(given: Mapping[str, object]) -> dict[str, str]:
    """The text values that are given, under the names of Document. Raises Unreadable for a value of another type.

    A date that is none costs the date and never the document.
    """
    found: dict[str, str] = {}
    for key in _TEXT_KEYS:
        value = given.get(key)
        if value is None or key == "text":
            continue
        if not isinstance(value, str | int) or isinstance(value, bool):
            value = value.isoformat() if hasattr(value, "isoformat") else None
        if value is None:
            if key in _DATES:
                continue
            raise Unreadable(f"Värdet av {key} är ingen text; rätta det.")
        stripped = " ".join(clean(str(value)).split())
        if stripped:
            found.setdefault(_ENOUGH_NAMES.get(key, key), stripped)
    if len(found.get("id", "")) > LONGEST_ID:
        raise Unreadable(f"Dokumentets id är längre än {LONGEST_ID} tecken; ge det ett kortare.")
    return found


def _published(
    draft: ParsedDocument, given: Mapping[str, object], stated: Mapping[str, str], url: str | None, fetched: str | None
) -> Dated | None:
    precision = str(given.get("date_precision") or given.get("published_precision") or "")
    if precision == "none":
        return None
    evidence = str(given.get("published_evidence") or "angivet")
    dated = parse_date(stated.get("published", ""), evidence)
    if dated is None:  # none is stated, or none that can be read
        return draft.published or read_published(draft.lines, url, fetched)
    return as_precise(dated, precision)


def _iso(value: str | None) -> str | None:
    dated = parse_date(value) if value else None
    return dated.value if dated and is_plausible(dated) else None


def _line_updated(draft: ParsedDocument) -> str | None:
    dated = read_updated(draft.lines)
    return dated.value if dated else None


def _kind(value: str | None) -> str | None:
    labels = {label.lower(): kind for kind, label in KINDS.items()}
    return labels.get(value.lower()) if value else None


def _regions(given: Mapping[str, object], title: str, text: str, publisher: Publisher | None) -> tuple[Region, ...]:
    names = given.get("regions")
    if names is None:
        return read_regions(title, text, publisher)
    if not isinstance(names, list):
        raise Unreadable('Värdet av regions är ingen lista; skriv till exempel ["Örebro län"].')
    if names and all(isinstance(name, dict) for name in names):
        return tuple(_told(name) for name in names)
    try:
        return given_regions([str(name) for name in names])
    except ValueError as error:
        raise Unreadable(str(error)) from error


def _told(region: dict[str, object]) -> Region:
    """A region as `read --json` prints it."""
    value = resolve(str(region.get("value")))
    if value is None:
        raise Unreadable(
            f"Regionen ”{region.get('value')}” finns inte; ange län, kommun eller riksområde med namn eller kod."
        )
    (known,) = given_regions([value])
    weight = region.get("weight")
    return replace(
        known,
        weight=float(weight) if isinstance(weight, int | float) else known.weight,
        evidence=str(region.get("evidence") or known.evidence),
        about=region.get("about") is not False,
    )


def _publisher_region(given: Mapping[str, object], publisher: Publisher | None) -> str | None:
    """The county that is given, else that of a known publisher."""
    name = given.get("publisher_region")
    if name is None:
        return publisher.county if publisher else None
    value = resolve(str(name))
    return value if value and value.endswith("-lan") else None


def _listed(given: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = given.get(key)
    return tuple(str(item) for item in value) if isinstance(value, list) else ()

"""A source -> Documents: of each of its parts and what was given identity, date, regions and kind, each with what says so."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from indexer.documents import Document, Medium, Refusal, host_of, identity
from indexer.ingestion import Source, parts_of
from indexer.ingestion.parts import ParsedDocument, ParsedPart, Part, Unreadable, first_sentence, parsed, refused
from indexer.metadata import dates, kinds
from indexer.metadata.regions import Publisher, Region, gazetteer, given_regions, publisher_of, read_regions
from indexer.swedish.languages import language_of

LONGEST_ID = 500
"""Characters of an id; addresses that are longer are traps for crawlers."""

_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_DATES = ("published", "date", "updated", "updated_in_list", "fetched", "date_precision", "published_precision")
_TEXT_KEYS = ("id", "title", "url", "source", "publisher", "kind", "language", "rights", "published_evidence", *_DATES)
_SYNONYMS = {"date": "published", "publisher": "source", "published_precision": "date_precision"}
_LABELLED = {name.lower(): kind for kind, name in kinds.KINDS.items()}
_log = logging.getLogger(__package__)

OfHost = Callable[[str, Sequence[str]], set[str]]
"""A host and the lines of a page of it -> those that the host repeats on its pages."""
Items = Iterator[Document | Refusal]


def read(source: Source, document_bytes: int, of_host: OfHost = lambda host, lines: set()) -> Items:
    """The documents of a source without what is its host's, one after the other, and a refusal for each part that gives none.

    Bad input never raises. ImportError goes through, and OSError where the machine lacks something: no faults of the input.
    """
    return enriched(parts_of(source, document_bytes), source.origin, of_host)


def enriched(parts: Iterable[Part], origin: str, of_host: OfHost) -> Items:
    """The documents of parts of one source."""
    for part in map(parsed, parts):
        try:
            if isinstance(part, ParsedPart):
                yield enrich(part, origin, of_host)
                continue
        except (Unreadable, RecursionError, ValueError) as error:
            part = refused(error, part.member)
        _log.info("source refused", extra={"origin": origin + part.member, "reason": part.reason})
        yield Refusal(origin + part.member, part.reason)


def lines_of(part: ParsedPart) -> tuple[str, str, tuple[str, ...]] | None:
    """The host, the title and the lines that `enrich` gives a page's document; None of what is no page. Raises Unreadable."""
    parsed, stated = part.document, _stated(part.given)
    host = host_of(stated.get("url") or parsed.url)
    if host is None or parsed.medium is Medium.TEXT:
        return None
    return host, _title(parsed, stated), (*clean(parsed.text).splitlines(), *parsed.boilerplate)


def _title(parsed: ParsedDocument, stated: Mapping[str, str]) -> str:
    return " ".join(clean(stated.get("title") or parsed.title or first_sentence(parsed.text)).split())


def enrich(part: ParsedPart, origin: str, of_host: OfHost) -> Document:
    """The document of a part of a source; what is given wins over what the source says. Raises Unreadable."""
    parsed, given = part.document, part.given
    given = given if given.keys() & {"source", "publisher"} else {**part.publisher, **given}
    stated = _stated(given)
    url = stated.get("url") or parsed.url
    if parsed.medium is not Medium.TEXT and (host := host_of(url)):
        parsed = _without(parsed, of_host(host, parsed.text.splitlines()))
    text = clean(parsed.text).strip()
    title = _title(parsed, stated)
    if not any(map(str.isalnum, text)):
        raise Unreadable("Dokumentet har inga ord; fyll det med text eller ta bort det.")
    source = stated.get("source") or (clean(parsed.source) if parsed.source else None) or host_of(url)
    fetched = _day(dates.plausible_date(stated.get("fetched", "")))
    label = _LABELLED.get(stated.get("kind", "").lower())
    kind, evidence = (label, "angivet") if label else kinds.read_kind(parsed.lines, url, title, source) or (None, None)
    publisher = publisher_of(source, url)
    listed = boilerplate if isinstance(boilerplate := given.get("boilerplate"), list) else ()
    return Document(
        *(stated.get("id") or identity(url, title, text), title, text, url, source, kind, evidence),
        published=_dated(parsed, stated, url, fetched),
        updated=_updated(parsed, stated),
        language=stated.get("language") or language_of(text) or parsed.language,
        rights=stated.get("rights"),
        fetched=fetched,
        regions=_regions(given, title, f"{parsed.masthead}\n{text}", publisher),
        publisher_region=_publisher_region(given, publisher),
        origin=origin + part.member,
        boilerplate=(*parsed.boilerplate, *map(str, listed)),
        excerpt=min((most for most in (part.rules.snippet, parsed.excerpt) if most is not None), default=None),
        until=min(filter(None, (part.rules.until, parsed.until)), default=""),
        medium=parsed.medium,
        fetched_at=stated["fetched"] if fetched else "",
    )


def _without(parsed: ParsedDocument, lines: set[str]) -> ParsedDocument:
    """A parsed document without its host's lines, unless they are all that it has."""
    kept = [line for line in parsed.text.splitlines() if line not in lines]
    if not lines or not any(map(str.isalnum, "".join(kept))):
        return parsed
    left_out = tuple(line for line in parsed.text.splitlines() if line in lines)
    return replace(parsed, text="\n".join(kept).strip(), boilerplate=(*parsed.boilerplate, *left_out))


def clean(text: str) -> str:
    """Without control characters and lone surrogates, which no index or page can hold."""
    if text.isprintable():  # as most titles, names and addresses are, which have neither
        return text
    return _SURROGATES.sub("\ufffd", _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def _stated(given: Mapping[str, object]) -> dict[str, str]:
    """The text values that are given, under the names of Document. Raises Unreadable for a value of another type.

    A date that is none costs the date and never the document.
    """
    texts: dict[str, str] = {}
    for key in filter(given.__contains__, _TEXT_KEYS):
        value = given[key]
        if hasattr(value, "isoformat"):
            value = value.isoformat()
        if isinstance(value, str | int) and not isinstance(value, bool):
            if stripped := " ".join(clean(str(value)).split()):
                texts.setdefault(_SYNONYMS.get(key, key), stripped)
        elif value is not None and key not in _DATES:
            raise Unreadable(f"Värdet av {key} är ingen text; rätta det.")
    if len(texts.get("id", "")) > LONGEST_ID:
        raise Unreadable(f"Dokumentets id är längre än {LONGEST_ID} tecken; ge det ett kortare.")
    return texts


def _dated(page: ParsedDocument, stated: Mapping[str, str], url: str | None, fetched: str | None) -> dates.Dated | None:
    precision = stated.get("date_precision", "")
    if precision == "none":
        return None
    if dated := dates.parse_date(stated.get("published", ""), stated.get("published_evidence", "angivet")):
        return dates.as_precise(dated, precision)
    return _shown(page, fetched) or page.published or dates.read_published(page.lines, url or "", fetched or "")


def _shown(parsed: ParsedDocument, fetched: str | None) -> dates.Dated | None:
    """The labelled day on a page that tells programs only when it was asked for."""
    told = parsed.published.value if parsed.published and fetched else ""
    if not told or abs((date.fromisoformat(told) - date.fromisoformat(fetched or "")).days) > 1:
        return None
    shown = dates.read_published(parsed.lines, labelled=True)
    return shown if shown and shown.value < told else None


def _updated(parsed: ParsedDocument, stated: Mapping[str, str]) -> str | None:
    """`updated_in_list` is what a feed or sitemap says: a program wrote it, so it counts last."""
    given, listed = (_day(dates.plausible_date(stated.get(key, ""))) for key in ("updated", "updated_in_list"))
    return given or parsed.updated or _day(dates.read_updated(parsed.lines)) or listed


def _day(dated: dates.Dated | None) -> str | None:
    return dated.value if dated else None


def _regions(given: Mapping[str, object], title: str, text: str, of: Publisher | None) -> tuple[Region, ...]:
    names = given.get("regions")
    if names is None:
        return read_regions(title, text, of)
    if not isinstance(names, list):
        raise Unreadable('Värdet av regions är ingen lista; skriv till exempel ["Örebro län"].')
    try:
        if names and all(isinstance(name, dict) for name in names):
            return tuple(region for name in names for region in _printed(name))
        return given_regions([str(name) for name in names])
    except ValueError as error:
        raise Unreadable(str(error)) from error


def _printed(region: dict[str, object]) -> Iterator[Region]:
    """A region as `read --json` prints it; none for the whole country. Raises ValueError as `given_regions`."""
    weight = region.get("weight")
    for place in given_regions([str(region.get("value"))]):
        weighed = float(weight) if isinstance(weight, int | float) else place.weight
        evidence, about = str(region.get("evidence") or place.evidence), region.get("about") is not False
        yield replace(place, weight=weighed, evidence=evidence, about=about)


def _publisher_region(given: Mapping[str, object], publisher: Publisher | None) -> str | None:
    """The county that is given, else that of a known publisher."""
    name = given.get("publisher_region")
    if name is None:
        return publisher.county if publisher else None
    value = gazetteer.resolve(str(name))
    return value if value and gazetteer.is_county(value) else None

"""A page -> ParsedDocument: its head, its evidence and, by trafilatura, its main text, all from one tree."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice

from msgspec.structs import replace

from indexer.documents import Medium
from indexer.ingestion.parts import TEXT, ParsedDocument, Part, Stream, UnparsedPart, Unreadable, bounded, in_utf_8
from indexer.ingestion.text import Apology, apology_in, decode, is_boilerplate
from indexer.ingestion.tree import LITTLE_TEXT, NO_TEXT, Element, body_of, main_text, strings, tree_of, whole_text
from indexer.metadata import dates, robots

# Names of meta elements, the first that is there counts, in lower case with dots for colons.
_PUBLISHED = """article.published_time datepublished dcterms.issued dc.date.issued dcterms.created dc.date.created
    dcterms.date dc.date pubdate publishdate publish-date date citation_publication_date creation-date"""
_UPDATED = "article.modified_time datemodified dcterms.modified dc.date.modified last-modified og.updated_time"

# What press services call the lines on the company that end each of its releases.
_AROUND = re.compile(r"^(?:\w+[-_])*boilerplate(?:[-_]\w+)*$", re.IGNORECASE)
_WHOLE = ("html", "body", "main", "article")


def read_page(stream: Stream) -> Iterator[Part]:
    """A page as one document."""
    yield UnparsedPart(stream.whole(TEXT), read_html)


def read_html(content: bytes) -> ParsedDocument:
    """The main text of a page, and what its head and labels say. Raises Unreadable for a page without text, Apology for none."""
    markup = decode(bounded(content), is_markup=True)
    tree, is_page = tree_of(markup)
    page = tree.getroottree().getroot()
    facts, metas = list(_linked_data(page)), _metas(page)
    title = _title(page, facts, metas)
    lowered = in_utf_8(content).lower()
    around = _taken_out(tree) if b"boilerplate" in lowered else ()
    extracted = main_text(tree, lowered) if is_page or around else ""
    text = extracted if len(extracted) >= LITTLE_TEXT else whole_text(tree, extracted, markup)
    if apology := apology_in(title, text):
        raise apology
    kept, left_out = _cleaned(text, title)
    if not kept:
        raise Unreadable(NO_TEXT)
    # The part that holds the heading says when it was published. 80: of its lines, those in which labels and dates are looked for.
    parts = (part for heading in islice(page.iter("h1"), 1) for part in heading.iterancestors("main", "article"))
    visible = tuple(" ".join(block.split()) for block in islice(strings(next(parts, body_of(page))), 80))
    published = _published(page, facts, metas) or _edition(visible, title)
    directives = (tag for tag in page.iter("meta") if tag.get("name", "").lower() in ("robots", robots.AGENT))
    rules = robots.robots_rules(tag.get("content", "") for tag in directives)
    language = (page.get("lang") or "")[:2].lower() or None
    stated = (_address(page, metas), metas.get("og.site_name"), published, _updated(facts, metas), language)
    title, around = title or kept.splitlines()[0][:LITTLE_TEXT], (*left_out, *around)
    return ParsedDocument(title, kept, *stated, visible, around, Medium.PAGE, rules.snippet, rules.until)


def apology_of(content: bytes) -> Apology | None:
    """Why a page is none; None for a page, and for what cannot be read, of which indexing says why."""
    try:
        read_html(content)
    except Exception as error:  # as in `parsed`
        return error if isinstance(error, Apology) else None
    return None


def _linked_data(page: Element) -> Iterator[dict[str, object]]:
    """The objects of JSON-LD that are about the page's text."""
    for script in page.iterfind(".//script[@type='application/ld+json']"):
        with suppress(ValueError, RecursionError):
            data = json.loads(script.text or "")
            for item in data if isinstance(data, list) else [data]:
                graph = item.get("@graph") if isinstance(item, dict) else None
                yield from (part for part in (graph if isinstance(graph, list) else [item]) if isinstance(part, dict))


def _metas(page: Element) -> dict[str, str]:
    """Name -> content of a page's meta elements, the first of each name."""
    keys = ("property", "name", "itemprop")
    named = [(tag.get(key), tag.get("content", "").strip()) for tag in page.iter("meta") for key in keys]
    return {name.lower().replace(":", "."): content for name, content in reversed(named) if name and content}


def _title(page: Element, facts: Iterable[dict[str, object]], metas: dict[str, str]) -> str:
    """The only heading of the first level, else what the page calls itself, without the name of the site."""
    headings = [" ".join(text.split()) for text in map(_text, page.iter("h1")) if text]
    headline = next((fact["headline"] for fact in facts if isinstance(fact.get("headline"), str)), None)
    shared = metas.get("og.title") or metas.get("twitter.title")
    if len(headings) == 1 or (headings and not (headline or shared)):
        return headings[0]
    named = str(headline or shared or "".join(map(_text, islice(page.iter("title"), 1))))
    return " ".join(re.split(r"\s+[|–-]\s+(?=[^|–-]+$)", named)[0].split())


def _address(page: Element, metas: dict[str, str]) -> str | None:
    links = (link.get("href", "") for link in page.iter("link") if "canonical" in link.get("rel", "").split())
    address = next(links, metas.get("og.url", ""))
    return address if address.startswith(("http://", "https://")) else None


def _published(page: Element, facts: Iterable[dict[str, object]], metas: dict[str, str]) -> dates.Dated | None:
    """JSON-LD, then meta elements, then <time> marked as publication; labelled lines are read later (FINDINGS 7)."""
    candidates: list[tuple[object, str]] = [(fact.get("datePublished"), "JSON-LD datePublished") for fact in facts]
    candidates += [(metas.get(name), f"meta {name}") for name in _PUBLISHED.split()]
    for time in islice(page.iter("time"), 100):  # of so many a page's own is among the first
        label = " ".join(time.get(name, "") for name in ("itemprop", "class", "pubdate"))
        around = " ".join(islice(strings(time.getparent()), 20))[:80]
        if re.search(r"publi|pubdate|\bcreated", f"{label} {around}", re.IGNORECASE):
            candidates.append((time.get("datetime") or _text(time), "<time>"))
    found = (dates.plausible_date(value, f"{place}: {value}") for value, place in candidates if isinstance(value, str))
    return next(filter(None, found), None)


def _edition(lines: Sequence[str], title: str) -> dates.Dated | None:
    """The date of a report that says right below its title when it was last brought up to date, and gives no other."""
    begins = lines.index(title) + 1 if title in lines else 0
    # 4: of the visible lines, those right below the title.
    for line in () if dates.read_published(lines) else lines[begins : begins + 4]:
        if not re.match(r"sidan\b", line, re.IGNORECASE) and (dated := dates.read_updated([line])):
            return replace(dated, evidence=f"{dated.evidence} under rubriken; något annat datum anges inte")
    return None


def _updated(facts: Iterable[dict[str, object]], metas: dict[str, str]) -> str | None:
    stated = (*(fact.get("dateModified") for fact in facts), *(metas.get(name) for name in _UPDATED.split()))
    found = (dates.plausible_date(value) for value in stated if isinstance(value, str))
    return next((dated.value for dated in found if dated), None)


def _taken_out(tree: Element) -> tuple[str, ...]:
    """The lines of the parts that a page itself marks as standing around its text; they are taken out of it."""
    parts = (part for part in tree.iterfind(".//*[@class]") if any(map(_AROUND.match, part.get("class").split())))
    # 20: parts of a page that it may mark as standing around its text.
    marked = [part for part in islice(parts, 20) if part.tag not in _WHOLE and part.find(".//h1") is None]
    lines = [" ".join(line.split()) for part in marked for text in strings(part) for line in text.splitlines()]
    for part in marked:
        part.drop_tree()
    return tuple(filter(None, lines))


def _text(element: Element) -> str:
    return " ".join(strings(element))


def _cleaned(text: str, title: str) -> tuple[str, tuple[str, ...]]:
    """The text without its title, date lines at the top and boilerplate; and the lines left out."""
    kept, left_out = [], []
    for index, line in enumerate(" ".join(line.split()) for line in text.splitlines()):
        if is_boilerplate(line) or (index < 8 and dates.is_date_line(line)):
            left_out.append(line)
        elif not (index < 8 and line == title):
            kept.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip(), tuple(left_out)

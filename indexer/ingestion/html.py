"""A page -> ParsedDocument: BeautifulSoup reads its head and evidence, trafilatura its main text."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from itertools import islice

from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning

from indexer.documents import Medium
from indexer.ingestion.boilerplate import is_boilerplate
from indexer.ingestion.decoding import decode
from indexer.ingestion.parsed import ParsedDocument, Unreadable
from indexer.ingestion.parts import TOO_MUCH, Part, Stream, Unread, bounded
from indexer.metadata.dates import Dated, is_date_line, is_plausible, parse_date, read_published, read_updated
from indexer.metadata.robots import AGENT, rights_of

ATTRIBUTES = 1_000
"""Of one element: trafilatura's parser looks through all of them for each."""
LITTLE_TEXT = 200
"""Characters under which the extracted text is compared with the page's own main part."""
TIMES = 100
"""Of a page's <time> elements, in order."""
AROUND = 20
"""Parts of a page that it may mark as standing around its text."""
VISIBLE_LINES = 80
"""Lines of a page's main part in which labels and dates are looked for."""
EDITION_LINES = 4
"""Of these, those right below the title."""
MUCH_MORE = 3
"""Times as long as the extracted text that the main part must be to be taken instead."""

# Names of meta elements in lower case with dots for colons.
_PUBLISHED = [
    "article.published_time",
    "datepublished",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.created",
    "dc.date.created",
    "dcterms.date",
    "dc.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "date",
    "citation_publication_date",
    "creation-date",
]
_UPDATED = [
    "article.modified_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "og.updated_time",
]

# What press services call the lines on the company that end each of its releases.
_AROUND = re.compile(r"^(?:\w+[-_])*boilerplate(?:[-_]\w+)*$", re.IGNORECASE)
_WHOLE = ("html", "body", "main", "article")

Metas = dict[str, str]
"""Name -> content of a page's meta elements, the first of each name."""


def read_page(stream: Stream) -> Iterator[Part]:
    """A page as one document."""
    yield Part(Unread(read_html, bounded(stream.text())))


def read_html(content: bytes) -> ParsedDocument:
    """The main text of a page, and what its head and labels say. Raises Unreadable for a page without text."""
    markup = decode(content, is_markup=True)
    with warnings.catch_warnings():  # broken XML is read as the page that it may be
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(markup, "lxml")
    if any(len(tag.attrs) > ATTRIBUTES for tag in soup.find_all(True)):
        raise Unreadable(TOO_MUCH)
    facts, metas = list(_linked_data(soup)), _metas(soup)
    title = _title(soup, facts, metas)
    around = _taken_out(soup)
    kept, left_out = _cleaned(_main_text(str(soup) if around else markup, soup), title)
    if not kept:
        raise Unreadable("Sidan har ingen text; spara den sida som har innehållet.")
    visible = tuple(_visible_lines(soup))
    return ParsedDocument(
        title=title or kept.splitlines()[0][:LITTLE_TEXT],
        text=kept,
        url=_address(soup, metas),
        source=metas.get("og.site_name"),
        published=_published(soup, facts, metas) or _edition(visible, title),
        updated=_updated(facts, metas),
        language=str(soup.html.get("lang") or "")[:2].lower() or None if soup.html else None,
        lines=visible,
        boilerplate=(*left_out, *around),
        medium=Medium.PAGE,
        excerpt=_excerpt(soup),
    )


def _linked_data(soup: BeautifulSoup) -> Iterator[dict[str, object]]:
    """The objects of JSON-LD that are about the page's text."""
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            found = json.loads(script.string or "")
        except (ValueError, RecursionError):
            continue
        queue = found if isinstance(found, list) else [found]
        for item in queue:
            if isinstance(item, dict):
                graph = item.get("@graph")
                yield from (part for part in graph if isinstance(part, dict)) if isinstance(graph, list) else [item]


def _metas(soup: BeautifulSoup) -> Metas:
    found: Metas = {}
    for tag in soup.find_all("meta", content=True):
        for attribute in ("property", "name", "itemprop"):
            name, content = str(tag.get(attribute) or ""), str(tag["content"]).strip()
            if name and content:
                found.setdefault(name.lower().replace(":", "."), content)
    return found


def _excerpt(soup: BeautifulSoup) -> int | None:
    named = [tag for tag in soup.find_all("meta", content=True) if str(tag.get("name")).lower() in ("robots", AGENT)]
    return rights_of([str(tag["content"]) for tag in named]).snippet


def _title(soup: BeautifulSoup, facts: Iterable[dict[str, object]], metas: Metas) -> str:
    """The only heading of the first level, else what the page calls itself, without the name of the site."""
    headings = [heading.get_text(" ", strip=True) for heading in soup.find_all("h1")]
    headings = [" ".join(heading.split()) for heading in headings if heading]
    headline = next((fact["headline"] for fact in facts if isinstance(fact.get("headline"), str)), None)
    shared = metas.get("og.title") or metas.get("twitter.title")
    page = soup.title.get_text(" ", strip=True) if soup.title else ""
    if len(headings) == 1 or (headings and not (headline or shared)):
        return headings[0]
    named = str(headline or shared or page)
    return " ".join(re.split(r"\s+[|–-]\s+(?=[^|–-]+$)", named)[0].split())


def _address(soup: BeautifulSoup, metas: Metas) -> str | None:
    link = soup.find("link", rel="canonical")
    found = str(link.get("href") or "") if isinstance(link, Tag) else metas.get("og.url", "")
    return found if found.startswith(("http://", "https://")) else None


def _published(soup: BeautifulSoup, facts: Iterable[dict[str, object]], metas: Metas) -> Dated | None:
    """JSON-LD, then meta elements, then <time> marked as publication; labelled lines are read later (FINDINGS 7)."""
    candidates: list[tuple[object, str]] = [(fact.get("datePublished"), "JSON-LD datePublished") for fact in facts]
    candidates += [(metas.get(name), f"meta {name}") for name in _PUBLISHED]
    for time in soup.find_all("time", limit=TIMES):
        label = " ".join(
            str(value) for value in (time.get("itemprop"), time.get("class"), time.get("pubdate")) if value
        )
        around = " ".join(islice(time.parent.stripped_strings, 20))[:80] if time.parent else ""
        if re.search(r"publi|pubdate|\bcreated", f"{label} {around}", re.IGNORECASE):
            candidates.append((time.get("datetime") or time.get_text(" ", strip=True), "<time>"))
    for value, said in candidates:
        dated = parse_date(value, f"{said}: {value}") if isinstance(value, str) else None
        if dated and is_plausible(dated):
            return dated
    return None


def _edition(lines: Sequence[str], title: str) -> Dated | None:
    """The date of a report that says right below its title when it was last brought up to date, and gives no other."""
    begins = lines.index(title) + 1 if title in lines else 0
    top = lines[begins : begins + EDITION_LINES]
    if read_published(lines):
        return None
    for line in top:
        if not re.match(r"sidan\b", line, re.IGNORECASE) and (dated := read_updated([line])):
            return replace(dated, evidence=f"{dated.evidence} under rubriken; något annat datum anges inte")
    return None


def _updated(facts: Iterable[dict[str, object]], metas: Metas) -> str | None:
    for value in (*(fact.get("dateModified") for fact in facts), *(metas.get(name) for name in _UPDATED)):
        dated = parse_date(value) if isinstance(value, str) else None
        if dated and is_plausible(dated):
            return dated.value
    return None


def _taken_out(soup: BeautifulSoup) -> tuple[str, ...]:
    """The lines of the parts that a page itself marks as standing around its text; they are taken out of it."""
    found = soup.find_all(class_=_AROUND, limit=AROUND)
    marked = [part for part in found if part.name not in _WHOLE and not part.find("h1")]
    lines = tuple(" ".join(line.split()) for part in marked for line in part.get_text("\n", strip=True).splitlines())
    for part in marked:
        part.extract()
    return tuple(line for line in lines if line)


def _main_text(markup: str, soup: BeautifulSoup) -> str:
    """Recall first: other modes drop the bulleted lists of regional pages (FINDINGS 6)."""
    extract = import_module("trafilatura").extract  # 20 MB that a process which only passes pages on does without
    found = extract(markup, favor_recall=True, include_comments=False, include_tables=True) or ""
    if len(found) >= LITTLE_TEXT:
        return str(found)
    part = soup.find("main") or soup.find("article") or soup.body
    whole = _plain(part) if isinstance(part, Tag) else ""
    return whole if len(whole) > MUCH_MORE * len(found) or not found.strip() else str(found)


def _plain(part: Tag) -> str:
    for tag in part.find_all(("script", "style", "nav", "header", "footer", "form", "noscript", "template")):
        tag.decompose()
    return part.get_text("\n", strip=True)


def _visible_lines(soup: BeautifulSoup) -> Iterator[str]:
    """The lines of the part that holds the heading: where a page says when it was published."""
    heading = soup.find("h1")
    part = (heading.find_parent(("main", "article")) if isinstance(heading, Tag) else None) or soup.body
    if not isinstance(part, Tag):
        return
    for block in islice(part.stripped_strings, VISIBLE_LINES):
        yield " ".join(block.split())


def _cleaned(text: str, title: str) -> tuple[str, tuple[str, ...]]:
    """The text without its title, date lines at the top and boilerplate; and the lines left out."""
    kept, left_out = [], []
    for index, line in enumerate(" ".join(line.split()) for line in text.splitlines()):
        if is_boilerplate(line) or (index < 8 and is_date_line(line)):
            left_out.append(line)
        elif not (index < 8 and line == title):
            kept.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip(), tuple(left_out)

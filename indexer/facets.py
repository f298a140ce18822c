"""The one table of facets: how a value of each is typed, read and called, and what a document has of it.

Every face reads it: addresses, the question language, pages, JSON, the options of `search` and the terminal. To add a
facet, add an entry to metadata/data/facets.toml, and a line here where its values are not just an attribute of the document.
"""

import re
import tomllib
from collections.abc import Callable, Iterable
from typing import Any, Literal

from msgspec import Struct

from indexer.documents import Document
from indexer.metadata.dates import in_words
from indexer.metadata.kinds import KINDS
from indexer.metadata.regions.gazetteer import NATIONAL, is_county, label, places, resolve, slug, with_ancestors
from indexer.metadata.tables import PROGRAM

UNKNOWN = "okant"
"""The value of documents of which a facet is not known."""

Aspect = Literal["place", "time", "other"]
ASPECTS: tuple[Aspect, ...] = ("place", "time", "other")
"""In the order that a sentence has them: where, when, and the rest."""


class Facet(Struct, frozen=True):
    """One facet; all that users see of it is Swedish."""

    name: str
    """The field in the index, the key in JSON and the option of `search`."""
    word: str
    """What stands before the colon in a question, in lower case; in ASCII too, as in addresses."""
    noun: str
    """What a sentence calls one value: Regionen."""
    phrase: str
    """What a sentence has before the chosen values."""
    values_of: Callable[[Document], tuple[str, ...]]
    """The values that a document is counted under."""
    read: Callable[[str], str | None] = str
    """A typed value -> the value, None where there is none such."""
    refusal: str = ""
    """What a sentence says, after the noun and what was typed, of what cannot be read."""
    examples: Callable[[], Iterable[str]] = tuple
    """The values there are, or examples of them."""
    label_of: Callable[[str], str] = str
    """What a value is called."""
    unknown: str = ""
    """What UNKNOWN is called; empty where something is always known."""
    option: str = ""
    """What the option of `search` takes; by default the label says it."""
    aspect: Aspect = "other"
    """`time`: ranges can be typed; its values are years and months, shown in their order."""
    tree: bool = False
    """Its values are regions, each shown under the one that it lies in."""
    united: bool = False
    """Whether the document that stands for its duplicates has their values too."""
    by_name: bool = False
    """Whether pages list its values by name, and not the fullest first."""
    folded: str = ""
    """On pages, what opens its values, which are offered once something is asked. Such a facet is no option of `search`
    and not in JSON."""

    @property
    def parameter(self) -> str:
        """What carries its chosen values in an address; repeated for OR."""
        return slug(self.word)

    @property
    def label(self) -> str:
        """Its heading."""
        return self.word.capitalize()


def facet_of_word(word: str) -> Facet:
    """The facet that a word before a colon names."""
    return next(facet for facet in FACETS.values() if facet.parameter == slug(word))


def question_value(facet: Facet, typed: str) -> str | None:
    """The value that stands in a question, where not known may be said in words; None where there is none such."""
    return UNKNOWN if facet.unknown and typed.lower() in (UNKNOWN, "okänt", "okänd") else facet.read(typed)


def value_label(facet: Facet, value: str) -> str:
    """What a value is called on its own."""
    return facet.unknown if value == UNKNOWN else facet.label_of(value)


def value_phrase(facet: Facet, value: str) -> str:
    """What a value is called in a sentence."""
    if value == UNKNOWN:
        unknown = facet.unknown.lower()
        return unknown.partition(" ")[0] if facet.word in facet.phrase else unknown  # från år okänt, från okänd källa
    return "hela landet" if value == NATIONAL else facet.label_of(value)


def is_month(year: str) -> bool:
    """Whether a value of the year facet is a month in one.

    >>> is_month("2019-03"), is_month("2019"), is_month("okant")
    (True, False, False)
    """
    return "-" in year


def _subjects(document: Document) -> tuple[str, ...]:
    """The regions that it is about, with everything that they lie in."""
    return with_ancestors(region.value for region in document.regions if region.about) or (NATIONAL,)


def _years(document: Document) -> tuple[str, ...]:
    """The year, and the month in it where that is known: 2019, 2019-03.

    An estimate counts in its year: most are right about that, and a reader who narrows by year would not look under unknown.
    """
    published = document.published
    if published is None:
        return (UNKNOWN,)
    return published.value[:4], *((published.value[:7],) if published.precision in ("day", "month") else ())


def _named(document: Document) -> tuple[str, ...]:
    return tuple(region.value for region in document.regions if is_county(region.value))


def _year(typed: str) -> str | None:
    return year if (year := typed.lower()) == UNKNOWN or re.fullmatch("[0-9]{4}(-(0[1-9]|1[0-2]))?", year) else None


def _kind(typed: str) -> str | None:
    kinds = {name.lower(): kind for kind, label in KINDS.items() for name in (kind, label)}
    return {UNKNOWN: UNKNOWN, **kinds}.get(typed.lower())


def _county(typed: str) -> str | None:
    return county if (county := resolve(typed)) and is_county(county) else None


_FUNCTIONS: dict[str, dict[str, Any]] = {
    "region": dict(values_of=_subjects, read=resolve, examples=places, label_of=label),
    "year": dict(values_of=_years, read=_year, examples=lambda: ("2019", "2019-03", UNKNOWN), label_of=in_words),
    "kind": dict(read=_kind, examples=lambda: (*KINDS, UNKNOWN), label_of=lambda kind: KINDS.get(kind, kind)),
    "mentions": dict(values_of=_named, read=_county, examples=lambda: filter(is_county, places()), label_of=label),
}
_FUNCTIONS["kind"]["refusal"] = f"finns inte; skriv {', '.join(KINDS)} eller {UNKNOWN}."


def _facet(name: str, texts: dict[str, Any]) -> Facet:
    """Of data/facets.toml; what it counts is an attribute of a document where no function says it."""
    stated: dict[str, Any] = {"values_of": lambda document: (getattr(document, name) or UNKNOWN,)}
    return Facet(name, **stated | texts | _FUNCTIONS.get(name, {}))


_TABLE = (PROGRAM / "metadata/data/facets.toml").read_text(encoding="utf-8")
FACETS = {name: _facet(name, texts) for name, texts in tomllib.loads(_TABLE).items()}
"""In the order that they are shown."""

"""The places that the product knows: counties, municipalities and riksområden, from the tables in data/."""

import csv
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

from msgspec import Struct

NATIONAL = "hela-landet"
"""The value of documents about no region."""

DATA = Path(__file__).parent / "data"


class Place(Struct, frozen=True):
    """A county, a municipality or a riksområde (NUTS 2)."""

    value: str
    label: str
    codes: tuple[str, ...]
    """SCB and NUTS codes."""
    names: tuple[str, ...]
    """Other ways to name it in a question."""
    above: str | None


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of one of the tables in data/."""
    lines = (DATA / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    return tuple(csv.DictReader(line for line in lines if not line.startswith("#")))


def slug(name: str) -> str:
    """A name in lower-case ASCII.

    >>> slug("Västra Götalands län")
    'vastra-gotalands-lan'
    """
    return "-".join(unicodedata.normalize("NFD", name.lower()).encode("ascii", "ignore").decode().split())


@cache
def places() -> dict[str, Place]:
    """Value -> place: riksområden, then counties, then municipalities, each by code."""
    areas = [Place(slug(row["name"]), row["name"], (row["code"],), (), None) for row in table("areas")]
    country = Place(NATIONAL, "Hela landet", ("SE",), ("Sverige",), None)
    return {place.value: place for place in (*areas, *_counties(), *_municipalities(), country)}


def _counties() -> Iterator[Place]:
    above = {row["code"]: slug(row["name"]) for row in table("areas")}
    for row in table("counties"):
        bare, council = bare_name(row["name"]), ("council", row["code"])
        councils = [name["name"] for name in table("names") if (name["kind"], name["counties"]) == council]
        names = (bare, f"{bare}s", f"Region {bare}", *councils)
        yield Place(slug(row["name"]), row["name"], (row["code"], row["nuts3"]), names, above[row["nuts2"]])


def _municipalities() -> Iterator[Place]:
    counties = {place.codes[0]: place.value for place in _counties()}
    taken = Counter(slug(row["name"]) for row in table("municipalities"))
    for row in table("municipalities"):
        ending = f"-{row['code']}" if taken[slug(row["name"])] > 1 else ""
        names = (row["name"], f"{row['name']} kommun")
        value = f"{slug(row['name'])}-kommun{ending}"
        yield Place(value, row["full"], (row["code"],), names, counties[row["code"][:2]])


@cache
def counties() -> tuple[tuple[str, str], ...]:
    """Value and label of every county, in the order of the official codes."""
    return tuple((place.value, place.label) for place in _counties())


def bare_name(county: str) -> str:
    """A county's name without län and genitive: Dalarna, Västra Götaland, Kalmar."""
    return county.removesuffix(" län").removesuffix("s")


@cache
def _by_name() -> dict[str, str]:
    """Every accepted spelling in lower case -> value; earlier places win, å ä ö are kept."""
    values: dict[str, str] = {}
    counties_first = sorted(places().values(), key=lambda place: place.value.endswith(("kommun", "-0643", "-0305")))
    exact = [(place, (place.value, place.label, *place.codes)) for place in counties_first]
    spoken = [(place, place.names) for place in counties_first]
    unaccented = [(place, [slug(name).replace("-", " ") for name in place.names]) for place in counties_first]
    for place, names in (*exact, *spoken, *_landscapes(), *unaccented):
        for name in names:
            values.setdefault(" ".join(name.lower().split()), place.value)
    return values


def _landscapes() -> Iterator[tuple[Place, tuple[str, ...]]]:
    """Landscapes, former counties and other names that stand for one county."""
    of_code = {place.codes[0]: place for place in _counties()}
    for row in table("names"):
        if row["kind"] in ("landscape", "former") and row["counties"] in of_code:
            yield of_code[row["counties"]], (row["name"], f"{row['name']}s", slug(row["name"]))


def resolve(name: str) -> str | None:
    """The value of a region by slug, code, name or genitive; a bare name is the county before the municipality."""
    return _by_name().get(" ".join(unicodedata.normalize("NFC", name).lower().split()))


def label(value: str) -> str:
    """The name that people read; a value that is no region is its own label."""
    return places()[value].label if value in places() else value


def is_county(value: str) -> bool:
    """Whether a value is a county's: no other place is called län.

    >>> is_county("orebro-lan"), is_county("orebro-kommun"), is_county("hela-landet")
    (True, False, False)
    """
    return value.endswith("-lan")


def parent(value: str) -> str | None:
    """The region that a region lies in: a municipality in its county, a county in its riksområde."""
    return places()[value].above if value in places() else None


def with_ancestors(values: Iterable[str]) -> tuple[str, ...]:
    """Regions and all that they lie in, each once, the outermost first."""
    chains = ((*with_ancestors(filter(None, [parent(value)])), value) for value in values)
    return tuple(dict.fromkeys(chain.from_iterable(chains)))


@cache
def order(value: str) -> tuple[int, str]:
    """A sort key: the order of the official codes, unknown values last."""
    values = [*places(), value]
    return values.index(value), value

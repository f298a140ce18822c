"""The places that the product knows: counties, municipalities and riksområden, from the tables in data/."""

import csv
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import chain

from msgspec import Struct

from indexer.metadata.tables import PROGRAM

NATIONAL = "hela-landet"
"""The value of documents about no region."""


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
    lines = (PROGRAM / f"metadata/regions/data/{name}.csv").read_text(encoding="utf-8").splitlines()
    return tuple(csv.DictReader(line for line in lines if not line.startswith("#")))


@cache
def slug(name: str) -> str:
    """A name in lower-case ASCII.

    >>> slug("Västra Götalands län")
    'vastra-gotalands-lan'
    """
    return "-".join(unicodedata.normalize("NFD", name.lower()).encode("ascii", "ignore").decode().split())


@cache
def places() -> dict[str, Place]:
    """Value -> place: riksområden, then counties, then municipalities, each by code, and the country."""
    rows = (row for name in ("areas", "counties", "municipalities", "country") for row in table(name))
    return {row["value"]: _place(row) for row in rows}


def _place(row: dict[str, str]) -> Place:
    names = tuple(filter(None, row["names"].split("|")))
    return Place(row["value"], row["label"], tuple(row["codes"].split()), names, row["above"] or None)


@cache
def counties() -> tuple[tuple[str, str], ...]:
    """Value and label of every county, in the order of the official codes."""
    return tuple((place.value, place.label) for place in places().values() if is_county(place.value))


@cache
def _by_name() -> dict[str, str]:
    """Every accepted spelling in lower case -> value; earlier ones win, å ä ö are kept."""
    # Landscapes, former counties and other names that stand for one county.
    others = [row for row in table("names") if row["kind"] in ("landscape", "former") and row["counties"] in places()]
    spoken = [(name, place.value) for place in places().values() for name in place.names]
    written = [(name, place.value) for place in places().values() for name in (place.value, place.label, *place.codes)]
    named = [(name, row["counties"]) for row in others for name in (row["name"], f"{row['name']}s", slug(row["name"]))]
    plain = [(slug(name).replace("-", " "), value) for name, value in spoken]
    return {" ".join(name.lower().split()): value for name, value in reversed((*written, *spoken, *named, *plain))}


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
    return [*places(), value].index(value), value

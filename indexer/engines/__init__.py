"""The thin interface that every engine fulfils: it carries plans out and keeps records, and knows nothing of Swedish.

`auto` is Tantivy where it imports, else Whoosh.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Protocol, cast

from msgspec import Struct

from indexer.facets import UNKNOWN
from indexer.faults import Fault, cause_of
from indexer.fields import Record
from indexer.planning import Plan
from indexer.settings import Settings

_log = logging.getLogger(__package__)

COUNT_DELETED = frozenset({"tantivy", "opensearch"})
"""The engines whose BM25 counts deleted documents until their files are written anew."""

REMOTE = frozenset({"opensearch"})
"""The engines whose indexes lie elsewhere, where the settings say: their folder only says which is whose."""
_USUAL = Settings()

Ranking = Literal["score", "newest", "oldest", "latest"]
"""What hits are ordered by; ties always by id. All but score are sort fields of `fields.FIELDS`."""

BY_YEAR = "first_day"
"""Counted as a facet: documents by the year of their first day, without its months, which take three times as long."""


def year_of(day: int) -> str:
    """The value of the year facet that the number of a first day stands for."""
    return f"{day // 10_000:04d}" if day else UNKNOWN


def rounded(score: float) -> float:
    """As scores are compared: engines add 32-bit floats in an order that depends on how the index was built."""
    return round(float(score), 3)


def aggregations(facets: Iterable[str]) -> dict[str, Any]:
    """Counts of facets in the language that Tantivy shares with OpenSearch, with room for more values than any has: each is exact."""
    by_year = {"histogram": {"field": BY_YEAR, "interval": 10_000, "min_doc_count": 1}}
    return {facet: by_year if facet == BY_YEAR else {"terms": {"field": facet, "size": 65_000}} for facet in facets}


def counted(aggregated: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Facet -> value -> number of documents, of what an engine says to `aggregations`."""
    values = {facet: {one["key"]: one["doc_count"] for one in said["buckets"]} for facet, said in aggregated.items()}
    if days := values.get(BY_YEAR):
        values[BY_YEAR] = {year_of(int(day)): number for day, number in days.items()}
    return values


class EngineError(Fault):
    """An index that its engine cannot read or write; the message is a Swedish sentence."""


class ClusterDown(EngineError):
    """A cluster that does not answer, or not all of it: nothing is wrong with the index, and it may answer soon."""


@contextmanager
def engine_faults(folder: Path) -> Iterator[None]:
    """Whatever an engine raises over its files, also what passes by `except Exception`, becomes an EngineError."""
    try:
        yield
    except (ImportError, EngineError):  # of a method that another one calls, it is said once
        raise
    except BaseException as error:
        # A panic of Rust is no Exception, and its class can be imported from nowhere.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        cause = cause_of(error) or f"{error or type(error).__name__}; kör regionsok index --rebuild"
        raise EngineError(f"Sökmotorn kan inte använda {folder}: {cause}.") from error


class Guarded:
    """What lies in a `_folder`, with `engine_faults` around each of its public methods."""

    def __init_subclass__(cls) -> None:
        for name, method in list(vars(cls).items()):
            if callable(method) and not name.startswith("_"):
                setattr(cls, name, _guarded(method))


def _guarded(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def guarded(self: Any, *arguments: object, **named: object) -> Any:
        with engine_faults(self._folder):
            return method(self, *arguments, **named)

    return guarded


class Window(Struct, frozen=True):
    """Which of the ordered hits are wanted."""

    offset: int
    limit: int
    ranking: Ranking = "score"


class Match(Struct, frozen=True):
    """One matching document as stored."""

    id: str
    score: float
    stored: str


class Counts(Struct, frozen=True):
    """How many documents match, in all and under each facet value."""

    total: int
    facets: dict[str, dict[str, int]]
    """Facet -> value -> number of documents; values without any are left out."""


Page = tuple[Counts, tuple[Match, ...]]
"""How many documents match, and the hits of a window."""


class Engine(Protocol):
    """Reads the last commit of an index."""

    def find(self, plan: Plan, window: Window) -> tuple[Match, ...]:
        """The hits of the window."""
        return tuple(map(self.read, self.places(plan, window)))

    def places(self, plan: Plan, window: Window) -> Iterable[Any]:
        """Where the hits of a window are, for `read`: of very many this is little, and their texts are not."""

    def read(self, place: Any) -> Match:
        """The hit at one of the places."""

    def count(self, plan: Plan, facets: Sequence[str] = ()) -> Counts:
        """How many documents match, in all and under each value of some facets, BY_YEAR among them."""

    def count_and_find(self, plan: Plan, window: Window, facets: Sequence[str]) -> Page:
        """How many documents match, and the hits of a window, in as few requests as an engine can."""
        counts = self.count(plan, facets)
        return counts, self.find(plan, window) if window.offset < counts.total and window.limit else ()

    def get(self, id: str) -> str | None:
        """The stored form of a document."""

    def ids(self) -> Iterator[str]:
        """Every document's id, once for each time it is held."""

    def close(self) -> None:
        """Let go of files, unless they go with the object."""


class Writer(Protocol):
    """Changes an index; nothing is seen, and nothing is safe, before `commit` returns."""

    def add(self, record: Record) -> None:
        """Add a document; the caller has deleted an older one with the same id."""

    def delete(self, id: str) -> None:
        """Delete the document with that id, if there is one."""

    def commit(self) -> None:
        """Make everything so far durable and visible to engines opened from now on."""

    def close(self) -> None:
        """Drop what is not committed and finish background work."""


def chosen_engine(setting: str) -> str:
    """The engine that a setting (auto or the name of one) stands for on this machine."""
    if setting != "auto":
        return setting
    try:
        import_module("tantivy")
        engine = "tantivy"
    except ImportError:
        engine = "whoosh"
    _log.info("engine chosen", extra={"engine": engine})
    return engine


def open_engine(name: str, folder: Path, settings: Settings = _USUAL) -> Engine:
    """The last commit of the index in a folder. Raises EngineError, or ImportError where the engine is missing."""
    return cast(Engine, _opened(name, "Engine", folder, settings))


def open_writer(name: str, folder: Path, settings: Settings = _USUAL) -> Writer:
    """The writer of the index in a folder, which is created where there is none. Raises as `open_engine`."""
    return cast(Writer, _opened(name, "Writer", folder, settings))


def _opened(name: str, role: str, folder: Path, settings: Settings) -> Any:
    """TantivyEngine, WhooshWriter … of a folder; each engine is a module of its own, which may be missing."""
    with engine_faults(folder):
        opened = getattr(import_module(f"{__package__}.{name}"), name.capitalize() + role)
        return opened(folder, settings) if name in REMOTE else opened(folder)

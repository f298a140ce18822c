"""Tree + vocabulary -> plan: the one place for forms, fields and weights. An engine only carries the plan out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import TypeGuard

from msgspec import Struct, structs

from indexer.catalogue.vocabulary import IndexVocabulary
from indexer.planning import nodes
from indexer.planning.compiling import Compiler, carrying
from indexer.planning.nodes import COLLAPSED_DUPLICATES, Plan, filter_plans
from indexer.planning.words import ANYWHERE, Scope, derived
from indexer.queries import Alike, And, Filtered, InTitle, Or, Phrase, Query, Word
from indexer.swedish import EntryOf, analyse
from indexer.swedish.synonyms import Keys, Synonyms, keys_in

__all__ = ["COLLAPSED_DUPLICATES", "Plan", "Planned", "carrying", "filter_plans", "nodes", "plan"]


class Planned(Struct, frozen=True, dict=True):
    """A question as plans."""

    strict: Plan
    """Documents that have all that was asked for."""
    loosely: Callable[[], Plan | None]
    """Makes `partial`, which few answers need."""
    words: tuple[tuple[str, Plan], ...]
    """What was typed, each with its plan: those that may be missing, else the whole question."""
    notes: tuple[str, ...]
    """Swedish sentences on what was bounded."""
    synonyms: Mapping[str, tuple[str, ...]]
    """What was typed -> what is looked for besides."""
    derivations: Mapping[str, tuple[str, ...]]
    """What was typed -> other words of the same stem, by which `partial`, once it is made, finds documents that lack it."""

    @cached_property
    def partial(self) -> Plan | None:
        """Documents that have some of the words, when the question allows that; those of `strict` too."""
        return self.loosely()


def plan(query: Query, vocabulary: IndexVocabulary, synonyms: Synonyms | None = None, literal: bool = False) -> Planned:
    """The plans of a question; any tree has one. Literal: without synonyms and derivations."""
    first = query.parts[0] if isinstance(query, And) and query.parts else None
    compiler = Compiler(vocabulary, first.text if isinstance(first, Word) else "")
    wanted = _Expansion(synonyms, vocabulary.entry).of(query) if synonyms and not literal else query
    strict = compiler.plan(wanted, ANYWHERE) or nodes.NOTHING
    words = tuple(_droppable(wanted, compiler, ANYWHERE))

    def loosely() -> Plan | None:
        scope = structs.replace(ANYWHERE, loose=True, derived=not literal)
        if words and isinstance(wanted, And):
            return _partial(wanted, compiler, words, scope)
        return _derived(wanted, compiler, scope)

    own = words or ((_typed(query), strict),)
    return Planned(strict, loosely, own, tuple(compiler.notes), compiler.synonyms, compiler.derivations)


def _derived(query: Query, compiler: Compiler, scope: Scope) -> Plan | None:
    """Of a question of one word, the other words of its stem; a place may be one, beside what is about it."""
    match query:
        case (Word() as word) | Alike((Word() as word,)) | Or((Word() as word, Filtered())):
            if others := compiler.derived(word, scope):
                return nodes.AnyOf(others)
    return None


def _partial(query: And, compiler: Compiler, words: Sequence[tuple[str, Plan]], scope: Scope) -> Plan:
    """Any of the droppable words, everything else as asked; compounds also by their parts."""
    loosely = structs.replace(scope, derived=False)
    rest = [part for part in carrying(query) if not _may_be_missing(part)]
    some = nodes.AnyOf(tuple(plan for _, plan in _droppable(query, compiler, scope)))
    bonus = compiler.bonus(query, loosely)
    others = {typed: [derived(other, ANYWHERE) for other in found] for typed, found in compiler.derivations.items()}
    if others:  # what has every word or a derivation of it scores once more: it comes first
        every = (nodes.MaxOf((plan, *others.get(typed, ()))) for typed, plan in words)
        bonus = (*bonus, nodes.AllOf(tuple(every)))
    return nodes.AllOf((*compiler.plans(rest, loosely), some), bonus, compiler.forbidden(rest, loosely))


def _droppable(query: Query, compiler: Compiler, scope: Scope) -> Iterator[tuple[str, Plan]]:
    """The parts of a question that were only written beside each other, as typed."""
    if not (isinstance(query, And) and query.blank):
        return
    for part in filter(_may_be_missing, carrying(query)):
        if isinstance(part, Alike):  # each word of them, beside their synonym
            others = compiler.alike(part, scope)
            for word in part.parts:
                yield _typed(word), nodes.MaxOf((*compiler.plans((word,), scope), *others))
        elif (plan := compiler.plan(part, scope)) is not None:
            yield _typed(part), plan


def _may_be_missing(part: Query) -> bool:
    return isinstance(part, Alike) or (isinstance(part, Word | Phrase) and not part.required)


def _typed(part: Query) -> str:
    """A part as it was typed, a phrase with its quotation marks."""
    return f'"{part.text}"' if isinstance(part, Phrase) else _text(part)


def _text(query: Query) -> str:
    """Of words and phrases, also beside each other; of anything else nothing."""
    parts = query.parts if isinstance(query, And) else ()
    return query.text if isinstance(query, Word | Phrase) else " ".join(map(_text, parts))


class _Expansion(Struct, frozen=True):
    """Puts words and phrases beside what means the same, in a tree."""

    synonyms: Synonyms
    entry: EntryOf

    def of(self, query: Query) -> Query:
        """The question with synonyms; marked, exact and forbidden words stay as they are."""
        match query:
            case Word() | Phrase():
                return next(self._runs((query,)))
            case And(parts):
                return structs.replace(query, parts=tuple(self._runs(parts)))
            case Or(parts):
                return Or(tuple(self.of(part) for part in parts))
            case InTitle(part):
                return InTitle(self.of(part))
        return query

    def _runs(self, parts: Sequence[Query]) -> Iterator[Query]:
        """The longest runs of plain words that mean the same as something else, as one part each."""
        keys = [keys_in(analyse(part.text, self.entry)) if _is_plain(part) else () for part in parts]
        at = 0
        while at < len(parts):
            for end in range(min(at + self.synonyms.longest, len(parts)), at, -1):
                if others := self._others(parts[at:end], keys[at:end]):
                    yield Alike(tuple(filter(_is_plain, parts[at:end])), others)
                    break
            else:
                end = at + 1
                yield parts[at] if isinstance(parts[at], Word | Phrase) else self.of(parts[at])
            at = end

    def _others(self, parts: Sequence[Query], keys: Sequence[Keys]) -> tuple[Word | Phrase, ...]:
        is_run = all(keys) and (len(parts) == 1 or all(isinstance(part, Word) for part in parts))
        others = self.synonyms.of([*chain.from_iterable(keys)]) if is_run else ()
        return tuple(Phrase(tuple(other.split())) if " " in other else Word(other) for other in others)


def _is_plain(part: Query) -> TypeGuard[Word | Phrase]:
    """Whether it is a word or phrase that stands for all its forms."""
    return isinstance(part, Word | Phrase) and part in (Word(part.text), Phrase(tuple(part.text.split())))

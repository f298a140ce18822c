"""Tree + Vocabulary -> plan: the one place for forms, fields and weights. An engine only carries the plan out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from indexer.planning import nodes
from indexer.planning.alike import Expansion
from indexer.planning.compiling import Compiler, Vocabulary, carrying, typed_text
from indexer.planning.filtering import COLLAPSED_DUPLICATES, filter_plans
from indexer.planning.nodes import Plan
from indexer.planning.words import ANYWHERE, Scope
from indexer.queries import Alike, And, Phrase, Query, Word
from indexer.swedish import EntryOf, entry_of
from indexer.swedish.synonyms import Synonyms

__all__ = ["COLLAPSED_DUPLICATES", "Plan", "Planned", "Vocabulary", "filter_plans", "nodes", "plan"]


@dataclass(frozen=True, slots=True)
class Planned:
    """A question as plans."""

    strict: Plan
    """Documents that have all that was asked for."""
    partial: Plan | None
    """Documents that lack some of the words, when the question allows that; none of `strict`."""
    words: tuple[tuple[str, Plan], ...]
    """What was typed, each with its plan: those that may be missing, else the whole question."""
    notes: tuple[str, ...]
    """Swedish sentences on what was bounded."""
    synonyms: Mapping[str, tuple[str, ...]]
    """What was typed -> what is looked for besides."""


def plan(query: Query, vocabulary: Vocabulary, entry: EntryOf = entry_of, synonyms: Synonyms | None = None) -> Planned:
    """The plans of a question; any tree has one."""
    compiler = Compiler(vocabulary, entry)
    query = Expansion(synonyms or Synonyms(), compiler.tokens).of(query)
    strict = compiler.plan(query, ANYWHERE) or nodes.NOTHING
    partial, words = None, tuple(_droppable(query, compiler, ANYWHERE))
    if words and isinstance(query, And):
        partial = _partial(query, compiler, strict)
    return Planned(strict, partial, words or ((_quoted(query), strict),), tuple(compiler.notes), compiler.synonyms)


def _partial(query: And, compiler: Compiler, strict: Plan) -> Plan:
    """Any of the droppable words, everything else as asked, and not all of it; compounds also by their parts."""
    loosely = replace(ANYWHERE, loose=True)
    rest = [part for part in carrying(query) if not _may_be_missing(part)]
    words = nodes.AnyOf(tuple(plan for _, plan in _droppable(query, compiler, loosely)))
    return nodes.AllOf(
        (*compiler.plans(rest, loosely), words),
        compiler.bonus(query, loosely),
        (*compiler.forbidden(rest, loosely), strict),
    )


def _droppable(query: Query, compiler: Compiler, scope: Scope) -> Iterator[tuple[str, Plan]]:
    """The parts of a question that were only written beside each other, as typed."""
    if not (isinstance(query, And) and query.blank):
        return
    for part in filter(_may_be_missing, carrying(query)):
        if isinstance(part, Alike) and isinstance(part.part, And):  # each word of them, beside their synonym
            others = compiler.alike(part, scope)
            for word in part.part.parts:
                yield _quoted(word), nodes.MaxOf((*compiler.plans((word,), scope), *others))
        elif (plan := compiler.plan(part, scope)) is not None:
            yield _quoted(part), plan


def _may_be_missing(part: Query) -> bool:
    return isinstance(part, Alike) or (isinstance(part, Word | Phrase) and not part.required)


def _quoted(part: Query) -> str:
    """A part as it was typed, a phrase with its quotation marks."""
    if isinstance(part, Alike):
        return _quoted(part.part)
    return f'"{typed_text(part)}"' if isinstance(part, Phrase) else typed_text(part)

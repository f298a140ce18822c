"""What a question that is being typed may become: the word that has begun, by how many hits it would have, and titles."""

from msgspec import Struct

from indexer.engines import Window
from indexer.fields import document_of
from indexer.planning import nodes
from indexer.queries import And, InTitle, Parsed, Search, Word
from indexer.searching.offers import asked
from indexer.searching.opening import OpenIndex
from indexer.searching.questions import Question

WORDS = 16
"""Most frequent words with the beginning whose hits are counted together with the other words."""
COMPLETIONS = 8
TITLES = 3
LONGEST = 100
"""Characters of a typed question that is completed."""


class Completion(Struct, frozen=True):
    """A whole question and how many documents it would find."""

    text: str
    count: int


class Completions(Struct, frozen=True):
    """What a typed beginning may become; `titles` are (title, id)."""

    completions: tuple[Completion, ...] = ()
    titles: tuple[tuple[str, str], ...] = ()


def complete(typed: str, index: OpenIndex) -> Completions:
    """The completions of the last word in the hits of the words before it, and titles that have all of them."""
    before, _, last = typed.lstrip()[:LONGEST].rpartition(" ")
    if len(last) < 2 or not last.isalnum():
        return Completions()
    by_term: dict[str, Completion] = {}
    for form in index.vocabulary.forms_beginning(last.lower(), WORDS):
        text = f"{before} {form}".strip()
        count = asked(index, Search(text)).total
        term = index.vocabulary.entry(form).term
        if count and (term not in by_term or by_term[term].count < count):
            by_term[term] = Completion(text, count)
    ranked = sorted(by_term.values(), key=lambda completion: (-completion.count, completion.text))
    return Completions(tuple(ranked[:COMPLETIONS]), _titles(before, last, index))


def _titles(before: str, last: str, index: OpenIndex) -> tuple[tuple[str, str], ...]:
    """None of a document that is hidden for any name: who types a part of the name would be told the rest."""
    words = (*(InTitle(Word(word)) for word in before.split()), InTitle(Word(last, prefix=True)))
    question = Question(index, Search(), Parsed(And(words)))
    hidden = tuple(nodes.with_id(id) for id in sorted({one.id for one in index.hidden}))
    plan = nodes.AllOf((question.narrowed(question.planned.strict),), forbidden=hidden)
    documents = (document_of(match.stored) for match in index.engine.find(plan, Window(0, TITLES)))
    return tuple((document.title, document.id) for document in documents)

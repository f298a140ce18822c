"""Tree -> tree in which words and phrases stand beside what means the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from indexer.queries import Alike, And, InTitle, Or, Phrase, Query, Word
from indexer.swedish import Token
from indexer.swedish.synonyms import Synonyms


@dataclass(slots=True)
class Expansion:
    """Puts synonyms into the tree of one question and remembers which."""

    synonyms: Synonyms
    tokens: Callable[[str], Sequence[Token]]
    found: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What was typed -> what it may also be called."""

    def of(self, query: Query) -> Query:
        """The question with synonyms; marked, exact and forbidden words stay as they are."""
        match query:
            case Word() | Phrase():
                return self._alike((query,)) or query
            case And(parts):
                return replace(query, parts=tuple(self._runs(parts)))
            case Or(parts):
                return Or(tuple(self.of(part) for part in parts))
            case InTitle(part):
                return InTitle(self.of(part))
            case _:
                return query

    def _runs(self, parts: Sequence[Query]) -> Iterator[Query]:
        """The longest runs of plain words that mean the same as something else, as one part each."""
        at = 0
        while at < len(parts):
            lengths = range(min(self.synonyms.longest, len(parts) - at), 0, -1)
            found = next(
                ((length, alike) for length in lengths if (alike := self._alike(parts[at : at + length]))), None
            )
            yield found[1] if found else self.of(parts[at])
            at += found[0] if found else 1

    def _alike(self, parts: Sequence[Query]) -> Alike | None:
        texts = [text for part in parts if (text := _plain_text(part))]
        if len(texts) < len(parts) or (len(parts) > 1 and not all(isinstance(part, Word) for part in parts)):
            return None
        others = self.synonyms.of([token.term for text in texts for token in self.tokens(text)])
        if not others:
            return None
        self.found[" ".join(texts)] = others
        whole = parts[0] if len(parts) == 1 else And(tuple(parts), blank=True)
        return Alike(whole, tuple(Phrase(tuple(other.split())) if " " in other else Word(other) for other in others))


def _plain_text(part: Query) -> str | None:
    """What was typed, of a word or phrase that stands for all its forms; None for anything else."""
    if isinstance(part, Word) and not (part.exact or part.prefix or part.fuzzy or part.required):
        return part.text
    if isinstance(part, Phrase) and not (part.exact or part.slop or part.required):
        return " ".join(part.words)
    return None

"""Tree -> tree in which words and phrases stand beside what means the same."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct, structs

from indexer.planning.compiling import typed_text
from indexer.queries import Alike, And, InTitle, Or, Phrase, Query, Word
from indexer.swedish.synonyms import Keys, Synonyms


class Expansion(Struct, frozen=True):
    """Puts synonyms into a tree."""

    synonyms: Synonyms
    keys: Callable[[str], Keys]
    """`synonyms.keys_of`."""

    def of(self, query: Query) -> Query:
        """The question with synonyms; marked, exact and forbidden words stay as they are."""
        match query:
            case Word() | Phrase():
                return self._alike((query,)) or query
            case And(parts):
                return structs.replace(query, parts=tuple(self._runs(parts)))
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
            for length in range(min(self.synonyms.longest, len(parts) - at), 0, -1):
                if alike := self._alike(parts[at : at + length]):
                    yield alike
                    break
            else:
                length = 1
                yield self.of(parts[at])
            at += length

    def _alike(self, parts: Sequence[Query]) -> Alike | None:
        if self.keys(typed_text(parts[0]))[:1] not in self.synonyms.first:
            return None
        if not all(map(_is_plain, parts)) or (len(parts) > 1 and not all(isinstance(part, Word) for part in parts)):
            return None
        others = self.synonyms.of([key for part in parts for key in self.keys(typed_text(part))])
        if not others:
            return None
        whole = parts[0] if len(parts) == 1 else And(tuple(parts), blank=True)
        return Alike(whole, tuple(Phrase(tuple(other.split())) if " " in other else Word(other) for other in others))


def _is_plain(part: Query) -> bool:
    """Whether it is a word or phrase that stands for all its forms."""
    return part in (Word(typed_text(part)), Phrase(tuple(typed_text(part).split(" "))))

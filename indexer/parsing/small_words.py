"""Questions as people say them: which words only hold the sentence together."""

from indexer.queries import And, Not, Query, Word
from indexer.swedish.lists import SMALL_WORDS


def small_words(query: Query) -> tuple[Word, ...]:
    """The plain words of a question, written beside others that carry it, that may be missing from a document.

    >>> small_words(And((Word("bredband"), Word("på"), Word("landsbygden")), blank=True))
    (Word(text='på', exact=False, prefix=False, fuzzy=False, required=False),)
    """
    if not (isinstance(query, And) and query.blank):
        return ()
    small = tuple(part for part in query.parts if isinstance(part, Word) and is_small(part))
    others = [part for part in query.parts if part not in small and not isinstance(part, Not)]
    return small if others else ()


def is_small(part: Query) -> bool:
    """Whether it is a plain word that only holds a sentence together."""
    return isinstance(part, Word) and part == Word(part.text) and part.text.lower().strip("?!.,") in SMALL_WORDS

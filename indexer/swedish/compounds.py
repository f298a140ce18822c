"""Form -> the words that it is put together of: industriutveckling = industri + utveckling.

Dynamic programming over known words, fewest parts first, then the most frequent ones (FINDINGS 3). Known is what
lexicon.txt holds; how frequent, wordfreq says (Zipf scale: log10 per billion words). Both are asked only for words
that an index has never seen. Lists and thresholds were set on data/language/compounds.tsv: docs/relevance.md.
"""

import gzip
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.metadata import distribution
from os.path import commonprefix
from typing import Any, NamedTuple

from msgspec import msgpack

from indexer.swedish.lexemes import REMEMBERED, Inflection, is_name, known_beginnings, lexeme_of, word_list

LEAST = 7
"""Letters of a word that may be split."""
LEAST_NAME = 6
"""Letters of a name that other words are not likely to begin with; Mora and Sala are."""
_LEVEL = 1023
"""The bits of a word's level: wordfreq has 800."""

_VOWELS = frozenset("aeiouyåäöé")
_SHORT_PARTS, _NEVER_FIRST, _NEVER_LAST = map(word_list, ("short_parts", "never_first", "never_last"))
_ALWAYS_WITH_S = ("het", "ning", "ling", "tion", "sion", "skap", "itet", "dom")
"""Endings of first parts that take a linking -s."""
_IRREGULAR = {"justitie": "justitia", "kunga": "kung", "lant": "land", "riks": "rike", "tim": "timme", "tjänste": "tjänst", "ät": "äta"}  # fmt: skip


class Piece(NamedTuple):
    """A part of a form: where it stands in it, and the word that it is a form of."""

    start: int
    end: int
    word: str


class _Split(NamedTuple):
    """Ordered by what is best: few parts, then frequent ones (`strength` is their Zipf, added up and negated)."""

    parts: int
    strength: float
    pieces: tuple[Piece, ...]


def pieces_of(form: str) -> tuple[Piece, ...]:
    """The parts of a lower-case form, in order; empty for a word that is not a compound.

    >>> [piece.word for piece in pieces_of("industriutvecklingen")], pieces_of("ekonomin")
    (['industri', 'utvecklingen'], ())
    """
    if len(form) < LEAST or not form.isalpha() or is_name(form):
        return ()
    lemma = lexeme_of(form) or form
    shared = len(commonprefix((form, lemma)))
    if lemma == form or len(lemma) < 4 or shared < len(lemma) - 3:
        return _finer(_split(form))
    found = _split(lemma) if len(lemma) >= LEAST - 1 else ()
    return _finer((*found[:-1], found[-1]._replace(end=len(form)))) if found and found[-1].start <= shared else ()


def _finer(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """A first part may be a compound itself: arbetsmarknads- = arbets- + marknads-."""
    found: list[Piece] = []
    for piece in pieces[:-1]:
        inner = _split(piece.word) if len(piece.word) >= LEAST and not is_name(piece.word) else ()
        if inner and inner[-1].start < piece.end - piece.start:
            shifted = [Piece(piece.start + part.start, piece.start + part.end, part.word) for part in inner]
            found += [*shifted[:-1], shifted[-1]._replace(end=piece.end)]
        else:
            found.append(piece)
    return (*found, *pieces[-1:])


@lru_cache(REMEMBERED)
def _split(word: str) -> tuple[Piece, ...]:
    known = known_beginnings(word)
    # A name that the word begins with is not split: göteborgare, jämtlandsfjäll.
    names = {at for at, inflection in known.items() if inflection.names}
    longest = max((at for at in names if LEAST_NAME <= at < len(word)), default=0)
    # 3: boundaries of a word that are looked for one after the other. The s of a name may be of the next part.
    best = _fewest(word, known, 3, max(2, longest - (longest - 1 in names)))
    # 0.3: a word that is so much more frequent than its parts (Zipf, mean) is a word of its own.
    return best.pieces if best and zipf(word) <= -best.strength / best.parts + 0.3 else ()


@lru_cache(REMEMBERED)
def _rest(word: str, depth: int) -> _Split | None:
    """The best way to read the rest of a word: as a last part, or split further."""
    if not (word in _NEVER_LAST or _VOWELS.isdisjoint(word) or is_name(word)) and _is_word(word):
        return _Split(1, -zipf(word), (Piece(0, len(word), word),))
    return _fewest(word, known_beginnings(word), depth) if depth and len(word) > 4 else None


def _fewest(word: str, known: Mapping[int, Inflection], deepest: int, least: int = 2) -> _Split | None:
    """The best way to split a word: more boundaries are looked for only where fewer are not found."""
    firsts = [(at, first) for at in _boundaries(word, known, least) if (first := _as_first(word[:at]))]
    ways = (min(_ways(word, firsts, depth), default=None) for depth in range(deepest if firsts else 0))
    return next(filter(None, ways), None)


def _boundaries(word: str, known: Mapping[int, Inflection], least: int) -> Iterator[int]:
    """Where a first part may end; most places are told by what is looked up fastest."""
    changed = _changed()
    for at in range(least, len(word) - 1):
        if at <= 4 or at in known or (at - 1 in known and word[at - 1] == "s") or word[:at] in changed:
            yield at


def _ways(word: str, firsts: Iterable[tuple[int, tuple[float, str]]], depth: int) -> Iterator[_Split]:
    """Every way to go on after some first parts."""
    for at, (strength, base) in firsts:
        # tillägg = till + lägg: of three equal consonants one is not written.
        shares = word[at - 1] == word[at - 2] and word[at - 1] not in _VOWELS and len(word) - at >= 4
        for moved in (at, at - 1) if shares else (at,):
            if rest := _rest(word[moved:], depth):
                pieces = [Piece(max(at, piece.start + moved), piece.end + moved, piece.word) for piece in rest.pieces]
                yield _Split(rest.parts + 1, rest.strength - strength, (Piece(0, at, base), *pieces))


@lru_cache(REMEMBERED)
def _as_first(text: str) -> tuple[float, str] | None:
    """How frequent a first part is, and the word it is a form of; None where it cannot be one."""
    if text in _NEVER_FIRST or _VOWELS.isdisjoint(text):
        return None
    if base := _IRREGULAR.get(text):
        return zipf(base), base
    ways = [(zipf(text), text)] if _is_word(text) and not text.endswith(_ALWAYS_WITH_S) else []
    if len(text) > 3 and text.endswith("s") and text[:-1] not in _NEVER_FIRST and _is_word(text[:-1]):
        ways.append((zipf(text[:-1]), text[:-1]))
    # 0.3: Zipf taken from a part whose vowel has changed: skol- of skola, kyrko- of kyrka.
    ways += [(zipf(word) - 0.3, word) for word in _changed().get(text, ()) if _is_word(word)]
    return max(ways, default=None)


@cache
def _changed() -> dict[str, tuple[str, ...]]:
    """How a first part is written that lost or changed the last vowel of a common word -> the words that it may be of."""
    words: dict[str, tuple[str, ...]] = dict.fromkeys(_IRREGULAR, ())
    for word in _frequencies()[-1]:
        stem, texts = word[:-1], list[str]()
        if word[-1] in "ae":
            texts = [stem] if len(stem) > 3 and stem[-1] not in _VOWELS else []
            texts += [stem + vowel for vowel in "oue"] if word[-1] == "a" else [stem + "s"] if len(stem) > 3 else []
        if word.endswith(("ium", "ia")):
            texts.append(word.removesuffix("um").removesuffix("a") + "e")
        for text in texts:
            words[text] = (*words.get(text, ()), word)
    return words


def _is_word(text: str) -> bool:
    if len(text) < 4:
        return text in _SHORT_PARTS
    # 2.6, 1.5: Zipf from which a known word of four or five letters is a part; longer ones always are, shorter ones where listed.
    return (len(text) > 5 or zipf(text) >= (2.6 if len(text) == 4 else 1.5)) and lexeme_of(text) is not None


@lru_cache(REMEMBERED)
def zipf(word: str) -> float:
    """How frequent a form is in Swedish: log10 per billion words, 1 where it was never counted."""
    known, key = _frequencies()[0], _key(word)
    level = known[bisect_right(known, key | _LEVEL) - 1] - key
    return 9 - level / 100 if 0 <= level <= _LEVEL else 1.0


@cache
def _frequencies() -> "tuple[array[int], list[str]]":
    """The keys of all words, each with its level added, in order: 3 MB, where a dictionary takes 36; and the common words."""
    levels = words_by_level("large_sv")
    known = sorted(_key(word) + level for level, words in enumerate(levels) for word in words)
    # 651: levels down to Zipf 2.5.
    return array("q", known), [word for words in levels[:651] for word in words if len(word) > 3]


def words_by_level(wordlist: str) -> list[list[str]]:
    """The words of each level of a list of wordfreq's, hundredths of a power of ten from one on down; the package that reads it takes .3 s to load."""
    with gzip.open(str(distribution("wordfreq").locate_file(f"wordfreq/data/{wordlist}.msgpack.gz"))) as packed:
        return msgpack.decode(packed.read(), type=list[Any])[1:]  # after a header


def _key(word: str) -> int:
    """54 bits of the hash of a word, and room for a level; of bytes: those of n0 are also a Japanese letter's in memory."""
    return hash(word.encode("utf-8", "surrogatepass")) & ~_LEVEL

"""Whether two texts say the same in nearly the same words: a form that is filled anew differs in names and numbers, an edition in spelling."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from rapidfuzz.distance import Indel

from indexer.metadata.tables import one_of

_WORDS = re.compile(r"[^\W_]+")
_NUMBERS = dict(zip("två tre fyra fem sex sju åtta nio tio elva tolv".split(), map(str, range(2, 13)), strict=True))  # noqa: SIM905
_TELLING = re.compile(one_of(Path(__file__).with_name("data") / "telling.tsv", "telling"))


def says_the_same(one: str, other: str) -> bool | None:
    """Whether only spelling and wording differ, and no name or number; None for texts too long to tell. Symmetric.

    >>> says_the_same("Mingel med Ny Demokrati kl 9.", "Mingel med ny demokrati, kl 9"), says_the_same("Möt Bo!", "Möt Kim!")
    (True, False)
    """
    mine, others = _WORDS.findall(min(one, other)), _WORDS.findall(max(one, other))
    longest = max(len(mine), len(others))
    # 2,000: words of a text that is compared word by word; two longer ones are compared by those who ask.
    if longest > 2_000:
        return None
    changes = list(_changes(mine, others))
    # 0.15: part of the longer text's words that may be others.
    if sum(max(len(left), len(right)) for left, right in changes) > 0.15 * longest:
        return False
    here, there = {word.lower() for word in mine}, {word.lower() for word in others}
    return all(_is_spelling(left, right, there) and _is_spelling(right, left, here) for left, right in changes)


def _changes(mine: Sequence[str], others: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """The words that stand in one in place of those in the other, without regard to case and to how small numbers are written."""
    left, right = ([_NUMBERS.get(word.lower(), word.lower()) for word in words] for words in (mine, others))
    start = other_start = 0
    for same in Indel.editops(left, right).as_matching_blocks():  # the last one, of no words, ends both
        if (start, other_start) != (same.a, same.b):
            yield mine[start : same.a], others[other_start : same.b]
        start, other_start = same.a + same.size, same.b + same.size


def _is_spelling(words: Sequence[str], instead: Sequence[str], elsewhere: set[str]) -> bool:
    """Whether the other text has every name and number among the words, there or elsewhere."""
    if "".join(words).lower() == "".join(instead).lower():
        return True
    other_names = any(map(_is_particular, instead))  # one name in place of another, even if both stand elsewhere
    particular = (word for word in filter(_is_particular, words) if other_names or word.lower() not in elsewhere)
    return all(any(_is_like(word, other) for other in instead) for word in particular)


def _is_particular(word: str) -> bool:
    is_name = len(word) > 1 and word[0].isupper()
    return is_name or any(map(str.isdigit, word)) or bool(_TELLING.fullmatch(word.lower()))


def _is_like(name: str, other: str) -> bool:
    # 0.9: likeness of two spellings of one name, by their longest common subsequence: Mniseminarium and Miniseminarium .96, two parties up to .81.
    return not any(map(str.isdigit, name)) and Indel.normalized_similarity(name.lower(), other.lower()) >= 0.9

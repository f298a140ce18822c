"""Lists of words in data/: one file a list, words between blanks, lines with # are comments."""

from functools import cache
from pathlib import Path

_DATA = Path(__file__).with_name("data")


@cache
def word_list(name: str) -> frozenset[str]:
    """The words of data/NAME.txt."""
    lines = (_DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


SMALL_WORDS = word_list("small_words")
"""Lower-case forms that say nothing of a sentence's subject."""

"""Lists: of words, in data/, one file a list, words between blanks, lines with # are comments; and in sentences."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path

_DATA = Path(__file__).with_name("data")


def word_lines(name: str) -> Iterator[list[str]]:
    """The words of each line of data/NAME.txt."""
    lines = (_DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return (line.split() for line in lines if not line.startswith("#"))


@cache
def word_list(name: str) -> frozenset[str]:
    """All words of data/NAME.txt."""
    return frozenset(chain.from_iterable(word_lines(name)))


SMALL_WORDS = word_list("small_words")
"""Lower-case forms that say nothing of a sentence's subject."""


def listed(pieces: Sequence[str], last: str) -> str:
    """Some of a kind, the last one after a word.

    >>> listed(["Örebro", "Gävle", "Falun"], "eller"), listed(["Falun"], "och")
    ('Örebro, Gävle eller Falun', 'Falun')
    """
    return f" {last} ".join(filter(None, (", ".join(pieces[:-1]), *pieces[-1:])))

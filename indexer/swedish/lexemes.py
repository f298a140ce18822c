"""Form -> lexeme, and the lists of words in data/. A lexeme is of the table data/lexicon.txt, which tools/make_lexicon.py made of a dictionary (data/LICENSE.lexicon.txt).

A line holds an inflection and the stems that have it: `- en ens\tbil buss`. A lexeme's term is its stem with the first ending,
its forms are the stem with each of them (- is none; after ! the first is no form). A line that begins with * holds names. No form belongs to two lexemes;
the line + says which others it may be read as: länkar=länka. A list is a file of words between blanks; lines with # are comments.
"""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

REMEMBERED = 20_000
"""Forms and parts of forms of which it is remembered what was found: each is asked for several times while a compound is split.
60,000 take 49 MB more in each process, and 10 µs less for a new form."""
LONGEST_ENDING = 12
"""Letters that stand after a stem in the table, at most."""
_DATA = Path(__file__).with_name("data")
_NONE, _NAMES, _NO_FORM, _READINGS = "-", "*", "!", "+"


class Inflection(NamedTuple):
    """What stands after the stem."""

    term: str
    endings: frozenset[str]
    names: bool


def lexeme_of(form: str) -> str | None:
    """The term of the lexeme that a lower-case form belongs to; None for a form that the table lacks.

    >>> [lexeme_of(form) for form in ("kommunerna", "böcker", "förare", "för", "kvastskaftningen")]
    ['kommun', 'bok', 'förare', 'för', None]
    """
    return _found(form)[0]


def is_name(form: str) -> bool:
    """Whether a lower-case form is one of a name, and of no other word.

    >>> is_name("göteborgs"), is_name("kommun")
    (True, False)
    """
    return _found(form)[1]


def readings_of(form: str) -> tuple[str, ...]:
    """The terms of further lexemes that a form may be of, beside the one that it counts as.

    >>> lexeme_of("länkar"), readings_of("länkar")
    ('länk', ('länka',))
    """
    return _table()[-1].get(form, ())


def known_beginnings(word: str) -> dict[int, Inflection]:
    """The beginnings of a word that are forms, by their letters, each as `lexeme_of` finds it: one pass instead of one each.

    >>> sorted(known_beginnings("bussarna"))
    [2, 3, 4, 5, 6, 8]
    """
    inflections, stems, _ = _table()
    found = {}
    for end in range(len(word) + 1):
        for inflection in map(inflections.__getitem__, reversed(stems.get(word[:end], ()))):
            for ending in inflection.endings:
                if word.startswith(ending, end):
                    found[end + len(ending)] = inflection
    return found


@lru_cache(REMEMBERED)
def _found(form: str) -> tuple[str | None, bool]:
    """The term of a form's lexeme, and whether that is a name."""
    inflections, stems, _ = _table()
    for end in range(len(form), max(len(form) - LONGEST_ENDING, 0) - 1, -1):
        stem = form[:end]
        for number in stems.get(stem, ()):
            if form[end:] in inflections[number].endings:
                return stem + inflections[number].term, inflections[number].names
    return None, False


@cache
def _table() -> tuple[list[Inflection], dict[str, tuple[int, ...]], dict[str, tuple[str, ...]]]:
    """The inflections, the numbers of those of a stem, and the further readings of a form. Read at the first word that an index has not seen."""
    inflections, stems = list[Inflection](), dict[str, tuple[int, ...]]()
    *lines, further = (_DATA / "lexicon.txt").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        written, _, words = line.partition("\t")
        endings = ["" if ending == _NONE else ending for ending in written.lstrip(_NAMES + _NO_FORM).split()]
        forms = frozenset(endings[1:] if _NO_FORM in written else endings)
        inflections.append(Inflection(endings[0], forms, _NAMES in written))
        new: dict[str, tuple[int, ...]] = dict.fromkeys(words.split(), (number,))
        for stem in new.keys() & stems.keys():
            new[stem] = (*stems[stem], number)
        stems |= new
    stems[""] = stems.pop(_NONE)
    readings = (reading.split("=") for reading in further.removeprefix(_READINGS).split())
    return inflections, stems, {form: tuple(terms) for form, *terms in readings}


def word_lines(name: str) -> Iterator[list[str]]:
    """The words of each line of data/NAME.txt."""
    lines = (_DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return (line.split() for line in lines if not line.startswith("#"))


@cache
def word_list(name: str) -> frozenset[str]:
    """All words of data/NAME.txt."""
    return frozenset(chain.from_iterable(word_lines(name)))


CLOSED_CLASS = word_list("closed_class")
"""Function words, in lower case."""
SMALL_WORDS = word_list("small_words")
"""Lower-case forms that say nothing of a sentence's subject."""


def listed(pieces: Sequence[str], last: str) -> str:
    """Some of a kind, the last one after a word.

    >>> listed(["Örebro", "Gävle", "Falun"], "eller"), listed(["Falun"], "och")
    ('Örebro, Gävle eller Falun', 'Falun')
    """
    return f" {last} ".join(filter(None, (", ".join(pieces[:-1]), *pieces[-1:])))

"""What every peer is asked: questions of eight kinds out of the titles of the documents, each one once."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Literal, get_args

Kind = Literal["word", "words", "phrase", "either", "without", "beginning", "year", "sentence"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MEANING: dict[Kind, str] = {
    "word": "a word",
    "words": "two or three words, all of them",
    "phrase": "two words in a row",
    "either": "one of two words",
    "without": "a word, but not another",
    "beginning": "words that begin with five letters",
    "year": "two words, within a year",
    "sentence": "a whole title, any of its words",
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question before any peer has written it in its own language."""

    kind: Kind
    words: tuple[str, ...]
    year: str = ""
    typed: str = ""
    """As a reader typed it, where he did."""

    @property
    def text(self) -> str:
        """As a reader would type it."""
        return self.typed or " ".join(self.words)


def as_typed(text: str) -> Question:
    """A judged question: peers look for any of its words, best first."""
    return Question("sentence", tuple(re.findall(r"\w+", text)), typed=text)


def questions(documents: Sequence[dict[str, str]], each: int) -> list[Question]:
    """So many of every kind, in an order that mixes them; no two are alike."""
    chance = random.Random(1)
    asked: dict[Question, None] = {}
    number = dict.fromkeys(KINDS, 0)
    for document in chance.sample(documents, len(documents)):
        for question in _of(document, chance):
            if question not in asked and number[question.kind] < each:
                asked[question] = None
                number[question.kind] += 1
        if min(number.values()) == each:
            break
    return chance.sample(list(asked), len(asked))


def write(path: Path, documents: Sequence[dict[str, str]], warm: int, each: int) -> None:
    """Three lists that share no question, for `read`: to warm up, for one asker, for eight; so many of each kind."""
    drawn = questions(documents, warm + 2 * each)
    kinds = [[question for question in drawn if question.kind == kind] for kind in KINDS]
    ends = (0, warm, warm + each, warm + 2 * each)
    parts = ([q for kind in kinds for q in kind[start:end]] for start, end in zip(ends, ends[1:], strict=False))
    order = {question: place for place, question in enumerate(drawn)}
    listed = [[astuple(question) for question in sorted(part, key=order.__getitem__)] for part in parts]
    path.write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")


def read(path: Path) -> tuple[list[Question], list[Question], list[Question]]:
    """What was written."""
    warm, alone, together = (
        [Question(kind, tuple(words), year, typed) for kind, words, year, typed in some]
        for some in json.loads(path.read_text(encoding="utf-8"))
    )
    return warm, alone, together


def _of(document: dict[str, str], chance: random.Random) -> Iterator[Question]:
    """At most one question of each kind from a title, none of words under four letters."""
    everything = re.findall(r"\w+", document["title"])
    words = list(dict.fromkeys(word for word in everything if word.isalpha() and len(word) > 3))
    if len(words) < 3:
        return
    one, two, three = chance.sample(words, 3)
    pairs = [pair for pair in zip(everything, everything[1:], strict=False) if set(pair) <= set(words)]
    yield Question("word", (one,))
    yield Question("words", (one, two, three)[: chance.choice((2, 3))])
    yield Question("either", (one, two))
    yield Question("without", (one, two))
    yield Question("sentence", tuple(everything))
    if pairs:
        yield Question("phrase", chance.choice(pairs))
    if len(three) > 6:
        yield Question("beginning", (three[:5].lower(),))
    if document.get("date"):
        yield Question("year", (one, two), document["date"][:4])

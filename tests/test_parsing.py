"""The question language: a table of questions with the tree and the Swedish of each, and any string at all."""

from __future__ import annotations

import inspect
import random
import sys
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.metadata.kinds import KINDS
from indexer.parsing import marks_of, parse
from indexer.parsing.interpretation import interpret
from indexer.queries import (
    And,
    Everything,
    Filtered,
    Filters,
    InTitle,
    Near,
    Not,
    Or,
    Parsed,
    Period,
    Phrase,
    Query,
    Word,
)
from tests.conftest import EFFORTS

SECONDS = 1.0
"""Of the processor that no string may take, however busy the machine: a bound on work, not a speed; 3 ms was measured."""

TABLE = (Path(__file__).parent / "data" / "questions.tsv").read_text(encoding="utf-8").splitlines()
QUESTIONS = [line.split("\t") for line in TABLE if line and not line.startswith("#")]


def shown(query: Query) -> str:
    """A tree in the notation of the table: [a b] blank, [a & b] OCH, [a | b] ELLER, {region=x} a filter in the tree."""
    match query:
        case Word(text, exact, prefix, fuzzy, required):
            return "+" * required + "=" * exact + text + "*" * prefix + "~" * fuzzy
        case Phrase(words, exact, slop, required):
            return "+" * required + "=" * exact + f'"{" ".join(words)}"' + f"~{slop}" * bool(slop)
        case Near((left, right), distance):
            return f"[{shown(left)} ~{distance}~ {shown(right)}]"
        case And(parts, blank):
            return f"[{(' ' if blank else ' & ').join(map(shown, parts))}]"
        case Or(parts):
            return f"[{' | '.join(map(shown, parts))}]"
        case Not(part):
            return f"-{shown(part)}"
        case InTitle(part):
            return f"rubrik:{shown(part)}"
        case Filtered(filters):
            return f"{{{shown_filters(filters)}}}"
        case Everything():
            return "*"


def shown_filters(filters: Filters) -> str:
    """Filters in the notation of the table: region=a,b year=2019 period=2018-01-01..2020-12-31."""
    values = {facet: ",".join(filters.values(facet)) for facet in ("region", "year", "source", "kind")}
    period = filters.period
    values["period"] = f"{period.first or ''}..{period.last or ''}" if period else ""
    return " ".join(f"{name}={value}" for name, value in values.items() if value)


@pytest.mark.parametrize(("question", "tree", "filters", "rest", "said"), QUESTIONS)
def test_questions_are_read_as_the_table_says(question: str, tree: str, filters: str, rest: str, said: str) -> None:
    parsed = parse(question)
    assert shown(parsed.query) == tree
    assert shown_filters(parsed.filters) == filters
    assert parsed.rest == (question if rest == "=" else rest)
    assert interpret(parsed) == said
    assert parsed.notes == ()


NOTES = {
    "region:xyz stål": ("[xyz stål]", "Regionen ”xyz” finns inte"),
    'region:"x y"': ('"x y"', "Regionen ”x y” finns inte"),
    "-region:xyz stål": ("[-xyz stål]", "Regionen ”xyz” finns inte"),
    "år:20199": ("20199", "Året ”20199” finns inte"),
    "år:2018..20": ("2018..20", "Året ”2018..20” finns inte"),
    "typ:xyz": ("xyz", "Typen ”xyz” finns inte"),
    "a NÄRA/50 b": ("[a ~10~ b]", "Avståndet 50 är för stort; 10 används."),
    '"a b"~11': ('"a b"~10', "Avståndet 11 är för stort"),
    "ord " * 300: ("ord", "Frågan är lång; de första 32 orden söks."),
    " ".join(f"a{i}" for i in range(40)): (f"[{' '.join(f'a{i}' for i in range(32))}]", "Frågan är lång"),
    "(" * 21 + "a" + ")" * 21: ("a", "Frågan har för många parenteser i varandra"),
}


@pytest.mark.parametrize("question", NOTES)
def test_what_cannot_be_read_is_said(question: str) -> None:
    tree, note = NOTES[question]
    parsed = parse(question)
    assert shown(parsed.query) == tree
    assert any(said.startswith(note) for said in parsed.notes)


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_by_slug_label_and_plural(kind: str) -> None:
    for value in (kind, KINDS[kind], KINDS[kind].upper()):
        parsed = parse(f'typ:"{value}" vätgas')
        assert (parsed.filters.values("kind"), parsed.rest) == ((kind,), "vätgas")


def test_years_beside_each_other_are_or_and_periods_are_shared() -> None:
    assert parse("år:2019 år:2018").filters.values("year") == ("2019", "2018")
    assert parse("år:2010..2016 år:2012..").filters.period == Period("2012-01-01", "2016-12-31")


def test_a_decomposed_question_is_the_composed_one() -> None:
    assert parse("a\u030ar:2019 Va\u0308sterås").filters.values("year") == ("2019",)
    assert parse("Va\u0308sterås").query == Word("Västerås")


@pytest.mark.parametrize("question", ["INTE(" * 200, "rubrik:(" * 125, "+-" * 500, "-(" * 500, "a NÄRA b " * 100])
def test_signs_within_signs_need_no_deep_stack(question: str) -> None:
    """A question is answered from inside a web server's own stack; Python allows a thousand calls in all."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 300)
    try:
        assert isinstance(parse(question), Parsed)
    finally:
        sys.setrecursionlimit(limit)


def test_a_note_is_given_once() -> None:
    assert len(parse('(a) NÄRA "b c"~11').notes) == 1


@pytest.mark.parametrize(
    "piece", ['"', '="a', "a(", "region:Norra ", "a NÄRA/3 ", "-+", "INTE ", "titel: ", "år:2019 "]
)
def test_signs_are_told_apart_in_linear_time(piece: str) -> None:
    """Ten times the length takes ten times as long, and not a hundred."""

    def seconds(times: int) -> float:
        spent = []
        for _ in range(3):
            started = time.process_time()
            marks_of(piece * times)
            spent.append(time.process_time() - started)
        return min(spent)

    assert seconds(20_000) < 40 * max(seconds(2_000), 0.001)


MARKS = [
    *("OCH", "AND", "ELLER", "OR", "INTE", "NOT", "NÄRA", "NÄRA/5", "NEAR/99", "[a TO"),
    *("region:", "region:skåne", "region:Norra", "Mellansverige", "år:2019", "år:..2020", "år:", "källa:x", "typ:"),
    *("rubrik:", "rubrik:(", "a", "b", "3D-printing", "EU:s", "~3"),
    *"()\"”=+-~*:'\\/😀\x00\x1f\x85\u2028\ud800\u0301\u0958İ",
]
JUNK = [
    "(" * 2000,
    ")" * 2000,
    "(" * 1000 + "a" + ")" * 1000,
    "NOT " * 500,
    "[a TO " * 500,
    '"' * 1000,
    '" ' * 1000,
    "a" * 100_000,
    "ord " * 25_000,
    "-" * 900 + "a",
    "=+" * 400 + "a",
    "a NÄRA/3 " * 200,
    "region:Norra " * 100,
    "region:x år:2019 " * 60,
    "(a)" * 400,
    "\x00" * 100_000,
    "\ud800" * 100_000,
    "\u0958" * 1000,
    "a" + "\u0301" * 5000,
    " " * 100_000,
]


def answered(question: str) -> Parsed:
    """The reading of any string, with all that must hold of it."""
    start = time.thread_time()
    parsed = parse(question)
    said = interpret(parsed)
    assert time.thread_time() - start < SECONDS
    assert isinstance(parsed, Parsed) and said
    assert not any("som den var skriven" in note for note in parsed.notes), "Whoosh's parser failed"
    again = parse(parsed.rest)
    assert (again.query, again.filters, again.rest) == (parsed.query, Filters(), parsed.rest)
    parsed.rest.encode()
    return parsed


@given(st.text() | st.lists(st.sampled_from(MARKS) | st.just(" ")).map("".join))
@example("region:Norra år:2019 Mellansverige")
@example("a OCH år:2019 OCH b")
def test_any_string_gets_an_answer_and_its_rest_means_the_same(question: str) -> None:
    answered(question)


@pytest.mark.parametrize("question", JUNK, ids=range(len(JUNK)))
def test_junk_is_bounded(question: str) -> None:
    answered(question)


@pytest.mark.parametrize("effort", EFFORTS)
def test_thousands_of_random_strings(effort: int) -> None:
    chance = random.Random(3)
    for _ in range(2_000 * effort):
        answered("".join(chance.choice(MARKS) + " " * chance.randrange(2) for _ in range(chance.randrange(60))))

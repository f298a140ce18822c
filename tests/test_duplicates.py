"""Duplicates: which texts are one release, and which only look alike."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.dates import parse_date
from indexer.documents import Document
from indexer.duplicates import Trace, group_of, head_of, same_release, trace_of
from indexer.regions import read_regions
from tests.conftest import news_lines
from tests.duplicate_set import releases
from tests.floors import FLOORS

SENTENCES = [
    f"Regionen satsar {number} miljoner kronor på företag och skolor i del {number} av landet." for number in range(20)
]


def text(first: int, last: int) -> str:
    return "\n".join(SENTENCES[first:last])


def document(body: str = text(0, 14), **more: Any) -> Document:
    day = more.pop("date", "2020-05-10")
    known = {"id": "a", "title": "Satsning", "source": "Region ett"} | more
    return Document(text=body, published=parse_date(day) if day else None, **known)


def trace(**more: Any) -> Trace:
    found = trace_of(document(**more))
    assert found
    return found


CASES = [
    ("the same elsewhere", {}, True),
    ("another title elsewhere", {"title": "Miljoner till landet"}, True),
    ("a month later", {"date": "2020-06-09"}, True),
    ("more than a month later", {"date": "2020-06-10"}, False),
    ("half of it", {"body": text(7, 14) + "\n" + text(15, 20)}, True),
    ("less than half of it", {"body": text(9, 20)}, False),
    ("only its lead", {"body": text(0, 10)}, True),
    ("undated, all of it", {"date": ""}, True),
    ("undated, half of it", {"date": "", "body": text(7, 20)}, False),
    ("the month is known", {"date": "2020-05"}, True),
    ("other lines and case", {"body": text(0, 14).replace("\n", "  ").upper()}, True),
    ("another number", {"title": "Satsning, Prop. 2020/21:7"}, True),
    ("one publisher, one title", {"source": "Region ett"}, True),
    ("one publisher, another title", {"source": "Region ett", "title": "Satsning med Vänsterpartiet"}, False),
    ("one publisher, most of it", {"source": "Region ett", "body": text(2, 16)}, False),
]


@pytest.mark.parametrize(("name", "other", "expected"), CASES)
def test_what_is_one_release(name: str, other: dict[str, Any], expected: bool) -> None:
    one, two = trace(), trace(**{"id": "b", "source": "Tidningen", **other})
    assert same_release(one, two) is expected, name
    assert same_release(two, one) is expected


def test_different_counties_and_different_numbers_are_different_releases() -> None:
    one = trace()
    assert not same_release(
        replace(one, counties=frozenset({"orebro-lan"})), replace(one, counties=frozenset({"kalmar-lan"}))
    )
    assert same_release(replace(one, counties=frozenset({"orebro-lan"})), one)
    assert not same_release(
        trace(title="Avtal, Prop. 2009/10:25"), trace(title="Avtal, Prop. 2009/10:26", source="Tidningen")
    )


def test_a_short_text_is_no_release_that_can_be_known() -> None:
    assert trace_of(document(text(0, 6))) is None


def test_the_head_is_the_earliest_then_the_longest() -> None:
    early, long, late = trace(id="z"), trace(id="b", body=text(0, 16)), trace(id="a", date="2020-05-11")
    undated = trace(id="0", date="")
    assert head_of([late, undated, early]) == "z"
    assert head_of([early, long, late]) == "b"


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_a_group_is_the_same_from_whichever_of_it_is_asked(pairs: set[tuple[int, int]]) -> None:
    partners: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        partners[str(one)].add(str(other))
        partners[str(other)].add(str(one))
    for number in map(str, range(10)):
        group = group_of(number, lambda id: partners[id])
        assert number in group
        assert all(group_of(other, lambda id: partners[id]) == group for other in group)


def test_a_trace_survives_storing() -> None:
    one = replace(trace(title="Ä, Prop. 2009/10:25"), counties=frozenset({"kalmar-lan"}))
    assert Trace.unpacked(one.packed()) == one


@pytest.mark.real
@pytest.mark.parametrize("seed", [1, 2])
def test_releases_made_from_real_news(shared: Path, seed: int) -> None:
    made = releases([json.loads(line) for line in news_lines(shared, 20_000)], 1_500, seed)
    traces = {}
    for line in made:
        known = Document(
            line["id"], line["title"], line["text"], source=line["source"], published=parse_date(line["date"]),
            regions=read_regions(line["title"], line["text"], None),
        )  # fmt: skip
        if found := trace_of(known):
            traces[known.id] = found
    holders: dict[int, set[str]] = defaultdict(set)
    for one in traces.values():
        for piece in one.pieces:
            holders[piece].add(one.id)
    near = {pair for ids in holders.values() for pair in combinations(sorted(ids), 2)}
    folded = {pair for pair in near if same_release(traces[pair[0]], traces[pair[1]])}
    by_release: dict[int, list[str]] = defaultdict(list)
    for line in made:
        by_release[line["release"]].append(line["id"])
    true = {pair for ids in by_release.values() for pair in combinations(sorted(ids), 2)}
    precision, recall = len(folded & true) / len(folded), len(folded & true) / len(true)
    print(f"duplicates: {len(made)} texts, {len(true)} pairs, precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= FLOORS["duplicates.precision"]
    assert recall >= FLOORS["duplicates.recall"]

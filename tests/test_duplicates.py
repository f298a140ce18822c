"""Duplicates: which texts are one release, and which only look alike."""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import closing
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from indexer.catalogue import IN_MEMORY, Catalogue
from indexer.catalogue.contents import packed, unpacked
from indexer.deduplication.fingerprints import (
    TextFingerprint,
    are_duplicates,
    canonical_of,
    says_the_same,
    text_fingerprint_of,
)
from indexer.documents import Document
from indexer.indexing import build
from indexer.indexing.checking import check
from indexer.indexing.committing import Committer
from indexer.indexing.curating import remove
from indexer.metadata.dates import parse_date
from indexer.metadata.regions import read_regions
from indexer.queries import Filters, Search
from indexer.results import Results
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.conftest import news_lines, write_jsonl
from tests.duplicate_set import joint_releases, releases
from tests.floors import FLOORS, half_of

SENTENCES = [
    f"Regionen satsar {number} miljoner kronor på företag och skolor i del {number} av landet." for number in range(20)
]


def text(first: int, last: int) -> str:
    return "\n".join(SENTENCES[first:last])


def document(body: str = text(0, 14), **more: Any) -> Document:
    day = more.pop("date", "2020-05-10")
    known = {"id": "a", "title": "Satsning", "source": "Region ett"} | more
    return Document(text=body, published=parse_date(day) if day else None, **known)


def fingerprint(**more: Any) -> TextFingerprint:
    found = text_fingerprint_of(document(**more))
    assert found
    return found


def text_of(id: str) -> str:
    return text(0, 14)


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
    (
        "one publisher, a word or two",
        {"source": "Region ett", "body": text(0, 14).replace("skolor i del 3", "alla i del 3")},
        True,
    ),
    (
        "one publisher, another number",
        {"source": "Region ett", "body": text(0, 14).replace("satsar 3 ", "satsar 33 ")},
        False,
    ),
    ("one publisher, another name", {"source": "Region ett", "body": text(0, 14) + "\nVänsterpartiet kommer."}, False),
    (
        "one publisher, a name as it is spelt",
        {"source": "Region ett", "body": text(0, 14).replace("Regionen satsar 3 ", "REGIONENS satsar 3 ")},
        True,
    ),
]


@pytest.mark.parametrize(("name", "other", "expected"), CASES)
def test_what_is_one_release(name: str, other: dict[str, Any], expected: bool) -> None:
    known = {"a": document(), "b": document(**{"id": "b", "source": "Tidningen", **other})}
    one, two = map(text_fingerprint_of, known.values())
    assert one and two
    assert are_duplicates(one, two, lambda id: known[id].text) is expected, name
    assert are_duplicates(two, one, lambda id: known[id].text) is expected


def test_different_counties_and_different_numbers_are_different_releases() -> None:
    one = fingerprint()
    orebro, kalmar = (replace(one, counties=frozenset({county})) for county in ("orebro-lan", "kalmar-lan"))
    assert not are_duplicates(orebro, kalmar, text_of)
    assert are_duplicates(orebro, one, text_of)
    numbered = [
        fingerprint(title="Avtal, Prop. 2009/10:25"),
        fingerprint(title="Avtal, Prop. 2009/10:26", source="Tidningen"),
    ]
    assert not are_duplicates(*numbered, text_of)


WORDINGS = [
    ("Möt falungong på torget i Visby.", "Möt Falun Gong på torget i Visby", True),
    ("Vad gör regeringen? Välkommen på mniseminarium!", "Vad gör regeringen? Välkommen på Miniseminarium!", True),
    (
        "Utfrågning av Centerpartiet om vård och skola i dag.",
        "Utfrågning av Vänsterpartiet om vård och skola i dag.",
        False,
    ),
    ("Vi börjar kl 2 på torget och slutar i hamnen.", "Vi börjar klockan två på torget och slutar i hamnen.", True),
    ("Vi börjar kl 15 på torget och slutar i hamnen.", "Vi börjar kl 17 på torget och slutar i hamnen.", False),
    ("Det är den första delen av samtalet om vård.", "Det är den andra delen av samtalet om vård.", False),
    ("Förslagen i lagrådsremissen gäller från nyår.", "Förslagen i propositionen gäller från nyår.", False),
    ("Vi visar en film av Bo och talar om den.", "Vi visar en film och talar om den.", False),
    ("Kom och lyssna, fråga och var med hos oss.", "Sitt ned och hör, svara och ät med alla.", False),
]


@pytest.mark.parametrize(("one", "other", "expected"), WORDINGS)
def test_which_wordings_say_the_same(one: str, other: str, expected: bool) -> None:
    end = " Alla är välkomna till ett samtal om det som rör dem mest i vardagen på landet och i staden."
    assert says_the_same(one + end, other + end) is says_the_same(other + end, one + end) is expected


def test_long_texts_are_not_compared_word_by_word() -> None:
    assert says_the_same("ord " * 3_000, "ord " * 3_000) is None


def test_a_short_text_is_no_release_that_can_be_known() -> None:
    assert text_fingerprint_of(document(text(0, 6))) is None


def test_the_head_is_the_earliest_then_the_longest() -> None:
    early, long, late = (
        fingerprint(id="z"),
        fingerprint(id="b", body=text(0, 16)),
        fingerprint(id="a", date="2020-05-11"),
    )
    undated = fingerprint(id="0", date="")
    assert canonical_of([late, undated, early]) == "z"
    assert canonical_of([early, long, late]) == "b"


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_a_group_is_the_same_from_whichever_of_it_is_asked(pairs: set[tuple[int, int]]) -> None:
    with closing(Catalogue(IN_MEMORY)) as catalogue:
        groups = catalogue.duplicate_groups
        groups._executemany(
            "INSERT OR IGNORE INTO pairs VALUES (?, ?)", [(str(one), str(other)) for one, other in pairs]
        )
        for number in map(str, range(10)):
            group = groups.members(number)
            assert number in group
            assert all(
                {str(one), str(other)}.isdisjoint(group) or {str(one), str(other)} <= {*group} for one, other in pairs
            )
            assert all(groups.members(other) == group for other in group)


def test_a_trace_survives_storing() -> None:
    one = replace(fingerprint(title="Ä, Prop. 2009/10:25"), counties=frozenset({"kalmar-lan"}))
    assert unpacked(packed(one)) == one


def measured(made: list[dict[str, Any]]) -> tuple[float, float]:
    """Precision and recall of the pairs of a set."""
    fingerprints, texts = {}, {line["id"]: line["text"] for line in made}
    for line in made:
        known = Document(
            line["id"], line["title"], line["text"], source=line["source"], published=parse_date(line["date"]),
            regions=read_regions(line["title"], line["text"], None),
        )  # fmt: skip
        if found := text_fingerprint_of(known):
            fingerprints[known.id] = found
    holders: dict[int, set[str]] = defaultdict(set)
    for one in fingerprints.values():
        for shingle in one.shingles:
            holders[shingle].add(one.id)
    near = {pair for ids in holders.values() for pair in combinations(sorted(ids), 2)}
    folded = {pair for pair in near if are_duplicates(fingerprints[pair[0]], fingerprints[pair[1]], texts.__getitem__)}
    by_release: dict[int, list[str]] = defaultdict(list)
    for line in made:
        by_release[line["release"]].append(line["id"])
    true = {pair for ids in by_release.values() for pair in combinations(sorted(ids), 2)}
    precision, recall = len(folded & true) / len(folded), len(folded & true) / len(true)
    print(f"duplicates: {len(made)} texts, {len(true)} pairs, precision {precision:.3f}, recall {recall:.3f}")
    return precision, recall


@pytest.mark.real
@pytest.mark.parametrize("seed", [1, 2])
def test_releases_made_from_real_news(shared: Path, seed: int) -> None:
    precision, recall = measured(releases([json.loads(line) for line in news_lines(shared, 20_000)], 1_500, seed))
    assert precision >= FLOORS["duplicates.precision"]
    assert recall >= FLOORS["duplicates.recall"]


@pytest.mark.real
def test_releases_that_several_publish_at_once(shared: Path) -> None:
    """Of the half of the news that no rule was made on."""
    news = [line for line in map(json.loads, news_lines(shared, 20_000)) if half_of(line["title"])]
    precision, recall = measured(joint_releases(news, 600, 2))
    assert precision >= FLOORS["duplicates.joint_precision"]
    assert recall >= FLOORS["duplicates.joint_recall"]


def of_publisher(number: int, body: str = text(0, 14)) -> Document:
    name, seat, county = PUBLISHERS[number]
    dateline = (f"{seat} 12 mars 2024 – ", f"{seat.upper()} ({name}). ", f"{seat}, 2024-03-12\n")[number]
    boxes = (
        f"Fakta:\n{name} bidrar med {number + 2} miljoner.\nOm {name}\n{name} ansvarar för vården i {county}.",
        f"Om {name}\n{name} arbetar för alla i {county}.\nKontakt: Bo Ek, {name}, 010-123 45 67",
        f"Presskontakt\nSiv Lund, {name}, 070-123 45 67\nFakta om {name}\nI {county} bor många.",
    )
    return known_as(f"p{number}", f"{dateline}{body}\n{boxes[number]}", name)


def known_as(id: str, body: str, source: str) -> Document:
    return replace(document(body, id=id, source=source, date="2024-03-12"), regions=read_regions("Satsning", body))


PUBLISHERS = [
    ("Region Örebro län", "Örebro", "Örebro län"),
    ("Region Dalarna", "Falun", "Dalarna"),
    ("Region Värmland", "Karlstad", "Värmland"),
]
LOCAL = [text(0, 14).replace("satsar 3 ", f"satsar {number}00 ") for number in range(3)]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ([of_publisher(number) for number in range(3)], True),
        ([of_publisher(number, LOCAL[number]) for number in range(3)], False),
        (
            [of_publisher(number, f"Pengarna går till {PUBLISHERS[number][2]}.\n{text(0, 14)}") for number in range(3)],
            False,
        ),
        ([replace(of_publisher(number), title=f"Satsning i {PUBLISHERS[number][2]}") for number in range(3)], False),
    ],
    ids=["one release", "a form with other sums", "a form for other counties", "titles of other counties"],
)
def test_what_each_publisher_adds_does_not_part_a_release(made: list[Document], expected: bool) -> None:
    known = {one.id: one for one in made}
    for pair in permutations(made, 2):
        one, other = map(text_fingerprint_of, pair)
        assert one and other
        assert are_duplicates(one, other, lambda id: known[id].text) is expected


def line(number: int, first: int, last: int, **more: Any) -> dict[str, Any]:
    published = {"id": f"d{number}", "title": f"Satsning {number}", "date": "2020-05-10", "source": f"Källa {number}"}
    return {**published, "text": text(first, last), **more}


RELEASE = [
    line(1, 0, 14, date="2020-05-11", text=f"{text(0, 14)}\nBara här nämns kantarellen.", title="Nytt från Kalmar län"),
    line(2, 0, 14, date="2020-05-10"),
    line(3, 4, 18, date="2020-05-12"),
    line(4, 9, 20, date="2020-05-13", source="Region fyra"),
    line(5, 0, 3),
]
"""d1, d2 and d3 are one release, d4 over d3; d2 is the first; d5 is too short."""


def answer(settings: Settings, **asked: Any) -> Results:
    return Searcher(settings).search(Search(**{"query": "satsar", **asked}))


def test_one_release_is_one_hit_that_names_all_publishers(settings: Settings) -> None:
    write_jsonl(settings.corpus / "a.jsonl", RELEASE)
    build(settings)
    found = answer(settings)
    assert {hit.id: [twin.id for twin in hit.duplicates] for hit in found.hits} == {"d2": ["d1", "d3", "d4"], "d5": []}
    assert {value.value: value.count for value in found.facets["source"]} == dict.fromkeys(
        ["Källa 1", "Källa 2", "Källa 3", "Region fyra", "Källa 5"], 1
    )
    kalmar = answer(settings, filters=Filters(region=("kalmar-lan",)))
    assert [hit.id for hit in kalmar.hits] == ["d2"], "it has the regions of all its publications"
    assert [place.value for place in kalmar.hits[0].regions] == ["kalmar-lan"]
    assert answer(settings, query="kantarellen").total == 0
    assert [hit.id for hit in answer(settings, query="kantarellen", with_duplicates=True).hits] == ["d1"]
    assert answer(settings, with_duplicates=True).total == 5
    assert check(settings).sound
    member = Searcher(settings).document("d3")
    assert member and member.canonical == "d2"


def memberships(settings: Settings) -> dict[str, Any]:
    searcher = Searcher(settings)
    documents = [searcher.document(hit.id) for hit in answer(settings, with_duplicates=True, size=100).hits]
    return {found.id: (found.canonical, [twin.id for twin in found.duplicates]) for found in documents if found}


def test_any_order_gives_the_same_releases(settings: Settings, tmp_path: Path) -> None:
    outcomes = []
    for place, order in enumerate(permutations(RELEASE[:4])):
        if place % 5:
            continue
        other = replace(
            settings, corpus=tmp_path / f"c{place}", index=tmp_path / f"i{place}", commit_every=1 + place % 3
        )
        other.corpus.mkdir()
        for number, one in enumerate(order):
            write_jsonl(other.corpus / f"{number}.jsonl", [one])
            build(other)
        outcomes.append(memberships(other))
        assert check(other).sound
    assert outcomes == [outcomes[0]] * len(outcomes)
    assert outcomes[0]["d2"] == (None, ["d1", "d3", "d4"])


def test_a_release_falls_apart_when_what_held_it_together_goes(settings: Settings) -> None:
    for one in RELEASE:
        write_jsonl(settings.corpus / f"{one['id']}.jsonl", [one])
    build(settings)
    remove(settings, ["d3"])
    assert memberships(settings) == {"d2": (None, ["d1"]), "d1": ("d2", []), "d4": (None, []), "d5": (None, [])}
    write_jsonl(settings.corpus / "d2.jsonl", [RELEASE[1] | {"date": "2020-05-12"}])
    build(settings)
    assert memberships(settings)["d1"] == (None, ["d2"]), "the earliest stands for it"
    (settings.corpus / "d1.jsonl").unlink()
    build(settings)
    assert memberships(settings)["d2"] == (None, [])
    assert check(settings).sound


@pytest.mark.parametrize("stays", [True, False])
def test_what_a_stop_left_of_a_release_is_told_anew(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, stays: bool
) -> None:
    """The catalogue has committed the second publication and the engine has not heard of it."""

    def stop(*given: object) -> None:
        raise KeyboardInterrupt

    others = [{"id": f"o{number}", "title": f"Annat {number}", "text": "Bussen går."} for number in range(9)]
    write_jsonl(settings.corpus / "a.jsonl", [RELEASE[1], *others])
    build(settings)
    write_jsonl(settings.corpus / "b.jsonl", RELEASE[:1])
    with monkeypatch.context() as stopped, pytest.raises(KeyboardInterrupt):
        stopped.setattr(Committer, "_give", stop)
        build(settings)
    if not stays:
        (settings.corpus / "b.jsonl").unlink()
    build(settings)
    assert memberships(settings)["d2"] == (None, ["d1"] if stays else [])
    assert check(settings).sound

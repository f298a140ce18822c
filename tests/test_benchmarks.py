"""What `make bench` measures is what it says: the same questions to every peer, each once, and answers of the same work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import documents, pages, report
from benchmarks.measuring import ask, build
from benchmarks.peers import PEERS, folder_of, kind_of
from benchmarks.questions import KINDS, Question, as_typed, questions

IN_PROCESS = ("Regionsök on Tantivy", "Regionsök on Whoosh", "bare tantivy-py", "SQLite FTS5")
NEWS = (
    ("a", "Nytt vindkraftverk byggs utanför Falun", "Kommunen bygger ett nytt vindkraftverk vid havet.", "2019"),
    ("b", "Vätgas till stålverk i Luleå", "Stålverket ersätter kol med vätgas och vindkraft.", "2020"),
    ("c", "Skolan i Karlstad renoveras", "Taket läggs om i sommar och skolgården får träd.", "2020"),
)
ASKED = {
    Question("word", ("vätgas",)): {"b"},
    Question("words", ("Skolan", "sommar")): {"c"},
    Question("phrase", ("nytt", "vindkraftverk")): {"a"},
    Question("either", ("vätgas", "taket")): {"b", "c"},
    Question("without", ("Stålverket", "falun")): {"b"},
    Question("beginning", ("karls",)): {"c"},
    Question("year", ("skolan", "taket"), "2020"): {"c"},
    Question("year", ("skolan", "taket"), "2019"): set(),
}


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The documents as every peer is given them."""
    file = tmp_path / "3.jsonl"
    lines = [
        {"id": id, "title": title, "text": text, "date": f"{year}-05-06", "source": f"{id}.example"}
        for id, title, text, year in NEWS
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return file


@pytest.mark.parametrize("name", IN_PROCESS)
def test_a_peer_finds_shows_and_counts_what_is_there(name: str, written: Path, tmp_path: Path) -> None:
    folder = folder_of(name, tmp_path, 3)
    built = build(kind_of(name)(folder), written, folder)
    assert built["disk"] > 0 and built["memory"] > 1
    peer = kind_of(name)(folder)
    for question, expected in ASKED.items():
        answer = peer.ask(question)
        full = set(answer.ids[: answer.total])  # partial matches follow where few have all words
        assert full == expected, question
        assert answer.total == len(expected), question
        if expected:
            source, year = answer.counts
            assert {value for value, number in source.items() if number} == {f"{id}.example" for id in expected}
            assert sum(year.values()) == len(expected)
            assert len(answer.shown) == len(answer.ids) and all(answer.shown)


def test_a_peer_that_misses_something_says_what() -> None:
    assert all(isinstance(kind_of(name).advice, str) and kind_of(name).advice for name in PEERS)


def test_every_question_is_asked_once_and_all_kinds_as_often() -> None:
    letters = "bcdfghjklm"
    titles = [
        {"title": f"{one}a{two}okraft {two}i{one}ebidrag {one}u{two}ystrategi", "date": f"20{number:02}-01-01"}
        for number, one in enumerate(letters)
        for two in letters
    ]
    drawn = questions(titles, 7)
    assert len(drawn) == len(set(drawn)) == 7 * len(KINDS)
    assert questions(titles, 7) == questions(titles, 7), "every run asks the same"


def test_a_judged_question_stays_as_it_was_typed() -> None:
    assert as_typed("Vad är e-hälsa?").text == "Vad är e-hälsa?"
    assert as_typed("Vad är e-hälsa?").words == ("Vad", "är", "e", "hälsa")


@pytest.mark.real
def test_no_two_pages_or_mixed_documents_are_alike(shared: Path, tmp_path: Path, written: Path) -> None:
    lines = list(documents.read(written))
    mixed = [documents._mixed(lines, number) for number in range(50)]
    assert len({document["id"] for document in mixed}) == len({document["url"] for document in mixed}) == 50
    folder = pages.written(tmp_path / "pages", written, 3)
    assert pages.index(tmp_path)["documents"] == pages.index(tmp_path, rebuild=True)["documents"] == 3
    contents = [path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())]
    assert len(set(contents)) == 3
    for (_, title, text, _), content in zip(NEWS, contents, strict=True):
        assert title in content and text in content


def test_eight_askers_get_other_questions_than_one(tmp_path: Path, written: Path) -> None:
    folder = folder_of("SQLite FTS5", tmp_path, 3)
    peer = kind_of("SQLite FTS5")(folder)
    peer.build(written)
    asked = [[["word", ["falun"], ""]], [["word", ["vätgas"], ""]], [["word", ["karlstad"], ""]] * 9]
    (tmp_path / "questions.json").write_text(json.dumps(asked), encoding="utf-8")
    figures = ask(peer, tmp_path / "questions.json")
    assert figures["one"]["found"] == {"word": 1} and figures["many"]["found"] == {"word": 9}
    assert len(figures["many"]["times"]["word"]) == 9 and figures["memory"] > 1


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(number) for number in range(1, 101)]
    assert (report.percentile(values, 0.5), report.percentile(values, 0.99)) == (50.0, 99.0)
    assert report.percentile([7.0], 0.99) == 7.0


def test_the_report_has_each_figure_and_says_what_is_missing(tmp_path: Path) -> None:
    asked: dict[str, Any] = {
        "rate": 123.0,
        "times": {kind: [4.0, 8.0] for kind in KINDS},
        "found": dict.fromkeys(KINDS, 3),
    }
    row = {"one": asked, "many": asked | {"rate": 246.0}, "memory": 77.0}
    names = ("Regionsök on Tantivy", "Regionsök over HTTP", "OpenSearch")
    results = {
        "command": "python -m benchmarks",
        "day": "2026-11-29",
        "machine": {"cores": "2"},
        "sizes": [1_000],
        "each": 2,
        "built": {
            "1000": {
                names[0]: {"seconds": 4.0, "memory": 300.0, "disk": 20.0},
                names[2]: {"seconds": 1.0, "memory": 1, "disk": 1},
            }
        },
        "asked": {"1000": dict.fromkeys(names, row)},
        "cold": {"1000": {names[0]: [0.3, 0.5, 0.4]}},
        "judged": {"agency_faq": {names[0]: {"ndcg@10": 0.7123, "recall@50": 0.9}}},
        "pages": {"trafilatura": {"pages": 100, "seconds": 1.0}, "index": {"pages": 100, "seconds": 4.0}},
        "stages": {"regions": 0.123},
        "missing": {"Xapian": "no python3-xapian for this Python"},
    }
    report.write(results, tmp_path)
    text = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    for figure in ("0.712", "0.400", "| 123 |", "246", "0.123", "Xapian: no python3-xapian"):
        assert figure in text, figure
    assert "| pages a second / trafilatura alone | 0.25 |" in text
    assert "| questions a second with 8 askers / with one, HTTP | 2.00 |" in text
    assert "| build, documents a second / OpenSearch bulk | 0.25 |" in text
    plots = [line.split("(")[1].rstrip(")") for line in text.splitlines() if line.startswith("![")]
    assert plots and all((tmp_path / plot).read_text(encoding="utf-8").startswith("<?xml") for plot in plots)

"""What `make bench` measures is what it says: the same questions to every peer, each once, and answers of the same work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import crawling, documents, ours, pages, plots, reached, report, steps
from benchmarks.measuring import ask, build
from benchmarks.peers import PEERS, folder_of, kind_of
from benchmarks.questions import KINDS, Question, as_typed, questions, read, write
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.web import page

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


def test_every_question_is_asked_once_and_all_kinds_as_often(tmp_path: Path) -> None:
    letters = "bcdfghjklm"
    titles = [
        {"title": f"{one}a{two}okraft {two}i{one}ebidrag {one}u{two}ystrategi", "date": f"20{number:02}-01-01"}
        for number, one in enumerate(letters)
        for two in letters
    ]
    drawn = questions(titles, 7)
    assert len(drawn) == len(set(drawn)) == 7 * len(KINDS)
    assert questions(titles, 7) == questions(titles, 7), "every run asks the same"
    write(tmp_path / "asked.json", titles, 1, 3)
    parts = read(tmp_path / "asked.json")
    assert [len(part) for part in parts] == [len(KINDS), 3 * len(KINDS), 3 * len(KINDS)]
    assert sorted(map(repr, drawn)) == sorted(repr(question) for part in parts for question in part), "none twice"


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
    contents = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.html"))]
    assert len(set(contents)) == 3
    for (_, title, text, _), content in zip(NEWS, contents, strict=True):
        assert title in content and text in content


def test_eight_askers_get_other_questions_than_one(tmp_path: Path, written: Path) -> None:
    folder = folder_of("SQLite FTS5", tmp_path, 3)
    peer = kind_of("SQLite FTS5")(folder)
    peer.build(written)
    asked = [[["word", [word], "", ""]] * often for word, often in (("falun", 1), ("vätgas", 1), ("karlstad", 9))]
    (tmp_path / "questions.json").write_text(json.dumps(asked), encoding="utf-8")
    figures = ask(peer, tmp_path / "questions.json")
    assert figures["one"]["found"] == {"word": 1} and figures["many"]["found"] == {"word": 9}
    assert len(figures["many"]["times"]["word"]) == 9 and figures["memory"] > 1


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(number) for number in range(1, 101)]
    assert (report.percentile(values, 0.5), report.percentile(values, 0.99)) == (50.0, 99.0)
    assert report.percentile([7.0], 0.99) == 7.0


def test_a_call_of_an_engine_within_another_is_counted_once() -> None:
    clock = ours.Clock()
    inner = clock.timed(lambda: None)
    clock.timed(lambda: [inner() for _ in range(1_000)])()
    outside = clock.seconds
    inner()
    assert 0 < outside < clock.seconds


def test_each_step_is_kept_once_goes_on_and_says_why_it_failed(tmp_path: Path) -> None:
    every = list(steps.steps(tmp_path, [10_000, steps.NEWS], list(PEERS)))
    names = [step.name for step in every]
    assert len(set(names)) == len(names)
    assert {"setup", "rebuild", "ask/69677/OpenSearch", "inside/69677", "serving/69677"} <= set(names)
    assert "ask/69677/Regionsök on Whoosh" not in names
    million = [step.name for step in steps.steps(tmp_path, [steps.MILLION], list(PEERS))]
    assert {name.split("/")[1] for name in million} == {"1000000"} and "build/1000000/OpenSearch" not in million
    results: dict[str, Any] = {"steps": {}, "missing": {}}
    steps.run(steps.Step("measuring", "ask", ("7", "nobody")), tmp_path, results)
    assert "No peer" in results["missing"]["ask/7/nobody"] and not results["steps"]
    steps.run(steps.Step("ours", "inside", ("7",), needs=tmp_path / "nowhere"), tmp_path, results)
    assert len(results["missing"]) == 1, "what rests on a step that failed is not tried"


def test_a_crawl_is_measured_from_its_start_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hosts, of three pages each."""
    monkeypatch.setattr(crawling, "HOSTS", 2)
    monkeypatch.setattr(crawling, "EACH", 3)
    (tmp_path / "pages").mkdir()
    for number in range(9):
        (tmp_path / "pages" / f"{number}.html").write_bytes(page(f"sida{number}x").body)
    figures = crawling.crawl(tmp_path)
    assert (figures["pages"], figures["in flight"]) == (6, 1)
    assert figures["seconds"] > figures["requests"] > 4 * crawling.LATENCY
    assert figures["work"] > 1
    assert figures["memory"] >= figures["fetching"] > 20
    indexed = Settings(corpus=tmp_path / "crawl" / "corpus", index=tmp_path / "crawl" / "index")
    assert Searcher(indexed).search(Search("sida5x")).total == 1, "indexing is part of it"


@pytest.fixture
def results() -> dict[str, Any]:
    """Figures of every step that the report tells of, each such that ratios are plain."""
    times = {kind: [4.0, 8.0] for kind in KINDS}
    asked = {"rate": 123.0, "times": times, "found": dict.fromkeys(KINDS, 3)}
    row = {"one": asked, "many": asked | {"rate": 246.0}, "memory": 77.0}
    twice = row | {"one": asked | {"times": {kind: [8.0, 16.0] for kind in KINDS}}}
    names = ("Regionsök on Tantivy", "Regionsök over HTTP", "Regionsök over HTTP with two facets")
    built = {"seconds": 4.0, "memory": 300.0, "disk": 20.0}
    figures = {
        **{f"ask/{size}/{name}": row for name in names for size in (23_000, 69_677, 1_000_000)},
        **{f"ask/{size}/{name}": twice for name in ("OpenSearch", "SQLite FTS5") for size in (23_000, 69_677)},
        **{f"build/{size}/{names[0]}": built for size in (69_677, 1_000_000)},
        "build/69677/OpenSearch": built | {"seconds": 1.0},
        "cold/69677/Regionsök on Tantivy": {"seconds": 0.4},
        "judge/agency_faq/Regionsök on Tantivy/agency_faq": {"ndcg@10": 0.7123, "recall@50": 0.9},
        "trafilatura": {"pages": 100, "seconds": 1.0},
        "index": {"pages": 100, "seconds": 4.0},
        "rebuild": {"pages": 100, "seconds": 0.5},
        "crawl": {
            "pages": 100,
            "work": 3.0,
            "seconds": 2.0,
            "requests": 1.0,
            "in flight": 1,
            "fetching": 150.0,
            "memory": 301.0,
        },
        "stages/10000": {"regions": 0.123},
        "inside/69677": {"whole": [3.0, 6.0], "engine": [2.0, 3.0]},
        "serving/69677": {"questions": 10_000, "memory": [90.0, 100.0, 101.0], "own": 60.0, "rates": [1.0, 2.0, 3.0]},
        "setup": {"seconds": 15.0},
    }
    return {
        "runs": [{"command": "python -m benchmarks", "commit": "abc1234"}],
        "machine": {"cores": "2"},
        "steps": {name: {"figures": one, "began": "2026-11-29 12:10", "load": 0.5} for name, one in figures.items()},
        "missing": {"Xapian": "no python3-xapian for this Python"},
    }


def test_the_report_has_each_figure_and_says_what_is_missing(tmp_path: Path, results: dict[str, Any]) -> None:
    report.write(results, tmp_path)
    text = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    for figure in ("0.712", "0.400", "| 123 |", "246", "0.123", "301", "Xapian: no python3-xapian", "2026-11-29 12:10"):
        assert figure in text, figure
    drawn = [line.split("(")[1].rstrip(")") for line in text.splitlines() if line.startswith("![")]
    assert drawn and all((tmp_path / plot).read_text(encoding="utf-8").startswith("<?xml") for plot in drawn)


def test_what_was_to_be_reached_is_said_of_each_figure(results: dict[str, Any]) -> None:
    def figures(*what: Any) -> Any:
        return results["steps"]["/".join(map(str, what))]["figures"]

    said = {row[0]: row[4:6] for row in reached.rows(figures)}
    assert list(said.values()) == [
        ["0.25 ", "**no**"],
        ["8 ×", "must"],
        ["1.5 ", "must"],
        ["0.5 ", "**no**"],
        ["0.5 ", "**no**"],
        ["0.5 ", "aim"],
        ["2 ×", "aim"],
        ["0.25 ", "must"],
        ["0.0667 min", "aim"],
        ["0.3 GB", "aim"],
        ["4 ms", "aim"],
        ["8 ms", "aim"],
        ["101 MB", "aim"],
        ["60 MB", "aim"],
        ["1 %", "aim"],
        ["0.4 s", "**no**"],
        ["50 ", "aim"],
        ["301 MB", "**no**"],
        ["15 s", "must"],
    ]
    del results["steps"]["setup"]
    assert [row[5] for row in reached.rows(figures)][-1] == "not measured"


def test_every_peer_looks_like_no_other() -> None:
    assert len(plots.COLOURS) == len(plots.MARKS) and len({*zip(plots.COLOURS, plots.MARKS, strict=True)}) >= len(PEERS)


def test_what_an_index_keeps_beside_pages_is_no_page(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.html").write_bytes(page(f"sida{number}").body)
    (tmp_path / ".regionsok").mkdir()
    assert pages.trafilatura(tmp_path)["pages"] == 3

"""Every command as a person reads it, beside what it gives to programs: the same facts on both faces, and no traceback."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from indexer.cli import cli, main
from indexer.facets import FACETS
from tests import command
from tests.conftest import write_jsonl
from tests.crawl_site import Sites

DOCUMENTS: list[dict[str, object]] = [
    {"id": "a", "title": "Vätgas i Örebro län", "text": "Region Örebro län satsar på vätgas i Kumla.", "date": "2021-04-19"},
    {"id": "b", "title": "Vätgas i Luleå", "text": "Norrbottens län och Skåne län får en fabrik för vätgas.", "date": "2019-03"},
    {"id": "c", "title": "Bad", "text": "Ett badhus öppnar.", "source": "Åmåls kommun"},
]  # fmt: skip

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command in a folder with three documents, a judged question and their index, and the exit code that is right."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus").mkdir()
    write_jsonl(tmp_path / "corpus" / "a.jsonl", DOCUMENTS)
    write_jsonl(tmp_path / "judged.jsonl", [{"id": "1", "query": "vätgas", "relevant": ["a", "b"]}])

    def run_one(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(cli, words, catch_exceptions=False)
        assert result.exit_code == code, (words, result.output)
        return result

    run_one("index")
    return run_one


def values_of(facet: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for value in facet:
        yield value
        yield from values_of(value["children"])


@pytest.mark.parametrize(
    "query",
    [
        "vätgas",
        "vätgas badhus",
        "",
        "finnsinte",
        "nämner:skåne",
        "vätgas region:örebro år:2021",
        "vätgas Luleå 2019",
        "mars 2019",
    ],
)
def test_search_tells_a_person_what_it_tells_programs(run: Run, query: str) -> None:
    plain, answer = run("search", query).stdout, json.loads(run("search", query, "--json").stdout)
    for hit in answer["hits"]:
        assert hit["title"] in plain and hit["id"] in plain
        assert all(snippet["text"].replace("\n", " ") in plain for snippet in hit["snippets"])
        assert all(word in plain for word in hit["missing"])
    assert answer["interpretation"] in plain
    for offer in answer["offers"]:
        (line,) = [
            line
            for line in plain.splitlines()
            if f"”{offer['text']}”" in line and line.startswith(("Med --literal", "Menar du"))
        ]
        assert offer["applied"] or all(
            said in line for said in (offer["label"], offer["value"], f"{offer['count']} träff")
        )
    for name, facet in answer["facets"].items():
        (line,) = [line for line in plain.splitlines() if line.startswith(f"{FACETS[name].label}:")]
        assert all(f"{value['label']} {value['count']}" in line for value in list(values_of(facet))[:8]), name


@pytest.mark.parametrize(
    "query",
    [
        "vätgas Luleå",
        '"vätgas" i Örebro år:2019..2021',
        "vätgas Luleå nämner:skåne",
        "region:örebro vätgas i Luleå år:2021",
    ],
)
def test_what_is_said_to_be_written_for_an_offer_finds_as_much_as_it_says(run: Run, query: str) -> None:
    offered = re.findall(r"\? (.+) ger (\d+) träff", run("search", query).stdout)
    assert offered
    for written, number in offered:
        assert run("search", *shlex.split(written)).stdout.startswith(f"{number} träff"), written


def test_the_words_that_were_taken_for_filters_are_said_on_one_line(run: Run) -> None:
    assert "Med --literal söks ”nyheter” och ”2019” som ord." in run("search", "nyheter 2019").stdout


def test_search_names_the_counties_that_are_only_named(run: Run) -> None:
    lines = run("search", "vätgas").stdout.splitlines()
    assert [line for line in lines if line.startswith("Nämner:")] == [
        "Nämner: Norrbottens län 1, Örebro län 1, Skåne län 1"
    ]


def test_one_is_one(run: Run) -> None:
    assert run("search", "badhus").stdout.startswith("1 träff: ")
    assert run("search", "vätgas").stdout.startswith("2 träffar: ")
    assert run("search", "vätgas", "--page", "2").stdout.endswith("\nSvaret har bara 1 sida.\n")


def test_explain_says_why_on_both_faces(run: Run) -> None:
    plain, answer = (
        run("search", "vätgas", "--explain").stdout,
        json.loads(run("search", "vätgas", "--explain", "--json").stdout),
    )
    assert all(sentence in plain for hit in answer["hits"] for sentence in hit["explanation"])
    assert all(hit["explanation"] for hit in answer["hits"])


SAME = [
    ("show", "a"),
    ("status",),
    ("status", "--aliases"),
    ("check",),
    ("analyse", "Industriutveckling i Örebro"),
    ("evaluate", "--documents", "corpus/a.jsonl", "--queries", "judged.jsonl"),
]  # fmt: skip


@pytest.mark.parametrize("words", SAME, ids=" ".join)
def test_what_is_data_is_indented_for_a_person_and_one_line_for_programs(run: Run, words: tuple[str, ...]) -> None:
    plain, compact = run(*words).stdout, run(*words, "--json").stdout
    assert json.loads(plain) == json.loads(compact)
    assert len(compact.splitlines()) == 1


def test_evaluate_shows_each_question_where_more_is_asked_for(run: Run) -> None:
    words = ("evaluate", "--documents", "corpus/a.jsonl", "--queries", "judged.jsonl")
    brief, full = run(*words).stdout, run(*words, "--verbose").stdout
    assert full.endswith(brief) and full.removesuffix(brief).splitlines()[0].endswith("vätgas")
    assert len(run(*words, "--verbose", "--json").stdout.splitlines()) == 1


def test_read_prints_a_document_a_line_for_programs(run: Run) -> None:
    plain, lines = run("read", "corpus/a.jsonl").stdout, run("read", "corpus/a.jsonl", "--json").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["a", "b", "c"]
    assert all(json.dumps(json.loads(line)["title"], ensure_ascii=False) in plain for line in lines)


CHANGING = [
    (("remove", "a"), ("remove", "b", "--json"), "removed a\n", {"removed": ["b"], "refused": []}),
    (
        ("remove", "a", "--forget"),
        ("remove", "b", "--forget", "--json"),
        "forgot a\n",
        {"forgot": ["b"], "refused": []},
    ),
    (
        ("hide", "a", "--name", "Örebro län"),
        ("hide", "b", "--name", "Norrbottens län", "--json"),
        "hidden a\n",
        {"hidden": ["b"]},
    ),
    (
        ("correct", "a", "--date", "2020"),
        ("correct", "b", "--date", "2020", "--json"),
        "corrected a\n",
        {"corrected": ["b"]},
    ),
    (("index", "--rebuild"), ("index", "--rebuild", "--json"), "3 dokument i indexet.\n", {"committed": 3}),
]


@pytest.mark.parametrize(
    ("plain", "programs", "said", "told"),
    CHANGING,
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_changes_the_index_says_so_on_both_faces(
    run: Run, plain: tuple[str, ...], programs: tuple[str, ...], said: str, told: dict[str, object]
) -> None:
    assert run(*plain).stdout == said
    assert json.loads(run(*programs).stdout) == told


NOTHING_DONE = [
    (("remove", "saknas"), 3, "regionsok: saknas: Dokumentet finns inte i indexet."),
    (("remove", "saknas", "--forget"), 3, "regionsok: saknas: Dokumentet finns inte i indexet."),
    (
        ("correct", "a", "--date", "i fjol"),
        2,
        "regionsok: Datumet ”i fjol” går inte att läsa; skriv 2019-03-12, 2019-03, 2019 eller okant.",
    ),
    (("correct", "a", "--undo"), 1, "regionsok: Dokumentet a är inte rättat; det finns inget att ta tillbaka."),
    (("add", ""), 3, "regionsok: (tomt namn): Filen finns inte; kontrollera sökvägen."),
    (("read", ""), 3, "regionsok: (tomt namn): Filen finns inte; kontrollera sökvägen."),
]


@pytest.mark.parametrize(
    ("words", "code", "sentence"), NOTHING_DONE, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_where_there_is_nothing_to_do_it_is_said_and_nothing_changes(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: int,
    sentence: str,
) -> None:
    monkeypatch.setattr("sys.argv", ["regionsok", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code, capsys.readouterr().err) == (code, sentence + "\n")
    assert json.loads(run("check", "--json").stdout)["documents"] == 3


def test_add_says_what_became_of_each_on_both_faces(run: Run) -> None:
    for name in ("ny", "nyare"):
        Path(f"{name}.txt").write_text(f"En {name} rubrik\n\nOm en {name} fabrik i Arjeplog.", encoding="utf-8")
    told = json.loads(run("add", "ny.txt", "--json").stdout)
    assert {name: len(ids) for name, ids in told.items()} == {"added": 1, "updated": 0, "unchanged": 0, "refused": 0}
    lines = run("add", "nyare.txt").stdout.splitlines()
    assert lines[0].startswith("added ") and lines[-1] == "added 1, updated 0, unchanged 0, refused 0"


@pytest.fixture
def site(run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sites]:
    """One source on a loopback address, which these commands may fetch."""
    command.allow(monkeypatch.setattr)
    served = Sites()
    Path("sources").mkdir()
    Path("sources/plats.toml").write_text(
        f'name = "Plats"\nstart = ["{served.url(2)}"]\ndelay = 0.01\n', encoding="utf-8"
    )
    Path("regionsok.toml").write_text('crawl_contact = "test@region.example"\n', encoding="utf-8")
    yield served
    served.close()


def test_crawl_and_sources_say_what_was_done_on_both_faces(run: Run, site: Sites) -> None:
    assert run("sources", "check").stdout == "1 källa går att använda.\n"
    assert json.loads(run("sources", "check", "--json").stdout)["sources"].keys() == {"plats"}
    head, plats, *_, last = run("crawl", "plats").stdout.splitlines()
    assert head.split()[:3] == ["källa", "frågat", "nya"] and plats.split()[0] == "plats"
    new = int(plats.split()[2])
    assert new >= 1 and last == f"{3 + new} dokument i indexet."
    assert run("crawl", "plats", "--report").stdout.splitlines()[:2] == [head, plats]
    told = json.loads(run("crawl", "plats", "--json").stdout)
    assert told["documents"] == 3 + new and told["sources"].keys() == {"plats"}


def test_news_tells_a_person_what_it_tells_programs(run: Run) -> None:
    for name in ("person", "program"):
        begun = run("news", "vätgas", "--since-last", name, *(["--json"] if name == "program" else [])).stdout
        assert json.loads(begun)["hits"] == [] if name == "program" else begun.startswith("Nästa gång skrivs det")
    more = [{"id": f"d{number}", "title": f"Ny vätgas {number}", "text": f"Vätgas {number}."} for number in range(3)]
    write_jsonl(Path("corpus") / "d.jsonl", [*more])
    run("index")
    plain = run("news", "vätgas", "--since-last", "person").stdout
    told = json.loads(run("news", "vätgas", "--since-last", "program", "--json").stdout)
    assert len(told["hits"]) == told["total"] == 3 and told["since"] < told["until"]
    assert all(hit["title"] in plain and hit["id"] in plain for hit in told["hits"])
    assert "”a/b” går inte" in run("news", "vätgas", "--since-last", "a/b", code=2).output


TESTED = {
    "search",
    "news",
    "show",
    "status",
    "check",
    "analyse",
    "evaluate",
    "read",
    "remove",
    "hide",
    "correct",
    "index",
    "add",
    "crawl",
    "sources",
}
IN_THE_BROWSER = {"serve"}
ELSEWHERE = {"questions", "backup", "restore"}
"""In test_operating.py and test_backup.py."""


def test_every_command_stands_in_this_file() -> None:
    assert set(cli.commands) == TESTED | IN_THE_BROWSER | ELSEWHERE

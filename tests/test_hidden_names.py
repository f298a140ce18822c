"""A hidden name on every face and in every shape of a question: as if the document were not in the collection."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from msgspec.structs import replace

from indexer.cli import cli
from indexer.indexing import build
from indexer.indexing.checking import aliases
from indexer.indexing.curating import hide
from indexer.queries import Search
from indexer.results import Results, to_json
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.conftest import ENGINES, write_jsonl
from webapp import create_app

NAME = "Karin Exempelsson"
SECRET = "Kvarnhjulet"
"""Stands in the title of the hidden document, and nowhere else."""
ABOUT = "Stadens kafé bakar bröd av spannmål som odlas på ön, och gästerna kommer långväga med färjan om sommaren. "
RELEASE = f"Karin Exempelsson tar över föreningen. {' '.join(f'Punkt {n} gäller föreningens hus {n * 7}.' for n in range(40))}"
DOCUMENTS: list[dict[str, object]] = [
    {"id": "dolt", "title": f"{SECRET}: Karin Exempelsson öppnar kafé", "date": "2020-02-01", "source": "Bladet",
     "text": f"Karin Exempelsson, även kallad Kaffekarin, bakar bröd. #KarinExempelsson {ABOUT}"},
    {"id": "annan", "title": "Karin Exempelsson talar på torget", "date": "2020-03-01", "text": "Om kafé och bröd talar Karin Exempelsson på torget; gästerna på ön väntar på färjan, och spannmål odlas."},
    {"id": "karin", "title": "Karin Berg bygger", "date": "2021-01-01", "text": "Karin Berg bygger ett hus vid torget."},
    {"id": "kvar", "title": "Kafé vid ån", "date": "2019-01-01", "text": f"{ABOUT} Här finns skola och hamn."},
]  # fmt: skip

SHAPES = [
    NAME,
    "Exempelsson Karin",
    "KARIN EXEMPELSSON",
    "karin, exempelsson!",
    "Exempelsson, Karin",
    "Vem är Karin Exempelsson?",
    "Karins Exempelssons",
    "karin exempelssons kafé",
    "Karín Exempelssón",
    "Ka\u0301rin Exempelsson",
    "Kar\u00adin Exempels\u200bson",
    f'"{NAME}"',
    f'="{NAME}"',
    "=karin =exempelsson",
    '"Karin bakar"~5 Exempelsson',
    '"Karin Exempelsson"~3',
    "Karin* Exempels*",
    "Kar* Exem*",
    "Karin~ Exempelsson~",
    "Karim~ Exempelson~",
    "Kari~ Exempels*",
    "rubrik:Karin rubrik:Exempelsson",
    f'rubrik:"{NAME}"',
    "rubrik:(Karin Exempelsson)",
    "rubrik:Exempels* Karin",
    "karin NÄRA/3 exempelsson",
    "Exempelsson NÄRA Karin",
    "Karin ELLER Exempelsson",
    "(Karin OCH Exempelsson) ELLER kafé",
    "+Karin +Exempelsson",
    "kafé Karin Exempelsson INTE skola",
    "kafé ELLER (hamn INTE (Karin OCH Exempelsson))",
    "Karin-Exempelsson",
    "Karin/Exempelsson",
    "#karinexempelsson",
    "karinexempels*",
    "Karin Exempelsson år:2020",
    "Karin Exempelsson Kaffekarin",
]
JOINED = "KarinExempelsson"
"""Where no document has it, it is taken for two words; the hidden one has it, and its words stay known."""
MISSPELT = ["Karin Exempelson", "Karrin Exempelsson", "Kaffekarin Karin Exempelssson"]
OTHERS = [
    "kafé",
    "Karin",
    "Exempelsson",
    "Kvarnhjulet",
    "bröd INTE Exempelsson",
    "karin kafé",
    "Exempels*",
    "Karin Berg",
    "Kaffekarin",
]


@pytest.fixture(scope="module", params=ENGINES)
def indexes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Settings]:
    """The collection with a document hidden, without that document, and as it was."""
    root = tmp_path_factory.mktemp(f"hidden-{request.param}")
    made = {}
    for name in ("hidden", "without", "before"):
        (root / name).mkdir()
        kept = [document for document in DOCUMENTS if name != "without" or document["id"] != "dolt"]
        write_jsonl(root / name / "a.jsonl", kept)
        made[name] = Settings(corpus=root / name, index=root / f"{name}-index", engine=request.param)
        build(made[name])
    hide(made["hidden"], "dolt", NAME)
    return made


@pytest.fixture(scope="module")
def searchers(indexes: dict[str, Settings]) -> dict[str, Searcher]:
    return {name: Searcher(settings) for name, settings in indexes.items()}


def told(results: Results) -> object:
    """What an answer says but for scores, which all documents of a collection count in, and what leads to it."""
    said = to_json(results)
    facets = {
        name: {value.value: value.count for value in values if value.count} for name, values in results.facets.items()
    }
    hits = {(hit.id, hit.missing) for hit in results.hits}
    return [hits, facets, *(said[name] for name in ("notes", "suggestion", "total", "total_relaxed", "pages"))]


@pytest.mark.parametrize("question", SHAPES)
def test_it_is_answered_as_if_the_document_were_not_there(searchers: dict[str, Searcher], question: str) -> None:
    for search in (
        Search(question),
        Search(question, order="nyast"),
        Search(question, literal=True, with_duplicates=True),
    ):
        assert told(searchers["hidden"].search(search)) == told(searchers["without"].search(search))
    explained = replace(Search(question), explain=True)
    assert SECRET not in json.dumps(to_json(searchers["hidden"].search(explained)))


@pytest.mark.parametrize("question", MISSPELT)
def test_a_misspelt_name_is_the_name(searchers: dict[str, Searcher], question: str) -> None:
    assert "dolt" in {hit.id for hit in searchers["before"].search(Search(question)).hits}
    assert told(searchers["hidden"].search(Search(question))) == told(searchers["without"].search(Search(question)))


def test_the_shapes_would_find_it(searchers: dict[str, Searcher]) -> None:
    lost = [
        question
        for question in SHAPES
        if "dolt" not in {hit.id for hit in searchers["before"].search(Search(question)).hits}
    ]
    assert lost == [], "a shape that never finds the document shows nothing"


@pytest.mark.parametrize("question", OTHERS)
def test_every_other_question_finds_it_as_before(searchers: dict[str, Searcher], question: str) -> None:
    assert told(searchers["hidden"].search(Search(question))) == told(searchers["before"].search(Search(question)))


@pytest.fixture(scope="module")
def client(indexes: dict[str, Settings]) -> FlaskClient:
    return create_app(indexes["hidden"]).test_client()


FACES: dict[str, Callable[[str], str]] = {
    "page": lambda question: f"/sok?q={quote(question)}",
    "oldest": lambda question: f"/sok?q={quote(question)}&sortera=aldst&dubbletter=visa&forklara=ja",
    "json": lambda question: f"/sok.json?q={quote(question)}&antal=100",
    "completions": lambda question: f"/forslag?q={quote(question)}",
    "other document": lambda question: f"/dokument/annan?q={quote(question)}",
}


@pytest.mark.parametrize("face", FACES)
def test_no_face_shows_it(client: FlaskClient, face: str) -> None:
    for question in (*SHAPES, *MISSPELT, JOINED):
        shown = client.get(FACES[face](question))
        assert shown.status_code == 200
        assert SECRET not in shown.text and "dolt" not in shown.text, (face, question)


def test_nothing_typed_is_completed_to_it(searchers: dict[str, Searcher]) -> None:
    assert (
        searchers["before"].complete("Karin Exempels").titles != searchers["hidden"].complete("Karin Exempels").titles
    )
    for whole in ("Karin Exempelsson", "Exempelsson Karin", "Exempelsson", "Kvarnhjulet", "KarinExempelsson"):
        for length in range(1, len(whole) + 1):
            completions = searchers["hidden"].complete(whole[:length])
            assert "dolt" not in [id for _, id in completions.titles], whole[:length]
            for completion in completions.completions:
                assert completion.count == searchers["hidden"].search(Search(completion.text)).total


def test_trends_and_coverage_count_without_it(indexes: dict[str, Settings]) -> None:
    hidden, without = (create_app(indexes[name]).test_client() for name in ("hidden", "without"))
    for question in SHAPES:
        rows = [line for line in hidden.get(f"/trend.csv?q={quote(question)}").text.splitlines()]
        others = [line for line in without.get(f"/trend.csv?q={quote(question)}").text.splitlines()]
        assert [row.split(";")[3] for row in rows] == [row.split(";")[3] for row in others], question
    assert SECRET not in hidden.get("/tackning").text


def test_the_terminal_and_the_list_of_names_do_not_show_it(indexes: dict[str, Settings]) -> None:
    settings = indexes["hidden"]
    places = ["--corpus", str(settings.corpus), "--index", str(settings.index), "--engine", settings.engine]
    for more in (["--json"], ["--json", "--explain"]):
        run = CliRunner().invoke(cli, ["search", NAME, *more, *places])
        assert run.exit_code == 0 and SECRET not in run.output and '"dolt"' not in run.output
    assert "Kaffekarin" in {alias.other for alias, _ in aliases(indexes["before"])}
    assert [alias for alias, _ in aliases(settings) if alias.document == "dolt"] == []


def test_the_document_itself_is_there_for_who_has_its_address(client: FlaskClient) -> None:
    """Hiding is about questions; the README says so."""
    assert SECRET in client.get("/dokument/dolt").text


@pytest.fixture
def release(settings: Settings) -> Callable[[str], Searcher]:
    """One release by three publishers; a function that hides one of them."""
    write_jsonl(
        settings.corpus / "a.jsonl",
        [
            {"id": id, "title": "Karin Exempelsson tar över", "text": RELEASE, "date": f"2020-01-0{day}",
             "source": source, "url": f"https://{source.lower()}.example/{id}"}
            for day, id, source in ((1, "r1", "Ettan"), (2, "r2", "Tvaan"), (3, "r3", "Trean"))
        ],
    )  # fmt: skip
    build(settings)

    def hiding(id: str) -> Searcher:
        hide(settings, id, NAME)
        return Searcher(settings)

    return hiding


@pytest.mark.parametrize(("hidden", "shown", "others"), [("r2", "r1", {"r3"}), ("r1", "r2", set())])
def test_of_a_release_the_others_are_shown(
    release: Callable[[str], Searcher], hidden: str, shown: str, others: set[str]
) -> None:
    searcher = release(hidden)
    results = searcher.search(Search(NAME))
    assert [hit.id for hit in results.hits] == [shown]
    assert {other.id for hit in results.hits for other in hit.duplicates} == others
    assert sum(value.count for value in results.facets["year"]) == results.total == 1
    assert {hit.id for hit in searcher.search(Search(NAME, with_duplicates=True)).hits} == {"r1", "r2", "r3"} - {hidden}
    assert searcher.search(Search("föreningen")).hits[0].id == "r1", "another question finds the release as before"


def test_a_page_of_the_release_does_not_lead_to_it(release: Callable[[str], Searcher]) -> None:
    searcher = release("r1")
    for id in ("r2", "r3"):
        document = searcher.document(id)
        assert document is not None and document.canonical is None
        assert "r1" not in [other.id for other in searcher.similar(document)]


NAMES = [
    ("Åsa-Märta Sjöbergé", "Åsa-Märta Sjöbergé talade.", ["åsamärta sjöbergé", "Åsa Märta Sjöbergé", "åsa-märta sjöbergés"]),
    ("Anna Lindberg", "Anna Lindberg talade.", ["anna lindberg", "Anna Lindbergs", "Lindberg, Anna"]),
    ("André Ek", "André Eks hus, sade Andre Ek.", ["Andre Ek", "andré eks", "Ek Andre"]),
    ("Lars von Ås", "Lars von Ås talade, även Lars Ås.", ["lars von ås", "von ås lars", '"lars von ås"']),
    ("Per-Olof Hans", "P-O, alltså Per-Olof Hans.", ["per olof hans", "perolof hans", "Hans Per-Olof"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "questions"), NAMES)
def test_names_of_several_kinds(tmp_path: Path, name: str, text: str, questions: list[str]) -> None:
    (tmp_path / "corpus").mkdir()
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    write_jsonl(
        settings.corpus / "a.jsonl", [{"id": "a", "title": "Möte", "text": text}, {"id": "b", "text": "Annat."}]
    )
    build(settings)
    hidden = Searcher(settings)
    found = [question for question in questions if hidden.search(Search(question)).total]
    assert found == questions
    hide(settings, "a", name)
    for question in questions:
        results = hidden.search(Search(question))
        assert (results.total, results.total_partial) == (0, 0), question
    assert hidden.search(Search("möte talade")).hits[0].id == "a"

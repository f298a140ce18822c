"""A facet is one entry of the table: a sixth one, added nowhere else, is on every face."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import indexer
from indexer.parsing import parse
from indexer.queries import Filters
from tests.conftest import write_jsonl

DOCUMENTS = [
    {"id": "a", "text": "Vätgas i hamnen i Örebro.", "language": "sv"},
    {"id": "b", "text": "Batterier i hamnen.", "language": "sv"},
    {"id": "c", "text": "Hydrogen in the harbour.", "language": "en"},
    {"id": "d", "text": "Vätgas."},
]
VALUES = [("sv", "Svenska", 2), ("en", "Engelska", 1), ("okant", "Okänt språk", 1)]


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each face says in a process that has the sixth facet."""
    folder = tmp_path_factory.mktemp("sixth")
    (folder / "corpus").mkdir()
    write_jsonl(folder / "corpus" / "a.jsonl", DOCUMENTS)
    command = [sys.executable, "-m", "tests.sixth_facet", str(folder / "corpus"), str(folder / "index")]
    root = Path(indexer.__file__).parents[1]
    process = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, encoding="utf-8")
    return json.loads(process.stdout)


def ids(answer: str) -> list[str]:
    return sorted(hit["id"] for hit in json.loads(answer)["hits"])


def test_json_counts_it_with_labels_and_addresses(faces):
    facet = json.loads(faces["json"])["facets"]["language"]
    assert [(value["value"], value["label"], value["count"]) for value in facet] == VALUES
    assert facet[1]["url"] == "/sok?sprak=en"


def test_an_address_narrows_by_it_and_says_what_cannot_be_read(faces):
    assert ids(faces["address"]) == ["c"]
    answer = json.loads(faces["address"])
    assert answer["interpretation"] == "alla dokument, nyast först, på språket Engelska"
    assert [value["selected"] for value in answer["facets"]["language"]] == [False, True, False]
    problem = json.loads(faces["unreadable"])
    assert problem["status"] == 400
    assert (problem["detail"], problem["allowed"]) == ('Språket "latin" finns inte; skriv sv eller en.', ["sv", "en"])


def test_the_question_language_has_its_word(faces):
    assert ids(faces["question"]) == ["d"]
    assert json.loads(faces["question"])["interpretation"] == "”vätgas”, på språket okänt"
    assert ids(faces["inside"]) == ["a", "c", "d"]
    assert json.loads(faces["unread"])["notes"][0] == "Språket ”latin” finns inte; orden söks i texten."


def test_the_command_line_has_its_option_and_its_line(faces):
    assert "--language TEXT" in faces["help"] and "Språk; kan upprepas." in faces["help"]
    assert ids(faces["option"]) == ["c"]
    assert "Språk: Svenska 2, Engelska 1, Okänt språk 1" in faces["lines"].splitlines()


def test_the_page_has_its_boxes_its_chosen_filter_and_a_field_to_mend(faces):
    page = BeautifulSoup(faces["page"], "html.parser")
    boxes = {box["value"]: box.has_attr("checked") for box in page.select("input[type=checkbox][name=sprak]")}
    assert boxes == {"sv": True, "en": False, "okant": False}
    assert "Språk" in [legend.get_text() for legend in page.select("legend")]
    assert [link.get_text() for link in page.select(".chosen li a")] == ["Ta bort Svenska", "Rensa alla"]
    field = BeautifulSoup(faces["mend"], "html.parser").select_one("input[aria-invalid][name=sprak]")
    assert field is not None and field["value"] == "latin"
    assert "sprak" in [name.get_text() for name in BeautifulSoup(faces["help page"], "html.parser").select("code")]


def test_no_facet_but_those_of_the_table_can_be_chosen():
    with pytest.raises(TypeError, match="language"):
        Filters(language=("sv",))


def test_what_a_question_chooses_can_stand_in_an_address():
    parsed = parse("nämner:karlskoga vätgas")
    assert not parsed.filters and parsed.notes == ("Länet ”karlskoga” finns inte; orden söks i texten.",)

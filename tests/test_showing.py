"""Beyond this machine: texts of third parties only as an excerpt, and no one's telephone, address or identity number."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from indexer.documents import Document
from indexer.indexing import build
from indexer.queries import Search
from indexer.results import Snippet
from indexer.settings import Settings, SettingsError, load_settings
from tests.web_answers import HIT, results
from webapp import create_app, showing
from webapp.showing import EXCERPT, excerpt, is_loopback, masked, public_document, public_results

LONG = "Vätgas " + "lagras i bergrum under staden. " * 40
SECRET = "Det sista ordet är kvastskaft."


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, facts in {
        "third": 'url = "https://tidning.example/a"\ndate = 2024-03-12',
        "own": 'rights = "egen"',
        "agency": 'source = "Region Dalarna"',
    }.items():
        (corpus / f"{name}.txt").write_text(f"Om vätgas i {name}\n\n{LONG}{SECRET} Ring 08-123 456 78.\n")
        (corpus / f"{name}.toml").write_text(facts)
    made = Settings(corpus=corpus, index=tmp_path / "index", rights={"Region Dalarna": "myndighet"})
    build(made)
    return made


def faces(settings: Settings, public: bool, host: str = "localhost") -> dict[str, dict[str, str]]:
    """Face -> title -> everything that is said of the document."""
    browser = create_app(settings, public=public).test_client()
    base = {"base_url": f"http://{host}/"}
    found = json.loads(browser.get("/sok.json?q=vätgas", **base).text)
    page = BeautifulSoup(browser.get("/sok?q=vätgas", **base).text, "html.parser")
    titles = {hit["id"]: hit["title"] for hit in found["hits"]}
    return {
        "json": {hit["title"]: " ".join(part["text"] for part in hit["snippets"]) for hit in found["hits"]},
        "page": {
            hit.h3.get_text(): " ".join(p.get_text() for p in hit.select(".snippet")) for hit in page.select(".hits li")
        },
        "document": {
            title: BeautifulSoup(browser.get(f"/dokument/{id}?q=vätgas", **base).text, "html.parser")
            .select_one(".text")
            .get_text()
            for id, title in titles.items()
        },
        "document json": {title: browser.get(f"/dokument/{id}.json", **base).text for id, title in titles.items()},
    }


def test_on_this_machine_everything_is_shown(settings: Settings) -> None:
    shown = faces(settings, public=False)
    assert all(SECRET in text for face in ("document", "document json") for text in shown[face].values())


@pytest.mark.parametrize(("public", "host"), [(True, "localhost"), (True, "sok.example"), (False, "sok.example")])
def test_elsewhere_third_parties_are_cut_on_every_face(settings: Settings, public: bool, host: str) -> None:
    shown = faces(settings, public, host)
    for face in ("document", "document json"):
        assert SECRET not in shown[face]["Om vätgas i third"], face
        assert SECRET in shown[face]["Om vätgas i own"] and SECRET in shown[face]["Om vätgas i agency"], face
    for face in ("json", "page", "document"):
        assert 0 < len(shown[face]["Om vätgas i third"].strip()) <= EXCERPT + 4, face
    assert len(json.loads(shown["document json"]["Om vätgas i third"])["text"]) <= EXCERPT


def test_a_cut_document_keeps_title_date_counties_and_the_way_to_the_original(settings: Settings) -> None:
    browser = create_app(settings, public=True).test_client()
    hit = next(hit for hit in browser.get("/sok.json?q=vätgas").json["hits"] if hit["title"] == "Om vätgas i third")
    assert (hit["published"], hit["url"]) == ("2024-03-12", "https://tidning.example/a")
    assert hit["regions"] == [{"value": "hela-landet", "label": "Hela landet"}]
    page = BeautifulSoup(browser.get(f"/dokument/{hit['id']}").text, "html.parser")
    assert page.select_one(".facts a")["href"] == hit["url"]
    assert page.select_one(".cut").get_text().startswith("Längre än så får texten inte visas här. Den står hos ")
    assert page.select_one(".cut a")["href"] == hit["url"]
    whole = browser.get("/sok.json?q=own").json["hits"][0]["id"]
    assert not BeautifulSoup(browser.get(f"/dokument/{whole}").text, "html.parser").select(".cut")


def test_spans_of_a_cut_snippet_stay_inside_it() -> None:
    text = "ord " * 100
    spans = tuple((at, at + 3) for at in range(0, 400, 4))
    cut = public_results(results(Search(), hits=(replace(HIT, snippets=(Snippet(text, spans),) * 2),)), {}).hits[0]
    (snippet,) = cut.snippets
    assert len(snippet.text) <= EXCERPT
    assert {snippet.text[start:end] for start, end in snippet.highlights} == {"ord"}


MASKED = [
    ("Ring 08-123 456 78.", "08-123 456 78"),
    ("Tel: 070-123 45 67, växel", "070-123 45 67"),
    ("+46 (0)8 123 456 78", "+46 (0)8 123 456 78"),
    ("0046 70 123 45 67", "0046 70 123 45 67"),
    ("(0243-123 45)", "0243-123 45"),
    ("skriv till anna.berg@region.example nu", "anna.berg@region.example"),
    ("född 800101-1234", "800101-1234"),
    ("198001011234", "198001011234"),
    ("5 000 000 kronor och 1 200 000 000 euro", ""),
    ("2014-2020, 2019-02-11 och 1,25 procent", ""),
    ("diarienummer N2020/02345", ""),
]


@pytest.mark.parametrize(("text", "secret"), MASKED)
def test_personal_numbers_and_addresses_are_masked_and_other_numbers_are_not(text: str, secret: str) -> None:
    assert masked(text) == text.replace(secret, "•" * len(secret))


@given(st.text("0123456789١ +-–()/.,@a\u00a0", max_size=40))
@example("0 (–) / 8-1--2  3/(4)-5")
def test_what_is_looked_for_first_passes_over_nothing(text: str) -> None:
    assert masked(text) == showing._PERSONAL.sub(lambda match: "•" * len(match[0]), text)


def test_snippets_of_every_document_are_masked_where_others_see_them() -> None:
    hit = replace(HIT, rights="egen", snippets=(Snippet("Ring 08-123 456 78", ((0, 4),)),))
    shown = public_results(results(Search(), hits=(hit,)), {}).hits[0].snippets
    assert shown == (Snippet("Ring •••••••••••••", ((0, 4),)),)


@pytest.mark.parametrize(("excerpt", "most"), [(0, 0), (20, 20), (1_000, EXCERPT), (None, EXCERPT)])
def test_no_more_is_shown_than_the_publisher_lets(excerpt: int | None, most: int) -> None:
    text = "Vätgas i industrin behöver mycket el. " * 20
    hit = replace(HIT, excerpt=excerpt, snippets=(Snippet(text, ((0, 6),)),))
    shown = public_results(results(Search(), hits=(hit,)), {}).hits[0].snippets
    assert sum(len(snippet.text) for snippet in shown) <= most and (most == 0 or shown)
    found = public_document(Document("a", "Vätgas", text, excerpt=excerpt), {}).text
    assert len(found) <= most and (most == 0 or found)


def test_a_limit_holds_for_a_text_that_may_else_be_shown() -> None:
    document = Document("a", "Vätgas", "Vätgas i industrin behöver mycket el.", rights="egen", excerpt=10)
    assert public_document(document, {}).text == "Vätgas i…"


def test_an_excerpt_ends_with_a_whole_word() -> None:
    assert excerpt("kort") == "kort"
    assert excerpt("ord " * 60)[-4:] == "ord…"
    assert len(excerpt("x" * 500)) == EXCERPT


HOSTS = [("127.0.0.1", True), ("127.8.0.1", True), ("::1", True), ("[::1]", True), ("localhost", True)]
HOSTS += [
    ("0.0.0.0", False),
    ("::", False),
    ("10.0.0.1", False),
    ("localhost.example", False),
    ("", False),
    (None, False),
]


@pytest.mark.parametrize(("host", "loopback"), HOSTS)
def test_only_loopback_is_this_machine(host: str | None, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_the_operator_is_read_from_the_settings_file(tmp_path: Path) -> None:
    config = tmp_path / "regionsok.toml"
    config.write_text('[public]\noperator = "Region X"\ncontact = "sok@x.example"\n[rights]\n"Region X" = "egen"\n')
    settings = load_settings(config, {})
    assert (settings.public_operator, settings.public_contact) == ("Region X", "sok@x.example")
    assert settings.rights == {"Region X": "egen"}
    for wrong in ('public = "Region X"', "rights = 1", '[public]\nowner = "x"'):
        config.write_text(wrong)
        with pytest.raises(SettingsError):
            load_settings(config, {})

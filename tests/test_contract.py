"""The contract with programs: what /openapi.json says holds, an answer is gone on with, and a public service is asked within bounds."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from xml.etree import ElementTree

import pytest
from flask import request
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as trying
from itsdangerous import URLSafeSerializer
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from indexer import FORMS, Search, Searcher, Settings, build
from indexer.searching import PARTIAL_BELOW
from tests.conftest import write_jsonl
from tests.test_web_serving import server
from tests.web_answers import Answers, client, page
from webapp import answering, create_app, pages

PROJECT = Path(__file__).resolve().parents[1]
PUBLIC = {"public_operator": "Region X", "public_contact": "sok@region.example"}
IDENTITY = {"Accept-Encoding": "identity"}


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An index of the documents that the project brings."""
    settings = Settings(PROJECT / "corpus", tmp_path_factory.mktemp("index"))
    build(settings)
    return settings


@pytest.fixture(scope="module")
def contract(ours: Settings) -> Any:
    """What /openapi.json says."""
    return create_app(ours).test_client().get("/openapi.json").json


# --- the contract ---------------------------------------------------------------------------------------------------


def test_the_contract_is_valid_and_says_what_every_face_says_itself(contract: Any, ours: Settings) -> None:
    validate(contract)
    assert contract["openapi"].startswith("3.1")
    said = {path: [one["name"] for one in face["get"]["parameters"]] for path, face in contract["paths"].items()}
    expected = {"/sok.json", "/forslag", "/forslag.json", "/trend.csv", "/openapi.json"}
    assert expected | {f"/sok.{form}" for form in FORMS} < {*said}
    assert {f"/dokument/{{id}}.{form}" for form in ("json", "ris", "bib")} < {*said}
    browser = create_app(ours).test_client()
    for path, names in said.items():
        refused = browser.get(f"{path}?okänd=1").json
        assert [name for name in names if name != "id"] == refused["allowed"], path
    for face in contract["paths"].values():
        for one in face["get"]["parameters"]:
            assert one["description"] and one["description"].endswith("."), one["name"]


def valid(contract: Any, schema: Any, value: Any) -> None:
    """Holds a value to a schema of the contract."""
    Draft202012Validator({**schema, "components": contract["components"]}).validate(value)


def test_every_example_can_be_asked_and_the_answer_has_the_shape_that_is_said(contract: Any, ours: Settings) -> None:
    browser, id = create_app(ours).test_client(), Searcher(ours).search(Search()).hits[0].id
    for path, face in contract["paths"].items():
        examples = {one["name"]: one["example"] for one in face["get"]["parameters"] if "example" in one}
        for query in ({}, *({name: value} for name, value in examples.items())):
            asked = f"{path.replace('{id}', quote(id))}?{urlencode(query, doseq=True)}"
            answer = browser.get(asked)
            assert answer.status_code == 200, (asked, answer.text)
            ((media, content),) = face["get"]["responses"]["200"]["content"].items()
            assert answer.mimetype == media, asked
            if "json" in media and media != "application/jsonl":
                valid(contract, content["schema"], answer.json)
    problem = browser.get("/sok.json?x=1").json
    valid(contract, contract["components"]["schemas"]["Problem"], problem)


UNSAYABLE = [
    ("cursor", "cursor", ""),
    ("period", "till", "Perioden"),
    ("pairs", "region", "Högst 6 par av fråga och län"),
]
"""What no schema says: a cursor comes from an answer, a period ends after it begins, so many are laid side by side."""


def unsayable(contract: Any, case: Any, failure: Exception, query: str, answer: Any) -> str:
    """Why a difference is none: what no schema says, or what the address as it is written says and the value it was made of does not."""
    is_as_said = written_as_said(contract, contract["paths"][case.operation.path]["get"], query)
    if type(failure).__name__ == "AcceptedNegativeData":
        return "alike" if is_as_said else ""
    if type(failure).__name__ != "RejectedPositiveData":
        return ""
    refused = answer.json()
    for name, parameter, begins in UNSAYABLE:
        if refused["parameter"] == parameter and refused["detail"].startswith(begins):
            return name
    return "" if is_as_said else "alike"


def written_as_said(contract: Any, face: Any, query: str) -> bool:
    """Whether an address is as the contract has it: an empty value is none, a repeated one is one, true is a text and 10.0 no number."""
    said = {one["name"]: one["schema"] for one in face["parameters"]}
    for name, values in parse_qs(query).items():
        given = list(dict.fromkeys(value.strip() for value in values if value.strip()))
        schema = said.get(name, False)
        if not given or (schema and schema.get("type") == "array"):
            value: Any = given
        else:
            value = int(given[0]) if schema and schema.get("type") == "integer" and given[0].isdecimal() else given[0]
            if len(given) > 1:
                return False
        whole = {**schema, "components": contract["components"]} if schema else schema
        if not schema or (given and not Draft202012Validator(whole).is_valid(value)):
            return False
    return True


def tried(settings: Settings, examples: int) -> tuple[Counter[int], list[str], Counter[str]]:
    """Statuses of random requests as schemathesis makes them, what differs from the contract, and what no schema says."""
    import schemathesis
    from schemathesis.core.failures import FailureGroup

    app, asked = create_app(settings), list[str]()
    # Of a value that is an object, the query that comes is not the one that the request's own address says.
    app.before_request(lambda: asked.append(request.query_string.decode()))
    schema, contract = schemathesis.openapi.from_wsgi("/openapi.json", app), app.test_client().get("/openapi.json").json
    statuses, excused, differences = Counter[int](), Counter[str](), list[str]()

    def attempt(case: Any) -> None:
        answer = case.call(headers=IDENTITY)
        statuses[answer.status_code] += 1
        try:
            case.validate_response(answer)
        except FailureGroup as failed:
            for failure in failed.exceptions:
                if why := unsayable(contract, case, failure, asked[-1], answer):
                    excused[why] += 1
                else:
                    differences.append(f"{case.as_curl_command()}: {failure}")

    attempts = trying(
        max_examples=examples, database=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    for operation in (found.ok() for found in schema.get_all_operations()):
        for mode in schemathesis.GenerationMode:
            if operation.query or mode == schemathesis.GenerationMode.POSITIVE:
                attempts(given(case=operation.as_strategy(generation_mode=mode))(attempt))()
    return statuses, differences, excused


@pytest.mark.parametrize(
    "requests",
    [300, pytest.param(1_500, marks=pytest.mark.long), pytest.param(10_000, marks=pytest.mark.soak)],
)
def test_random_requests_are_answered_as_the_contract_says(ours: Settings, requests: int) -> None:
    statuses, differences, excused = tried(ours, requests // 20)
    print(
        f"{statuses.total()} requests: {dict(statuses)}; {len(differences)} differences; said in words only: {excused}"
    )
    assert not differences, "\n".join(differences)
    assert max(statuses) < 500 and statuses.total() >= requests


# --- cursors --------------------------------------------------------------------------------------------------------


def notices(numbers: range, day: str = "2020-01-") -> list[dict[str, object]]:
    """Documents of different days, some of a day, lengths and words."""
    return [
        {
            "id": f"n{number:03d}",
            "title": f"Nyhet {number}",
            "text": f"Regionen satsar på vätgas. {'Industrin växer. ' * (number % 7)} {'Vätgas igen. ' * (number % 3)}",
            "date": f"{day}{number % 9 + 1:02d}" if number % 10 else None,
        }
        for number in numbers
    ]


def written(settings: Settings, documents: list[dict[str, object]], name: str = "a") -> Settings:
    """The settings, with more documents in corpus and index."""
    given = [{key: value for key, value in document.items() if value is not None} for document in documents]
    write_jsonl(settings.corpus / f"{name}.jsonl", given)
    build(settings)
    return settings


def gone_on(browser: FlaskClient, asked: str) -> Iterator[list[str]]:
    """The ids of each page of an answer, by its cursors."""
    answer = browser.get(asked).json
    yield [hit["id"] for hit in answer["hits"]]
    while answer["cursor"] is not None:
        answer = browser.get(f"{asked}&cursor={quote(answer['cursor'])}").json
        yield [hit["id"] for hit in answer["hits"]]


QUESTIONS = [
    "q=v%C3%A4tgas", "q=v%C3%A4tgas&sortera=nyast", "q=&sortera=aldst", "q=", "q=v%C3%A4tgas+industrin+nyhet+13",
    "q=kvantdator+v%C3%A4tgas+industrin", "q=kvantdator+v%C3%A4tgas&ar=2020", "q=saknas&ordagrant=ja",
]  # fmt: skip


def test_a_cursor_goes_on_as_the_pages_do(settings: Settings) -> None:
    browser = create_app(written(settings, notices(range(60)))).test_client()
    for question in QUESTIONS:
        for size in (1, 7, 100):
            asked = f"/sok.json?{question}&antal={size}&facetter=inga"
            by_number = [browser.get(f"{asked}&sida={number}").json for number in range(1, 62 // size + 2)]
            ids = [[hit["id"] for hit in answer["hits"]] for answer in by_number]
            assert [*gone_on(browser, asked)] == [some for some in ids if some] or [[]], question
            assert [answer["page"] for answer in by_number[:1]] == [1]


@pytest.mark.parametrize("order", ["nyast", "aldst", "relevans"])
def test_documents_that_come_in_move_nothing(settings: Settings, order: str) -> None:
    """By date each that was there comes once, whatever comes in; by relevance too, where what comes in leaves their order."""
    alike = {"title": "Vätgas", "text": "Regionen satsar på vätgas."} if order == "relevans" else {}
    browser = create_app(written(settings, [one | alike for one in notices(range(40))])).test_client()
    chance, number = random.Random(order), 100
    asked = f"/sok.json?q=v%C3%A4tgas&sortera={order}&antal=7&facetter=inga"
    seen = list[str]()
    for some in gone_on(browser, asked):
        seen += some
        if number < 130:
            more = notices(range(number, number + chance.randint(1, 12)))
            more = [one | alike | {"id": f"{chance.choice('az')}{one['id']}"} for one in more]
            written(settings, more, f"b{number}")
            number += len(more)
    assert len({*seen}) == len(seen) and {f"n{one:03d}" for one in range(40)} <= {*seen}, "none twice, none missing"


def test_where_the_last_hit_is_gone_the_next_one_follows(settings: Settings) -> None:
    documents = notices(range(30))
    browser = create_app(written(settings, documents)).test_client()
    for order in ("nyast", "aldst"):
        asked = f"/sok.json?q=v%C3%A4tgas&sortera={order}&antal=5&facetter=inga"
        whole = [id for some in gone_on(browser, asked) for id in some]
        first = browser.get(asked).json
        written(settings, [one for one in documents if one["id"] != whole[4]])
        then = browser.get(f"{asked}&cursor={quote(first['cursor'])}").json
        assert [hit["id"] for hit in then["hits"]][:3] == whole[5:8]
        written(settings, documents)


def test_partial_matches_follow_once_though_documents_come_in(settings: Settings) -> None:
    browser = create_app(written(settings, notices(range(40)))).test_client()
    asked = "/sok.json?q=kvantdator+v%C3%A4tgas+industrin&antal=6&facetter=inga"
    first = browser.get(asked).json
    assert first["total"] < PARTIAL_BELOW and first["total_relaxed"] > 20
    written(settings, notices(range(100, 120)), "b")
    then = browser.get(f"{asked}&cursor={quote(first['cursor'])}").json
    assert not {hit["id"] for hit in first["hits"]} & {hit["id"] for hit in then["hits"]}
    full = [{"id": f"k{number}", "text": f"En kvantdator med vätgas i industrin, {number}."} for number in range(12)]
    written(settings, full, "c")
    ended = browser.get(f"{asked}&cursor={quote(first['cursor'])}").json
    assert (ended["hits"], ended["cursor"], ended["total"]) == ([], None, 12), (
        "what it went on with is no answer any more"
    )


def test_a_cursor_made_by_hand_does_not_come_through(settings: Settings) -> None:
    app = create_app(written(settings, notices(range(40))))
    browser, asked = app.test_client(), "/sok.json?q=v%C3%A4tgas&antal=5"
    cursor = browser.get(asked).json["cursor"]
    assert browser.get(f"{asked}&cursor={quote(cursor)}").status_code == 200
    assert create_app(settings).test_client().get(f"{asked}&cursor={quote(cursor)}").status_code == 200, "of a restart"
    chance = random.Random(7)
    payload = json.loads(urlsafe_b64decode(cursor.rpartition(".")[0] + "=="))
    made = [URLSafeSerializer(key, "").dumps(payload) for key in ("", "regionsok", "0 0", str(settings.index))]
    made += ["*", "0", ".", "..", "é", "\ud800"[:0] + "%00", cursor + ".", cursor[:-1], cursor.swapcase(), cursor * 9]
    made += [urlsafe_b64encode(json.dumps({"position": n}).encode()).decode() for n in (-1, 0, 10**30)]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ "
    for _ in range(2_000):
        place = chance.randrange(len(cursor))
        made.append(cursor[:place] + chance.choice(alphabet) + cursor[place + chance.randint(0, 2) :])
    statuses = Counter[int]()
    for typed in {*made} - {cursor}:
        answer = browser.get(f"{asked}&{urlencode({'cursor': typed})}")
        statuses[answer.status_code] += typed.strip() != cursor
    for foreign in (
        "q=industrin",
        "q=v%C3%A4tgas&ar=2020",
        "q=v%C3%A4tgas&sortera=nyast",
        "q=v%C3%A4tgas&ordagrant=ja",
    ):
        statuses[browser.get(f"/sok.json?{foreign}&cursor={quote(cursor)}").status_code] += 1
    print(f"{statuses.total()} cursors made by hand: {dict(statuses)}")
    assert {*statuses} == {400}
    refused = browser.get(f"{asked}&sida=2&cursor={quote(cursor)}")
    assert refused.status_code == 400 and refused.json["parameter"] == "cursor"
    assert create_app(searcher=Answers()).test_client().get("/sok.json?cursor=x").status_code == 400


# --- fields ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [["id"], ["title", "ID", "text"], ["published_evidence", "rights", "score"]])
def test_a_hit_has_the_fields_that_are_asked_for(ours: Settings, fields: list[str]) -> None:
    answer = create_app(ours).test_client().get(f"/sok.json?{urlencode({'falt': fields}, doseq=True)}").json
    assert all([*hit] == [field.lower() for field in fields] for hit in answer["hits"]) and answer["hits"]


def test_whole_texts_come_where_rights_allow(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    text = "Regionen satsar på vätgas. " * 40
    settings = Settings(tmp_path / "corpus", tmp_path / "index")
    documents = [{"id": right[:5], "text": text, "rights": right} for right in ("egen", "tredje part")]
    written(settings, documents)
    for public, lengths in ((False, [len(text.strip())] * 2), (True, [len(text.strip()), 200])):
        app = create_app(settings, public=public)
        hits = app.test_client().get("/sok.json?falt=id&falt=text&dubbletter=visa").json["hits"]
        found = {hit["id"]: len(hit["text"]) for hit in hits}
        assert found["egen"] == lengths[0] and (found["tredj"] <= lengths[1]) and (public or found["tredj"] > 200)


def test_a_field_that_there_is_not_is_refused() -> None:
    answer = client().get("/sok.json?falt=losenord")
    assert answer.status_code == 400 and answer.json["parameter"] == "falt" and "text" in answer.json["allowed"]
    assert client().get("/sok.csv?falt=id").status_code == 400, "a file has its columns"


# --- how a public service is asked ------------------------------------------------------------------------------------

FACES = ["/sok.json", "/forslag?q=a", "/trend.csv", "/openapi.json", "/saknas.json", "/sok.json?x=1"]
PAGES = ["/", "/sok", "/hjalp", "/utvecklare", "/robots.txt", "/opensearch.xml", "/saknas"]
SHARED = "Access-Control-Allow-Origin"


@pytest.mark.parametrize("public", [False, True])
def test_only_what_a_public_service_gives_programs_may_be_read_by_pages_of_others(ours: Settings, public: bool) -> None:
    browser = create_app(ours, public=public).test_client()
    asking = {"Origin": "https://annan.example", "X-Forwarded-For": "203.0.113.9"}
    for path in FACES:
        shared = browser.get(path, headers=asking).headers.get(SHARED)
        assert shared == ("*" if public else None), path
        preflight = browser.options(path, headers=asking | {"Access-Control-Request-Headers": "if-none-match"})
        assert preflight.headers.get(SHARED) == shared
        assert preflight.status_code == (405 if not public else 404 if "saknas" in path else 200), path
        assert browser.post(path, headers=asking).status_code == 405
    for path in PAGES:
        assert SHARED not in browser.get(path, headers=asking).headers, path
        assert browser.options(path, headers=asking).status_code == 405


def limited(**settings: Any) -> FlaskClient:
    """A public service that may be asked three times a minute."""
    given = Settings(public_requests_per_minute=3, **PUBLIC, **settings)
    return create_app(given, searcher=Answers()).test_client()


def test_who_asks_too_often_is_told_when_to_ask_again() -> None:
    browser = limited()
    for left in (2, 1, 0):
        answer = browser.get("/sok.json?q=a")
        assert answer.status_code == 200 and answer.headers["RateLimit-Policy"] == '"minut";q=3;w=60'
        name, remaining, reset = answer.headers["RateLimit"].split(";")
        assert (name, remaining) == ('"minut"', f"r={left}") and 1 <= int(reset[2:]) <= 60
    refused = browser.get("/forslag?q=a")
    assert refused.status_code == 429 and 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.mimetype == "application/problem+json" and refused.json["title"] == "Too Many Requests"
    assert refused.headers[SHARED] == "*" and "RateLimit" in refused.headers["Access-Control-Expose-Headers"]
    page_of = browser.get("/sok?q=a")
    assert page_of.status_code == 200 and "RateLimit" not in page_of.headers, "who reads pages is not counted"
    assert browser.get("/sok.json?q=a", environ_base={"REMOTE_ADDR": "203.0.113.7"}).status_code == 200


CLIENTS = [
    ((), "127.0.0.1", "203.0.113.1", "127.0.0.1"),
    (("127.0.0.1",), "127.0.0.1", "203.0.113.1", "203.0.113.1"),
    (("127.0.0.1",), "127.0.0.1", "198.51.100.9, 203.0.113.1", "203.0.113.1"),
    (("127.0.0.1", "10.0.0.0/8"), "127.0.0.1", "198.51.100.9, 203.0.113.1, 10.2.3.4", "203.0.113.1"),
    (("10.0.0.0/8",), "127.0.0.1", "203.0.113.1", "127.0.0.1"),
    (("::1",), "::1", "2001:db8::7", "2001:db8::7"),
    (("127.0.0.1",), "127.0.0.1", "", ""),
    (("127.0.0.1",), "127.0.0.1", "påhittad", "påhittad"),
    (("127.0.0.1",), "127.0.0.1", "127.0.0.1", "127.0.0.1"),
]


@pytest.mark.parametrize(("trusted", "peer", "forwarded", "expected"), CLIENTS)
def test_a_client_is_the_last_address_that_no_trusted_proxy_has(
    trusted: tuple[str, ...], peer: str, forwarded: str, expected: str
) -> None:
    app = limited(public_trusted_proxies=trusted).application
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    with app.test_request_context("/sok.json", headers=headers, environ_base={"REMOTE_ADDR": peer}):
        assert answering.client() == expected


def test_nobody_is_counted_unless_it_is_said(ours: Settings) -> None:
    private = create_app(Settings(public_requests_per_minute=1), searcher=Answers()).test_client()
    public = create_app(Settings(**PUBLIC), searcher=Answers()).test_client()
    for browser in (private, public):
        for _ in range(3):
            answer = browser.get("/sok.json")
            assert answer.status_code == 200 and "RateLimit" not in answer.headers


def test_without_its_package_the_server_says_which_is_missing(tmp_path: Path) -> None:
    lines = '[public]\noperator = "X"\ncontact = "a@b.example"\nrequests_per_minute = 9\n'
    (tmp_path / "regionsok.toml").write_text(lines, encoding="utf-8")
    without = "import sys; sys.modules['limits'] = None; from indexer.cli import main; main()"
    options = ["serve", "--port", "0", "--index", str(tmp_path / "index"), "--config", str(tmp_path / "regionsok.toml")]
    said = subprocess.run([sys.executable, "-c", without, *options], capture_output=True, text=True, check=False)
    assert said.returncode == 1 and said.stderr.count("\n") == 1 and "Paketet limits behövs" in said.stderr


def test_what_a_program_has_is_not_sent_again(ours: Settings) -> None:
    browser = create_app(ours).test_client()
    id = quote(browser.get("/sok.json").json["hits"][0]["id"])
    for path in (
        "/sok.json",
        "/forslag?q=v",
        "/forslag.json?q=v",
        f"/dokument/{id}.json",
        "/trend.csv?q=a",
        "/openapi.json",
    ):
        first = browser.get(path)
        again = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code, again.data) == (200, 304, b""), path
        assert first.headers["Cache-Control"] == "no-cache"


# --- browsers and search engines --------------------------------------------------------------------------------------


def test_a_browser_finds_the_search_and_its_suggestions(ours: Settings) -> None:
    browser = create_app(ours).test_client()
    for path in ("/", "/sok?q=a", "/hjalp", "/saknas"):
        assert 'rel="search" type="application/opensearchdescription+xml"' in browser.get(path).text
    told = browser.get("/opensearch.xml")
    assert told.mimetype == "application/opensearchdescription+xml"
    root = ElementTree.fromstring(told.data)
    names = {"os": "http://a9.com/-/spec/opensearch/1.1/"}
    assert (
        root.findtext("os:ShortName", "", names) == "Regionsök" and len(root.findtext("os:ShortName", "", names)) <= 16
    )
    assert root.findtext("os:Image", "", names).startswith("data:image/svg+xml,%3Csvg")
    ways = {url.get("type"): url.get("template", "") for url in root.findall("os:Url", names)}
    assert "ol.hits" and "vätgas" in browser.get(path_of(ways["text/html"], "v%C3%A4tgas")).text
    typed, offered = browser.get(path_of(ways["application/x-suggestions+json"], "ene")).json
    assert (
        typed == "ene" and offered == [one["text"] for one in browser.get("/forslag?q=ene").json["completions"]] != []
    )


def path_of(template: str, typed: str) -> str:
    """The address that a browser asks, without its host."""
    parts = urlsplit(template.replace("{searchTerms}", typed))
    return f"{parts.path}?{parts.query}"


@pytest.mark.parametrize("asked", [False, True])
def test_search_engines_are_told_of_documents_where_the_operator_wants_it(
    ours: Settings, asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PART", 20)
    browser = create_app(Settings(ours.corpus, ours.index, public_sitemap=asked, **PUBLIC)).test_client()
    listed = browser.get("/sitemap.xml")
    assert ("Sitemap: http://localhost/sitemap.xml" in browser.get("/robots.txt").text) == asked
    if not asked:
        assert listed.status_code == browser.get("/sitemap-1.xml").status_code == 404
        return
    parts = [unescape(part) for part in re.findall("<loc>(.*?)</loc>", listed.text)]
    found = [unescape(url) for part in parts for url in re.findall("<loc>(.*?)</loc>", browser.get(part).text)]
    total = Searcher(ours).search(Search()).total
    assert len(parts) == -(-total // 20) and len(found) == len({*found}) == total
    assert {browser.get(url).status_code for url in found} == {200}
    assert ElementTree.fromstring(browser.get(parts[0]).data).tag.endswith("urlset")
    assert browser.get(f"/sitemap-{len(parts) + 1}.xml").status_code == 404


# --- for developers ---------------------------------------------------------------------------------------------------


def test_the_example_of_the_page_gets_every_hit(ours: Settings) -> None:
    with server(ours.corpus, ours.index) as (_, address):
        read = subprocess.run([sys.executable, "-c", EXAMPLE, address], capture_output=True, text=True, check=True)
    printed = read.stdout.splitlines()
    found = list(Searcher(ours).documents(Search("vätgas", order="nyast")))
    assert len(printed) == len(found) == 3
    assert [line.partition(" ")[2] for line in printed] == [one.document.title for one in found]


EXAMPLE = """
import re, sys, html, urllib.request
page = urllib.request.urlopen(sys.argv[1] + "/utvecklare").read().decode()
code = html.unescape(re.search("<pre[^>]*><code>(.*?)</code></pre>", page, re.S)[1])
exec(code.replace('"antal": 100', '"antal": 1'))
"""


def test_the_page_for_developers_says_what_each_parameter_means() -> None:
    soup = page("/utvecklare")
    told = {term.get_text(): term.find_next("dd").get_text() for term in soup.select("dl.examples dt")}
    assert [*told] == client().get("/sok.json?x=1").json["allowed"] and all(told.values())
    assert page("/").find("a", string="För utvecklare")["href"] == "/utvecklare"

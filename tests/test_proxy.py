"""Behind a proxy: every address of every face lies below the prefix that a trusted proxy names, and nobody else can name one."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urldefrag, urljoin, urlsplit
from urllib.request import Request, urlopen
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from indexer import Search, Searcher, Settings, build
from tests.browsing import chromium, serving
from tests.conftest import lacking, write_jsonl
from webapp import create_app

__all__ = ["chromium"]

PROJECT = Path(__file__).resolve().parents[1]
PREFIX = "/sok-tjanst"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin") or ""
OPERATOR = {"public_operator": "Region X", "public_contact": "sok@region.example"}
TRUSTING = {**OPERATOR, "public_trusted_proxies": ("127.0.0.1",)}
STATED = """[public]
operator = "Region X"
contact = "sok@region.example"
trusted_proxies = ["127.0.0.1"]
sitemap = true
"""
CONFIGURATION = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location {prefix}/ {{
      proxy_pass {service}{slash};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Prefix {prefix};
    }}
  }}
}}
"""


IDS = [
    "https://region.example/nyhet/1",
    "https://region.example/?id=2&a=b#c",
    "å/ä ö",
    "50 % mer",
    "a/b/c",
    "a?b",
    "c;d+e",
]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An index of the documents that the project brings, and of some whose ids are addresses or hard to write in one."""
    folder = tmp_path_factory.mktemp("ours")
    shutil.copytree(PROJECT / "corpus", folder / "corpus", ignore=shutil.ignore_patterns(".regionsok"))
    hard = [
        {"id": id, "title": id, "text": f"Vindkraft i Dalarna, {number} av flera."} for number, id in enumerate(IDS)
    ]
    write_jsonl(folder / "corpus" / "hard.jsonl", hard)
    settings = Settings(folder / "corpus", folder / "index", **TRUSTING, public_sitemap=True)
    build(settings)
    return settings


@contextmanager
def nginx(folder: Path, service: str, slash: str) -> Iterator[str]:
    """The address of the prefix at a real nginx in front of a service; with a slash it takes the prefix away."""
    if not NGINX:
        lacking("there is no nginx (Debian: apt-get install nginx-light)")
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    filled = CONFIGURATION.format(folder=folder, port=port, prefix=PREFIX, service=service, slash=slash)
    (folder / "nginx.conf").write_text(filled, encoding="utf-8")
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    with subprocess.Popen(command) as process:
        try:
            until = time.monotonic() + 60
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=10).close()
                    break
                except OSError:
                    assert time.monotonic() < until and process.poll() is None, "nginx does not answer"
                    time.sleep(0.05)
            yield f"http://127.0.0.1:{port}{PREFIX}/"
        finally:
            process.terminate()


@pytest.fixture(scope="module", params=["/", ""], ids=["prefix taken away", "prefix passed on"])
def front(request: pytest.FixtureRequest, ours: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("nginx")
    config = folder / "regionsok.toml"
    config.write_text(STATED, encoding="utf-8")
    with serving(ours, "--config", str(config)) as service, nginx(folder, service, request.param) as address:
        yield address


@dataclass
class Walk:
    """What a crawler meets that begins at one address and goes wherever it is led."""

    start: str
    foreign: set[str]
    """Addresses elsewhere that pages may lead to: the originals."""
    found: dict[str, str] = field(default_factory=dict)
    """Address -> which one led to it."""
    statuses: dict[str, int] = field(default_factory=dict)
    outside: list[str] = field(default_factory=list)
    faces: Counter[str] = field(default_factory=Counter)

    def go(self, most: int) -> None:
        """Ask so many addresses, of each sort the same number as far as there are."""
        self.found[self.start] = ""
        while len(self.statuses) < most and (left := [url for url in self.found if url not in self.statuses]):
            url = min(left, key=lambda url: self.faces[shape(url, self.start)])
            self.faces[shape(url, self.start)] += 1
            try:
                with urlopen(url, timeout=60) as answer:
                    self.statuses[url] = answer.status
                    self.meet(url, answer.headers.get_content_type(), answer.read().decode("utf-8", "replace"))
            except HTTPError as error:
                self.statuses[url] = error.code
                error.close()

    def meet(self, page: str, media: str, content: str) -> None:
        for link in links(media, content):
            url = urldefrag(urljoin(page, link)).url
            if link.startswith(("data:", "mailto:")) or link in {*self.foreign, self.start.rstrip("/")}:
                continue
            if url.startswith(self.start):
                self.found.setdefault(url, page)
            else:
                self.outside.append(f"{page} -> {link}")


def shape(url: str, start: str) -> str:
    """The sort of an address: its path, of documents one for all, and what it asks for."""
    path = re.sub(
        "^dokument/.*?(\\.json|\\.ris|\\.bib)?$", "dokument/\\1", urlsplit(url).path.removeprefix(urlsplit(start).path)
    )
    return f"{path}?{','.join(sorted({pair.partition('=')[0] for pair in urlsplit(url).query.split('&')}))}"


def links(media: str, content: str) -> Iterator[str]:
    """All that an answer leads to."""
    if media == "text/html":
        for node in BeautifulSoup(content, "html.parser").select("[href], [src], [action]"):
            yield str(node.get("href") or node.get("src") or node.get("action"))
    elif media.endswith(("/json", "+json")):
        yield from addresses_in(json.loads(content))
    elif media.endswith("xml"):
        for element in ElementTree.fromstring(content).iter():
            yield element.get("href") or element.get("template", "").partition("?")[0]
            yield (element.text or "") if element.tag.endswith("loc") else ""
    elif media == "text/plain":
        for line in re.findall(r"^(?:Disallow|Allow|Sitemap): *(\S+)", content, re.M):
            yield line.partition("?")[0] if line.endswith("?") else line


def addresses_in(value: Any) -> Iterator[str]:
    """The addresses under `url` in JSON, but those of documents."""
    if isinstance(value, dict):
        if "url" in value and "title" not in value and isinstance(value["url"], str):
            yield value["url"]
        for one in value.values():
            yield from addresses_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from addresses_in(one)


def test_a_crawler_meets_nothing_outside_the_prefix_and_nothing_broken(front: str, ours: Settings) -> None:
    originals = {found.document.url or "" for found in Searcher(ours).documents(Search())}
    walk = Walk(front, {*originals, *(unescape(url) for url in originals), ""})
    for beginning in (
        "robots.txt",
        "sitemap.xml",
        "openapi.json",
        "opensearch.xml",
        "sok?q=vindkraft+Dalarna",
        "sok?q=finnsinte",
    ):
        walk.found[front + beginning] = "given"
    walk.go(300)
    assert len(walk.statuses) == 300
    assert walk.outside == []
    assert {url: (status, walk.found[url]) for url, status in walk.statuses.items() if status != 200} == {}
    asked = {name.partition("?")[0] for name in walk.faces}
    assert {"", "sok", "sok.json", "sok.atom", "sok.csv", "dokument/", "dokument/.json", "dokument/.bib", "trend", "jamfor",
            "trend.svg", "tackning", "hjalp", "om", "utvecklare", "static/stil.css", "static/sok.js", "sitemap-1.xml",
            "opensearch.xml", "openapi.json", "forslag.json"} <= asked  # fmt: skip


@pytest.mark.parametrize("id", IDS)
def test_a_document_is_found_whatever_its_id(front: str, ours: Settings, id: str) -> None:
    with urlopen(f"{front}sok.json?q=titel:%22{quote(id)}%22&antal=100", timeout=60) as answer:
        assert id in {hit["id"] for hit in json.load(answer)["hits"]}
    with urlopen(f"{front}dokument/{quote(id)}.json", timeout=60) as answer:
        assert json.load(answer)["id"] == id


def test_what_is_absolute_names_the_proxy(front: str) -> None:
    with urlopen(f"{front}openapi.json", timeout=60) as answer:
        assert json.load(answer)["servers"] == [{"url": front.rstrip("/")}]
    for path in ("sitemap.xml", "opensearch.xml", "robots.txt", "utvecklare"):
        with urlopen(front + path, timeout=60) as answer:
            assert front in answer.read().decode(), path


def test_the_script_of_the_pages_asks_below_the_prefix(front: str, chromium: Browser) -> None:
    asked: list[str] = []
    with closing(chromium.new_context()) as context, closing(context.new_page()) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{front}sok?q=vindkraft")
        page.locator("#fraga").fill("vind")
        page.locator("#forslag option").first.wait_for(state="attached")
        page.locator("#spara-namn").fill("Vind")
        page.locator("#spara button").click()
        page.goto(front)
        page.locator("#sparade a").first.click()
        page.wait_for_url(f"{front}sok?q=vindkraft**")
    assert {url for url in asked if not url.startswith((front, "data:"))} == set()
    assert {"forslag", "sok.atom"} <= {url.removeprefix(front).partition("?")[0] for url in asked}


# --- who is believed ------------------------------------------------------------------------------------------------

SENT = {
    "X-Forwarded-Prefix": "/annan",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "sok.region.example",
    "X-Forwarded-For": "203.0.113.7",
}
FACES = ["/", "/sok?q=vindkraft", "/sok.json?q=vindkraft", "/sok.atom?q=vindkraft", "/openapi.json", "/opensearch.xml",
         "/robots.txt", "/sitemap.xml", "/sitemap-1.xml", "/utvecklare", "/trend?q=a", "/jamfor?q=a&q=b", "/saknas", "/sok.json?x=1"]  # fmt: skip


def browser(ours: Settings, peer: str) -> FlaskClient:
    made = create_app(ours).test_client()
    made.environ_base["REMOTE_ADDR"] = peer
    return made


def test_whom_nobody_trusts_changes_nothing_by_what_he_sends(ours: Settings) -> None:
    stranger = browser(ours, "192.0.2.1")
    for face in FACES:
        answers = []
        for headers in ({}, SENT):
            with stranger.get(face, headers=headers) as answer:
                told = {name: value for name, value in answer.headers.items() if name != "Date"}
                answers.append((answer.status_code, answer.data, told))
        assert answers[0] == answers[1], face


def test_a_trusted_proxy_is_believed_on_every_face(ours: Settings) -> None:
    proxy = browser(ours, "127.0.0.1")
    for face in FACES:
        text = unescape(proxy.get(face, headers=SENT).text)
        ways = re.findall(r"""(?:href|src|action)=["'](/[^"']*)|"(?:url|type)":"(/[^"]*)""", text)
        assert {way for pair in ways for way in pair if way and not way.startswith("/annan/")} == set(), face
        assert (
            "http://" not in re.sub("http://(www.w3.org|www.sitemaps.org|a9.com)", "", text) or face not in FACES[4:9]
        ), face
    assert proxy.get("/openapi.json", headers=SENT).json["servers"] == [{"url": "https://sok.region.example/annan"}]


@pytest.mark.parametrize(
    ("prefix", "below"),
    [
        ("/a", "/a"), ("/a/", "/a"), ("/a/b", "/a/b"), ("/b, /a", "/a"), ("/å", ""), ("//annan.example", ""), ("annan", ""),
        ("/a?b", ""), ('/a"b', ""), ("https://annan.example/", ""), ("/", ""), ("", ""),
    ],
)  # fmt: skip
def test_only_a_path_is_a_prefix(ours: Settings, prefix: str, below: str) -> None:
    answer = browser(ours, "127.0.0.1").get("/hjalp", headers={"X-Forwarded-Prefix": prefix.encode().decode("latin-1")})
    assert f'href="{below}/utvecklare"' in answer.text


@pytest.mark.parametrize(
    "header", [{"X-Forwarded-Proto": "javascript"}, {"X-Forwarded-Host": "a/b"}, {"X-Forwarded-Host": "a b"}]
)
def test_what_is_no_scheme_and_no_host_is_not_repeated(ours: Settings, header: dict[str, str]) -> None:
    answer = browser(ours, "127.0.0.1").get("/openapi.json", headers=header)
    assert answer.json["servers"][0]["url"] in ("http://localhost", "http://")


@pytest.mark.parametrize(
    "headers", [{"X-Forwarded-Prefix": "/a"}, {"X-Forwarded-Prefix": "//"}, {"X-Forwarded-Host": "localhost"}, SENT]
)
def test_what_a_trusted_proxy_says_never_opens_what_is_closed(ours: Settings, headers: dict[str, str]) -> None:
    private = Settings(ours.corpus, ours.index, public_trusted_proxies=("127.0.0.1",))
    asker = browser(private, "127.0.0.1")
    assert asker.get("/halsa").text.endswith("nej\n")
    assert asker.get("/halsa", headers=headers).text.endswith("ja\n")


def test_the_answer_below_another_prefix_has_another_tag(ours: Settings) -> None:
    proxy = browser(ours, "127.0.0.1")
    tags = [
        proxy.get("/sok?q=a", headers={"X-Forwarded-Prefix": prefix}).headers["ETag"] for prefix in ("/a", "/b", "/a")
    ]
    assert tags[0] == tags[2] != tags[1]


@pytest.mark.parametrize("way", ["/dokument/https:/", "/dokument/https://"])
def test_an_id_whose_slashes_a_proxy_made_one_is_found(ours: Settings, way: str) -> None:
    for ending in ("", ".json"):
        assert browser(ours, "192.0.2.1").get(IDS[0].replace("https://", way) + ending).status_code == 200


def test_a_correction_leads_back_below_the_prefix(ours: Settings, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("Regionen satsar på vätgas.", encoding="utf-8")
    settings = Settings(corpus, tmp_path / "index", public_login_header="X-Remote-User", **TRUSTING)
    build(settings)
    id = Searcher(settings).search(Search()).hits[0].id
    headers = {**SENT, "X-Remote-User": "anna", "Sec-Fetch-Site": "same-origin"}
    proxy = browser(settings, "127.0.0.1")
    assert f'action="/annan/dokument/{id}/ratta#ratta"' in proxy.get(f"/dokument/{id}", headers=headers).text
    form = {"gor": "ratta", "datum": "2019-03", "regioner": "", "typ": "", "varfor": "fel datum", "vem": ""}
    answer = proxy.post(f"/dokument/{id}/ratta", headers=headers, data=form)
    assert answer.status_code == 303 and answer.headers["Location"] == f"/annan/dokument/{id}#ratta"


def test_nobody_sees_the_figures_through_a_proxy(front: str) -> None:
    with pytest.raises(HTTPError, match="404") as refused:
        urlopen(f"{front}metrics", timeout=60)
    refused.value.close()


def test_a_page_asked_through_a_proxy_says_so(front: str) -> None:
    with urlopen(Request(f"{front}halsa", headers={"X-Forwarded-For": "127.0.0.1"}), timeout=60) as answer:
        assert answer.read() == b"ok\noffentlig: ja\n"

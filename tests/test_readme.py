"""The README and the docs do what they say: every block, command, link and setting in them is tried in a fresh folder."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import click
import pytest
from bs4 import BeautifulSoup

from indexer import Search, Searcher, Settings, load_settings
from indexer.cli import cli
from indexer.parsing import parse
from tests import command
from tests.browsing import serving
from tests.crawl_site import Sites

PROJECT = Path(__file__).resolve().parents[1]
PAGES = [PROJECT / "README.md", PROJECT / "ARCHITECTURE.md", PROJECT / "index" / "README.md", *sorted(PROJECT.glob("docs/*.md"))]  # fmt: skip
README = PAGES[0].read_text(encoding="utf-8")
LOCAL = "http://127.0.0.1:8000"
NOTHING_FOUND = "kvantdator"
"""The question that the README promises no hits for."""


def blocks(kind: str) -> list[tuple[str, str]]:
    """Page name and content of every fenced block of a kind."""
    fence = re.compile(rf"^```{kind}\n(.*?)^```", re.M | re.S)
    return [(page.name, block) for page in PAGES for block in fence.findall(page.read_text("utf-8"))]


def inline(pattern: str) -> list[str]:
    """Every different piece of code within lines that a pattern matches, in the order of the pages."""
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    return list(dict.fromkeys(found for text in texts for found in re.findall(f"`({pattern})`", text)))


@pytest.fixture(scope="module")
def sites() -> Iterator[Sites]:
    served = Sites()
    yield served
    served.close()


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, sites: Sites) -> Path:
    """What a newcomer has after `make setup`, with the texts that the examples name; its only sources are of the crawl site."""
    folder = tmp_path_factory.mktemp("ny klon")
    for name in ("corpus", "sources", "docs", "indexer/swedish/data"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns(".regionsok", "crawl"))
    (folder / ".venv" / "bin").mkdir(parents=True)
    for path in (*Path(sys.prefix).iterdir(), *Path(sys.prefix, "bin").iterdir()):
        link = folder / ".venv" / path.relative_to(sys.prefix)
        if path.name not in ("bin", "regionsok"):
            link.symlink_to(path)
    program = folder / ".venv" / "bin" / "regionsok"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{command.__file__}" "$@"\n')
    program.chmod(0o755)
    (folder / "my-texts").mkdir()
    (folder / "my-texts" / "ett.txt").write_text("Om bär\n\nI Bräcke plockas det hjortron.", encoding="utf-8")
    (folder / "sida.html").write_text("<title>Älg</title><main><h1>Älg</h1><p>En älg gick i Mora.</p></main>", encoding="utf-8")  # fmt: skip
    (folder / "regionsok.toml").write_text('crawl_contact = "a@b.example"\n', encoding="utf-8")  # fmt: skip
    for source in (folder / "sources").iterdir():
        source.unlink()  # nothing in the pages, whatever comes to stand there, may ask a publisher for anything
    for number, name in enumerate(("region-dalarna", "vinnova"), 1):
        (folder / "sources" / f"{name}.toml").write_text(f'name = "{name}"\nstart = ["{sites.url(number, "/stilla")}"]\ndelay = 0.01\n')  # fmt: skip
    run(folder, ".venv/bin/regionsok index")
    return folder


def run(folder: Path, script: str) -> str:
    """What a script prints that ends well."""
    done = subprocess.run(["bash", "-euc", script], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "Traceback" not in done.stderr, f"{script}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def server(clone: Path) -> Iterator[str]:
    with serving(Settings(corpus=clone / "corpus", index=clone / "index")) as url:
        yield url


def hits(url: str) -> int:
    """How many hits a page of answers lists."""
    with urlopen(url, timeout=30) as answer:
        return len(BeautifulSoup(answer.read(), "html.parser").select("main h3 a[href^='/dokument/']"))


SCRIPTS = [block for _, block in blocks("sh")]


def test_there_is_something_to_try() -> None:
    assert len(SCRIPTS) >= 5 and len(inline("regionsok [a-z][^`|]*")) >= 6


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.split("#")[0].split("\n")[0][:40])
def test_every_block_does_what_it_says(script: str, clone: Path, server: str, sites: Sites) -> None:
    if script.startswith("make "):
        for task in re.findall(r"^make (\S+)", script, re.M):
            assert run(PROJECT, f"make --dry-run {task}"), task
        return
    printed = run(clone, re.sub(r"https://www\.\S+", sites.url(1, "/stilla"), script))
    if "kvastskaft" in script:
        assert printed.count("fabrik") >= 1 and "1 träff: " in printed
        assert hits(f"{server}/sok?q=kvastskaft") == 1, "at once, while the server runs"


@pytest.mark.parametrize("link", re.findall(rf"\(({LOCAL}/[^)]+)\)", README))
def test_every_link_to_the_running_service_leads_to_hits(link: str, server: str) -> None:
    assert (hits(link.replace(LOCAL, server)) > 0) == (NOTHING_FOUND not in link)


def test_every_command_within_a_line_works(clone: Path) -> None:
    ids = iter(hit.id for hit in Searcher(Settings(clone / "corpus", clone / "index")).search(Search(size=50)).hits)
    for line in inline("regionsok [a-z][^`|]*"):
        name, _, rest = line.removeprefix("regionsok ").partition(" ")
        needs_more = not rest and any(param.required for param in cli.commands[name].params)
        run(clone, ".venv/bin/" + (f"regionsok {name} --help" if needs_more else line.replace("ID", next(ids))))


def test_the_list_of_commands_is_complete() -> None:
    (listed,) = re.findall(r"`regionsok (index \|[^`]*)`", README)
    groups = {name for name, command in cli.commands.items() if isinstance(command, click.Group)}
    assert {entry.split()[0] for entry in listed.split(" | ")} == set(cli.commands)
    assert groups == {"sources"} and "sources check" in listed


def test_the_list_of_settings_is_complete() -> None:
    (paragraph,) = re.findall(r"^Settings come from .*?\n\n", README, re.M | re.S)
    assert {*Settings.__struct_fields__} <= set(re.findall(r"`(\w+)`", paragraph))


@pytest.mark.parametrize(("page", "block"), blocks("toml"))
def test_every_settings_file_is_read(page: str, block: str, tmp_path: Path) -> None:
    (tmp_path / "regionsok.toml").write_text(block, encoding="utf-8")
    assert load_settings(tmp_path / "regionsok.toml", {}) != Settings(), page


@pytest.mark.parametrize("row", re.findall(r"^\| (`[^|]*`) \| ", README[README.index("| you write |") :], re.M))
def test_every_example_of_the_question_language_is_read_as_meant(row: str) -> None:
    for query in re.findall("`([^`]+)`", row):
        if not query.startswith("regionsok "):
            assert parse(query).notes == (), query


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_linked_is_there(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if not urlsplit(target).scheme and not (page.parent / target).exists()]
    assert missing == []


@pytest.mark.long
def test_two_commands_are_enough_in_a_fresh_clone(tmp_path: Path) -> None:
    """`make run` in a clone in a folder with a blank in its name answers, and leaves nothing that git would see."""
    fresh = tmp_path / "en ny klon"
    run(tmp_path, f"git clone -q '{PROJECT}' '{fresh}'")
    command = ["env", "REGIONSOK_PORT=0", "make", "run"]
    with subprocess.Popen(command, cwd=fresh, stdout=subprocess.PIPE, text=True) as served:
        try:
            assert served.stdout is not None
            url = next(word for line in served.stdout for word in line.split() if word.startswith("http"))
            assert hits(f"{url}/sok?q=3D-printing") > 0
            assert run(fresh, "git status --porcelain") == ""
        finally:
            subprocess.run(["pkill", "-P", str(served.pid)], check=False)
            served.terminate()

"""The fingerprint of an index: all that shapes one is in it, and nothing that cannot."""

from __future__ import annotations

import shutil
import sys
from importlib.metadata import Distribution
from pathlib import Path

import grimp
import pytest

from indexer.indexing import index_fingerprint as module
from indexer.indexing.index_fingerprint import SHAPELESS_MODULES, SHAPELESS_PACKAGES, fingerprint, shaping_packages

PROJECT = Path(module.__file__).parents[2]


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program's source in another place, to be changed."""
    shutil.copytree(PROJECT / "indexer", tmp_path / "indexer", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(module, "_ROOT", tmp_path / "indexer")
    monkeypatch.setattr(module, "shaping_packages", set)  # they take most of the time
    return tmp_path


SHAPING = {
    ".": ("documents", "fields"),
    "catalogue": ("contents", "corpus"),
    "corpus": ("ledger", "files"),
    "deduplication": ("fingerprints",),
    "engines": ("whoosh", "tantivy", "opensearch"),
    "indexing": ("deciding", "committing", "running", "analysing"),
    "ingestion": ("html", "office", "lists", "feed"),
    "metadata": ("aliases", "contacts", "dates", "kinds", "robots"),
    "metadata/regions": ("gazetteer", "naming"),
    "swedish": ("compounds", "spelling", "tokens"),
}
SHAPELESS = {
    "": ("addresses", "durable", "generations"),
    "cli": ("asking", "evaluating", "common"),
    "crawling": ("wire",),
    "engines": ("connecting",),
    "indexing": ("checking", "curating"),
    "parsing": ("interpretation", "placing"),
    "planning": ("compiling", "words"),
    "results": ("__init__", "exporting"),
    "searching": ("hits", "highlights", "opening", "statistics"),
}


def test_every_module_that_shapes_an_index_changes_its_fingerprint_and_no_other(copied: Path) -> None:
    before = fingerprint("tantivy")
    assert before == fingerprint("tantivy") != fingerprint("whoosh")
    tables = [path.relative_to(copied / "indexer") for path in copied.glob("indexer/**/data/*") if path.is_file()]
    assert len(tables) > 3
    shaping, shapeless = (
        [Path(folder, f"{name}.py") for folder, names in table.items() for name in names]
        for table in (SHAPING, SHAPELESS)
    )
    asked = [table for table in tables if table.parts[0] in SHAPELESS_MODULES]  # the words of questions
    shaping += [table for table in tables if table not in asked]
    for shapes, files in ((True, shaping), (False, [*shapeless, *asked])):
        for name in files:
            path = copied / "indexer" / name
            content = path.read_bytes()
            path.write_bytes(content + b"\n# one more line\n")
            assert (fingerprint("tantivy") != before) == shapes, name
            path.write_bytes(content)


@pytest.mark.parametrize(
    ("package", "shapes"),
    [
        *((name, True) for name in ("wordfreq", "w3lib", "pypdf", "trafilatura", "lxml", "python-docx", "feedparser")),
        *((name, True) for name in ("warcio", "htmldate", "ftfy", "justext", "snowballstemmer", "tantivy")),
        *((name, False) for name in ("click", "flask", "rich", "certifi", "urllib3", "scrapy", "pytest")),
    ],
)
def test_a_new_version_of_what_shapes_an_index_means_a_new_one(
    monkeypatch: pytest.MonkeyPatch, package: str, shapes: bool
) -> None:
    before = fingerprint("tantivy")
    version = Distribution.version.fget  # type: ignore[attr-defined]

    def newer(distribution: Distribution) -> str:
        return "99.0" if distribution.metadata["Name"].lower() == package else str(version(distribution))

    monkeypatch.setattr(Distribution, "version", property(newer))
    assert (fingerprint("tantivy") != before) == shapes


def test_a_new_module_and_a_new_table_shape_an_index_from_the_start(copied: Path) -> None:
    for name in ("urls_of_media.py", "ingestion/calendar.py", "swedish/data/more.txt"):
        before = fingerprint("tantivy")
        (copied / "indexer" / name).write_text("")
        assert fingerprint("tantivy") != before, name


def test_all_packages_that_the_write_side_imports_are_found_and_every_exception_is_in_use() -> None:
    """import-linter's own graph of what is written in import statements."""
    graph = grimp.build_graph("indexer", include_external_packages=True)
    reached = graph.find_upstream_modules("indexer.indexing", as_package=True)
    names = {"whoosh": "whoosh-reloaded"}
    others = {name for name in reached if not name.startswith("indexer") and name not in sys.stdlib_module_names}
    assert {"lxml", "w3lib"} <= others and "bs4" not in others, "a second tree of a page"
    assert {names.get(name, name) for name in others} <= shaping_packages()
    assert not {"regionsok", "click", "flask", "scrapy"} & shaping_packages()
    required = {one.partition(">")[0] for one in Distribution.from_name("regionsok").requires or ()}
    assert {"click", "flask", "rich", "waitress"} == SHAPELESS_PACKAGES & required
    for name in SHAPELESS_MODULES:
        path = PROJECT / "indexer" / name
        assert path.is_dir() or path.with_suffix(".py").is_file(), "a name on the list that is no module any more"

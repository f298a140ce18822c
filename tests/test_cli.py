"""The commands as a user meets them: what stands on stdout and stderr, and how they end."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from indexer import load_settings
from tests.conftest import write_jsonl

TEXT = "Vätgas i Örebro län\n\nPublicerad 2021-04-19\n\nRegion Örebro län satsar på vätgas och cirkulär ekonomi."


class Terminal:
    """Runs commands over one corpus and index in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "corpus").mkdir()

    def run(self, *words: str, given: bytes = b"", without: str = "") -> subprocess.CompletedProcess[bytes]:
        """One command; `without` names a package that cannot be imported, or "lexicon", which cannot be read then."""
        code = LEXICONLESS if without == "lexicon" else REFUSING.format(name=without)
        start = ["-c", code] if without else ["-m", "indexer"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REGIONSOK_")}
        environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[1])
        return subprocess.run(
            [sys.executable, *start, *words],
            cwd=self.folder,
            input=given,
            capture_output=True,
            env=environment,
            timeout=120,
        )

    def json(self, *words: str, given: bytes = b"") -> object:
        """What a command that succeeds prints, read as JSON."""
        done = self.run(*words, given=given)
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)


LEXICONLESS = """
from indexer.cli import main
from indexer.swedish import lexemes
lexemes._table = None
main()
"""
REFUSING = """
import sys
class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "{name}":
            raise ModuleNotFoundError("No module named {name}", name="{name}")
sys.meta_path.insert(0, Refusing())
sys.argv[0] = "regionsok"
from indexer.cli import main
main()
"""


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def fault(done: subprocess.CompletedProcess[bytes], code: int) -> str:
    """The one line on stderr of a command that ends with a code."""
    assert done.returncode == code, done
    assert b"Traceback" not in done.stderr
    (line,) = done.stderr.decode().splitlines()
    return line


def test_add_search_show_remove_status_check(terminal: Terminal) -> None:
    added = terminal.json("add", "-", "--publisher", "Region Örebro län", "--json", given=TEXT.encode())
    assert isinstance(added, dict)
    (id,) = added["added"]
    results = terminal.json("search", "cirkulär ekonomi", "--region", "Örebro", "--year", "2021", "--json")
    assert isinstance(results, dict)
    assert [hit["id"] for hit in results["hits"]] == [id]
    assert set(results) == {
        "query", "interpretation", "notes", "suggestion", "offers", "total", "total_relaxed", "page", "pages", "size", "hits", "facets",
    }  # fmt: skip
    assert set(results["hits"][0]) == {
        "id", "title", "url", "source", "kind", "published", "published_precision", "year", "regions", "score", "origin",
        "missing", "title_highlights", "snippets", "duplicates",
    }  # fmt: skip
    shown = terminal.json("show", id)
    assert isinstance(shown, dict)
    assert set(shown) == {
        "id", "title", "text", "url", "source", "kind", "published", "published_precision", "published_evidence", "updated",
        "language", "rights", "regions", "publisher_region", "origin", "boilerplate",
    }  # fmt: skip
    assert (shown["title"], shown["published"], shown["source"]) == (
        "Vätgas i Örebro län",
        "2021-04-19",
        "Region Örebro län",
    )
    status = terminal.json("status", "--json")
    assert isinstance(status, dict)
    assert status["documents"] == 1
    check = terminal.json("check", "--json")
    assert isinstance(check, dict)
    assert check["sound"] is True
    assert terminal.run("remove", id).stdout.decode() == f"removed {id}\n"
    assert fault(terminal.run("show", id), 1).startswith(f"regionsok: Dokumentet {id} finns inte")
    assert fault(terminal.run("remove", "saknas"), 3).startswith("regionsok: saknas: ")


def test_what_read_prints_can_be_indexed_and_read_again(terminal: Terminal) -> None:
    source = terminal.folder / "sida.txt"
    source.write_text(TEXT, encoding="utf-8")
    first = terminal.run("read", "sida.txt", "--json").stdout
    (terminal.folder / "corpus" / "a.jsonl").write_bytes(first)
    assert json.loads(terminal.run("index", "--json").stdout.splitlines()[-1]) == {"committed": 1}
    before = json.loads(first)
    after = terminal.json("show", before["id"])
    assert isinstance(after, dict)
    differing = {key for key in before if before[key] != after[key]}
    assert differing <= {"origin", "published_evidence", "boilerplate"}


def test_analyse(terminal: Terminal) -> None:
    assert terminal.json("analyse", "Ekonomin", "--json") == {
        "tokens": [
            {
                "surface": "Ekonomin",
                "start": 0,
                "end": 8,
                "position": 0,
                "term": "ekonomi",
                "keys": ["ekonomi"],
                "parts": [],
                "why": "ordboken: form av ekonomi",
            }
        ]
    }


def test_refused_files_are_named_and_the_rest_is_indexed(terminal: Terminal) -> None:
    corpus = terminal.folder / "corpus"
    (corpus / "bra.txt").write_text(TEXT, encoding="utf-8")
    (corpus / "tom.txt").write_bytes(b"")
    (corpus / "binar.txt").write_bytes(bytes(range(256)) * 40)
    (corpus / "kodning.txt").write_bytes("Rubrik\n\nEn text på svenska".encode() + b" \xff\xfe\x81\x8d\x8f \xc3\x28")
    (corpus / "stor.txt").write_bytes(b"ord och fler ord\n" * 3_000_000)
    write_jsonl(corpus / "rader.jsonl", [{"text": "En rad om sol."}, {"title": "Saknar text"}])
    refused = {"tom.txt", "binar.txt", "kodning.txt", "stor.txt", "rader.jsonl#2"}
    if os.geteuid() != 0:  # root reads everything
        (corpus / "last.txt").write_text(TEXT, encoding="utf-8")
        (corpus / "last.txt").chmod(0)
        refused.add("last.txt")
    (corpus / "katalog-med-roer").mkdir()
    os.mkfifo(corpus / "roer.txt", stat.S_IRUSR)
    done = terminal.run("index")
    assert done.returncode == 3
    assert done.stdout.decode() == "2 dokument i indexet.\n"
    lines = done.stderr.decode().splitlines()
    assert {line.split(": ")[1] for line in lines} == refused
    assert all(line.startswith("regionsok: ") and line.endswith(".") for line in lines)


WRONG = [
    (("search", "vätgas"), 1, "Det finns inget index"),
    (("search", "vätgas", "--region", "Atlantis"), 2, ""),
    (("search", "vätgas", "--size", "0"), 2, ""),
    (("search",), 2, ""),
    (("sök",), 2, ""),
    (("index", "--corpus", "saknas"), 1, "Mappen saknas finns inte"),
    (("index", "--config", "saknas.toml"), 1, "saknas.toml"),
    (("index", "--engine", "lucene"), 2, ""),
    (("add", "saknas.txt"), 3, "saknas.txt: Filen finns inte"),
    (("add", "https://example.se/"), 3, "https://example.se/"),
    (("add", "a", "b", "--url", "https://example.se/"), 2, ""),
    (("read", "saknas.txt"), 3, "saknas.txt"),
    (("status",), 1, "Det finns inget index"),
    (("check",), 1, "Det finns inget index"),
    (("show", "x"), 1, "Det finns inget index"),
]


@pytest.mark.parametrize(("words", "code", "sentence"), WRONG)
def test_wrong_usage_ends_with_a_sentence(terminal: Terminal, words: tuple[str, ...], code: int, sentence: str) -> None:
    done = terminal.run(*words)
    assert done.returncode == code, done
    assert b"Traceback" not in done.stderr
    assert sentence in done.stderr.decode()


UNREADABLE = [
    (("--region", "hogwarts"), 'Regionen "hogwarts" finns inte'),
    (("--year", "abc"), 'Året "abc" går inte att läsa'),
    (("--year", "2018..2019", "--year", "2021..2022"), "--year kan bara ha ett värde."),
    (("--year", "2021..2018"), "Perioden börjar 2021-01-01 men slutar redan 2018-12-31"),
    (("--kind", "dikt"), 'Typen "dikt" finns inte; skriv pressmeddelande'),
    (("--sort", "x"), 'Värdet "x" finns inte för --sort; skriv relevans, nyast, aldst eller inkommet.'),
    (("--page", "0"), 'Sidnumret "0" går inte att läsa'),
    (("--size", "abc"), 'Antalet "abc" går inte att läsa; skriv ett tal från 1 till 100.'),
    (("--region", "hogwarts", "--year", "abc", "--sort", "x"), "hogwarts"),
]


@pytest.mark.parametrize(("options", "sentence"), UNREADABLE)
def test_what_a_search_cannot_read_is_one_line_with_or_without_json(
    terminal: Terminal, options: tuple[str, ...], sentence: str
) -> None:
    plain = terminal.run("search", "vätgas", *options)
    assert fault(plain, 2).startswith("regionsok: ") and sentence in plain.stderr.decode()
    assert not plain.stdout
    as_json = terminal.run("search", "vätgas", *options, "--json")
    assert (as_json.returncode, as_json.stdout, as_json.stderr) == (2, b"", plain.stderr)


@pytest.mark.parametrize(
    ("package", "name", "words"),
    [
        ("whoosh", "whoosh-reloaded", ("index", "--engine", "whoosh")),
        ("snowballstemmer", "snowballstemmer", ("index", "--index", "annat")),
        ("lxml", "lxml", ("read", "sida.html")),
    ],
)
def test_a_missing_package_is_named_by_the_command_that_needs_it(
    terminal: Terminal, package: str, name: str, words: tuple[str, ...]
) -> None:
    (terminal.folder / "sida.html").write_text("<html><body><h1>Rubrik</h1><p>Text om vätgas.</p></body></html>")
    (terminal.folder / "corpus" / "a.txt").write_text(TEXT, encoding="utf-8")
    assert terminal.run("index").returncode == 0
    assert name in fault(terminal.run(*words, without=package), 1)
    assert terminal.run("status", without=package).returncode == 0, "a command that does not need it works"


@pytest.mark.parametrize("words", ["--help", "status", "index", "serve"])
def test_where_files_cannot_be_locked_it_does_not_start_and_says_where_it_does(terminal: Terminal, words: str) -> None:
    """On Windows."""
    assert "på Windows i WSL" in fault(terminal.run(words, without="fcntl"), 1)


def test_without_tantivy_whoosh_answers(terminal: Terminal) -> None:
    (terminal.folder / "corpus" / "a.txt").write_text(TEXT, encoding="utf-8")
    assert terminal.run("index").returncode == 0
    assert "regionsok index" in fault(terminal.run("search", "vätgas", without="tantivy"), 1)
    assert terminal.run("index", without="tantivy").returncode == 0
    results = json.loads(terminal.run("search", "vätgas", "--json", without="tantivy").stdout)
    assert results["total"] == 1
    assert json.loads(terminal.run("status", "--json", without="tantivy").stdout)["engine"] == "whoosh"


def test_a_question_of_a_tantivy_index_needs_no_whoosh(terminal: Terminal) -> None:
    (terminal.folder / "corpus" / "a.txt").write_text(TEXT, encoding="utf-8")
    assert terminal.run("index").returncode == 0
    assert json.loads(terminal.run("search", "vätgas", "--json", without="whoosh").stdout)["total"] == 1


def test_settings_come_from_file_environment_and_options_in_that_order(terminal: Terminal) -> None:
    (terminal.folder / "regionsok.toml").write_text('corpus = "texter"\nengine = "whoosh"\n')
    (terminal.folder / "texter").mkdir()
    (terminal.folder / "texter" / "a.txt").write_text(TEXT, encoding="utf-8")
    assert terminal.run("index").returncode == 0
    status = terminal.json("status", "--json")
    assert isinstance(status, dict)
    assert (status["corpus"], status["engine"], status["documents"]) == ("texter", "whoosh", 1)
    (terminal.folder / "regionsok.toml").write_text("korpus = 1\n")
    assert "korpus" in fault(terminal.run("status"), 1)


def test_an_option_that_is_not_given_leaves_what_the_environment_says(tmp_path: Path) -> None:
    config = tmp_path / "regionsok.toml"
    config.write_text('corpus = "texter"\nengine = "whoosh"\n')
    environment = {"REGIONSOK_ENGINE": "tantivy", "REGIONSOK_CORPUS": "andra"}
    settings = load_settings(config, environment, corpus=None, index=None, engine=None)
    assert (settings.corpus, settings.engine) == (Path("andra"), "tantivy")
    assert load_settings(config, environment, engine="whoosh").engine == "whoosh"


def test_a_process_that_only_searches_does_not_load_the_lexicon(terminal: Terminal) -> None:
    (terminal.folder / "corpus" / "a.txt").write_text(TEXT, encoding="utf-8")
    assert terminal.run("index").returncode == 0
    for source in ("wordfreq", "snowballstemmer", "lexicon"):
        done = terminal.run("search", "cirkulär ekonomi", "--json", without=source)
        assert json.loads(done.stdout)["total"] == 1
    assert terminal.run("search", "kvastskaft", without="lexicon").returncode != 0, (
        "a word that no document has needs it"
    )


def test_what_is_printed_for_programs_goes_to_them_while_a_person_sees_how_far_it_is(terminal: Terminal) -> None:
    """A bar on stderr took the lines of stdout along, so that a file of them was empty."""
    (terminal.folder / "corpus" / "a.txt").write_text(TEXT, encoding="utf-8")
    read, write = os.openpty()
    command = [sys.executable, "-m", "indexer", "index", "--json"]
    done = subprocess.run(
        command, cwd=terminal.folder, stdout=subprocess.PIPE, stderr=write, env=os.environ | {"TERM": "xterm"}
    )
    os.close(write)
    os.close(read)
    assert [json.loads(line) for line in done.stdout.splitlines()][-1] == {"committed": 1}

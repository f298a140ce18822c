"""The log: silent unless it is asked for, one line a decision with its fields, and nothing of questions or texts in it."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.cli import cli
from indexer.cli.common import logging_to_stderr

LINE = re.compile(r"(\S+) (INFO|WARNING|ERROR) ((?:indexer|webapp)[\w.]*) (.+)")
TEXT = "Kvantdatorn\n\nKvantdatorn i Hemlighamn räknar på vindkraft."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "given.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    done = CliRunner().invoke(cli, [*words, "--corpus", f"{folder}/corpus", "--index", f"{folder}/index"])
    assert done.exit_code == 0, done.output
    return done


COMMANDS = [
    ("add", "{}/given.txt", "--json"),
    ("search", "Hemlighamn", "--json"),
    ("check", "--json"),
    ("status", "--json"),
]


@pytest.mark.parametrize("verbose", [[], ["--verbose"], ["-v"]])
def test_only_verbose_commands_log_and_json_stays_json(folder: Path, verbose: list[str]) -> None:
    logged = []
    for words in COMMANDS:
        done = run(folder, *(word.format(folder) for word in words), *verbose)
        json.loads(done.stdout)
        logged += done.stderr.splitlines()
    assert bool(logged) is bool(verbose)
    assert all(map(LINE.fullmatch, logged)), logged
    assert "Hemlighamn" not in "".join(logged) and "vindkraft" not in "".join(logged), "no question and no text"


def test_a_line_says_when_who_what_and_with_which_values(folder: Path) -> None:
    lines = run(folder, "add", f"{folder}/given.txt", "-v").stderr.splitlines()
    (stored,) = [match for line in lines if (match := LINE.fullmatch(line)) and "files stored" in line]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}", stored[1])
    assert stored[3] == "indexer.indexing"
    assert stored[4] == "files stored files=1 refused=0"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a/b.txt", "a/b.txt"),
        (7, "7"),
        ("två ord", '"två ord"'),
        ("", '""'),
        ('a="b"', r'"a=\"b\""'),
        ("rad\nINFO indexer falsk", r'"rad\nINFO indexer falsk"'),
        ("\x1b[31mröd", r'"\u001b[31mr\u00f6d"'),
    ],
)
def test_a_value_stays_one_word_on_one_line(value: object, written: str, capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to_stderr(True):
        logging.getLogger("indexer.corpus").info("file read", extra={"path": value})
    assert capsys.readouterr().err.rstrip("\n").endswith(f" INFO indexer.corpus file read path={written}")


def test_other_packages_are_not_heard_and_nothing_is_after_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to_stderr(True):
        logging.getLogger("urllib3").info("connected")
    logging.getLogger("indexer.corpus").info("file read")
    with logging_to_stderr(False):
        logging.getLogger("indexer.corpus").error("quiet")
    assert capsys.readouterr().err == ""


def test_every_command_takes_verbose() -> None:
    commands = {name: command for name, command in cli.commands.items() if name != "sources"}
    for name, command in commands.items():
        assert "verbose" in {parameter.name for parameter in command.params}, name

"""A corpus in which everything occurs that an index counts, and the commands that are stopped over it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from indexer.indexing import build
from indexer.indexing.curating import add, correct, forget, hide, remove
from indexer.settings import Settings
from tests.test_formats import warc

RELEASE = " ".join(
    f"Regionen satsar {number} miljoner kronor på företag och skolor i del {number} av landet." for number in range(14)
)
NOTICE = "Notisen är skriven av redaktionen och kan komma att ändras."


def line(id: str, title: str, text: str, **more: str) -> dict[str, str]:
    return {"id": id, "title": title, "text": text, **more}


def article(number: int) -> bytes:
    said = f"Regionen satsar på kaffe i by nummer {number}. " + "Fler företag startas och fler reser kollektivt. " * 4
    return f"<!doctype html><main><h1>Nyhet {number} i länet</h1><p>{said}</p><p>{NOTICE}</p></main>".encode()


def write_lines(path: Path, lines: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines), encoding="utf-8")


LINES = [
    line(
        "a1", "Kafferosteri i Nora", "Ett kafferosteri byggs. Europeiska socialfonden (ESF) betalar.", date="2019-04-02"
    ),
    line("a2", "Satsning på vätgas", RELEASE, source="Region Dalarna", date="2020-05-10"),
    line("a3", "Kaffebryggaren", "En kaffebryggare för industrin i kommunen. Anna Berg bor där.", date="2021-01-01"),
    line("a4", "Energi", "Energi till industri och industriutveckling i Västerås kommun. Kaffe.", date="2018"),
    line("a5", "Gammal nyhet", "Kaffestugan och kafeterian i Gävle. Kaffet är gammalt."),
    line("a6", "Buss", "Bussen går till skolan. Regionen satsar."),
]
OTHERS = [
    line("b1", "Region Gävleborg satsar", RELEASE, source="Region Gävleborg", date="2020-05-12"),
    line("b2", "Nya kaffesorter", "Kaffesorter från Kalmar län. Nyhet om kaffe, kaffe och kaffe.", date="2020-02-02"),
]


def write_base(settings: Settings) -> None:
    settings.corpus.mkdir(parents=True)
    write_lines(settings.corpus / "a.jsonl", LINES)
    write_lines(settings.corpus / "b.jsonl", OTHERS)
    (settings.corpus / "c.txt").write_text("Kafé\n\nEtt kafé vid skolan tar emot gäster i Skåne.", encoding="utf-8")
    write_pages(settings, "d.warc.gz", range(4))


def write_pages(settings: Settings, name: str, numbers: range) -> None:
    pages = ((f"https://region.example/{number}", "text/html", article(number)) for number in numbers)
    (settings.corpus / name).write_bytes(warc(*pages))


def change_corpus(settings: Settings) -> None:
    """A document is another, one is new, one leaves, a file goes, and a line turns out to be its host's."""
    changed = [one | {"text": "Kaffehandlaren i Nora har nytt kaffe."} if one["id"] == "a5" else one for one in LINES]
    write_lines(settings.corpus / "a.jsonl", [*changed[1:], line("a7", "Nyhet", "Kaffekoppar i Mora.")])
    (settings.corpus / "c.txt").unlink()
    write_pages(settings, "e.warc.gz", range(4, 6))


def add_files(settings: Settings) -> None:
    source = settings.corpus.parent / "given"
    source.mkdir(exist_ok=True)
    write_lines(source / "ny.jsonl", [line("n1", "Ny", RELEASE, date="2020-05-11"), LINES[0] | {"text": "Kaffekvarn."}])
    add(settings, [str(source)], {"publisher": "Region Skåne"})


Command = Callable[[Settings], object]


def nothing(settings: Settings) -> None:
    """No change before the command."""


SCENARIOS: dict[str, tuple[Command, Command]] = {
    "first": (nothing, build),
    "index": (change_corpus, build),
    "add": (nothing, add_files),
    "rebuild": (nothing, lambda settings: build(settings, rebuild=True)),
    "remove": (nothing, lambda settings: remove(settings, ["a2", "a5"])),
    "forget": (nothing, lambda settings: forget(settings, ["a3", "b1"])),
    "correct": (nothing, lambda settings: correct(settings, "a4", ("2017-03-01", ["Dalarna"]))),
    "hide": (nothing, lambda settings: hide(settings, "a3", "Anna Berg")),
}
"""Name -> what is done before, and the command that is stopped."""
STAYING = {"a4", "b2", "a6"}
"""Ids that no command takes away."""

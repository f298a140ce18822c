"""A set of releases as several publishers print them, made from real news by a seed: FINDINGS 9 measured on one like it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

_PAPERS = ["Länstidningen", "Bygdebladet", "Näringsnytt", "Kommunkanalen", "Region i dag", "Landsbygdsposten"]
_TAILS = [
    "Kontakt: presstjänsten, 010-123 45 67, press@myndighet.example",
    "För mer information, se myndighetens webbplats.",
    "Läs också våra andra nyheter om regional utveckling. Prenumerera på vårt nyhetsbrev.",
]
_COUNTIES = ["Örebro län", "Kalmar län", "Dalarnas län", "Norrbottens län"]
_BLOCKS = re.compile(r"\n+")
_SENTENCES = re.compile(r"(?<=[.!?])\s+")


def releases(lines: Sequence[dict[str, Any]], number: int, seed: int) -> list[dict[str, Any]]:
    """Texts as JSONL objects with `release`, equal for texts of one release; traps have a release of their own."""
    chooser = random.Random(seed)
    long = [
        line
        for line in lines
        if len(line["text"]) > 800 and line["source"].startswith("regeringen.se") and line.get("date")
    ]
    found: list[dict[str, Any]] = []
    chooser.shuffle(long)
    chosen = list({line["title"][:20]: line for line in long}.values())[: number + number // 5]
    for place, line in enumerate(chosen[:number]):
        found.append(_made(line, place, "myndighet.example", line["title"], line["text"], 0))
        for copy in range(chooser.choice((0, 1, 1, 2, 2, 3))):
            text, title = _reworked(line, chooser)
            paper = f"{_PAPERS[copy]} {place % 7}"
            found.append(_made(line, place, paper, title, text, chooser.randint(0, 14)))
    for place, line in enumerate(chosen[number:]):
        found += _traps(line, number + place * 10, chooser)
    for number_of, text in enumerate(found):
        text["id"] = f"t{number_of}"
    return found


def _made(line: dict[str, Any], release: int, source: str, title: str, text: str, later: int) -> dict[str, Any]:
    day = date.fromisoformat(line["date"]) + timedelta(days=later)
    return {"release": release, "source": source, "title": title, "text": text, "date": day.isoformat()}


def _reworked(line: dict[str, Any], chooser: random.Random) -> tuple[str, str]:
    """A release as a paper prints it: cut, edited, moved into other lines, with lines of the paper's own."""
    blocks = [block for block in _BLOCKS.split(line["text"]) if block.strip()]
    if len(blocks) < 3:
        blocks = _SENTENCES.split(line["text"])
    if chooser.random() < 0.4:
        blocks = blocks[: max(2, round(len(blocks) * chooser.uniform(0.4, 0.9)))]
    if chooser.random() < 0.2 and len(blocks) > 4:
        del blocks[chooser.randrange(1, len(blocks))]
    if chooser.random() < 0.5:
        blocks = [_edited(block, chooser, chooser.uniform(0.02, 0.25)) for block in blocks]
    if chooser.random() < 0.5:
        blocks[0] = f"STOCKHOLM. {blocks[0]}"
    if chooser.random() < 0.6:
        blocks.append(chooser.choice(_TAILS))
    joined = chooser.choice(("\n", "\n\n", " ")).join(blocks)
    title = (
        line["title"]
        if chooser.random() < 0.5
        else f"{line['title'].split(':')[0].split('–')[0].strip()} – nytt besked"
    )
    return joined, title


def _edited(block: str, chooser: random.Random, share: float) -> str:
    """Some sentences of a block with one word put in, taken out or exchanged."""
    sentences = _SENTENCES.split(block)
    for place, sentence in enumerate(sentences):
        words = sentence.split()
        if len(words) > 4 and chooser.random() < share:
            at = chooser.randrange(1, len(words) - 1)
            words[at : at + 1] = chooser.choice(([], [words[at], "även"], ["uppger", words[at]]))
            sentences[place] = " ".join(words)
    return " ".join(sentences)


def _traps(line: dict[str, Any], release: int, chooser: random.Random) -> Iterator[dict[str, Any]]:
    """One form filled for two counties at once, or filled again months later, or two releases with one boilerplate."""
    kind = release % 3
    counties, sums = chooser.sample(_COUNTIES, 2), chooser.sample(range(2, 90), 2)
    for offset, (county, millions) in enumerate(zip(counties, sums, strict=True)):
        if kind == 0:
            lead = f"Länsstyrelsen i {county} delar ut {millions} miljoner kronor till företag i {county}."
            title, source, text, later = f"Stöd till företag i {county}", county, f"{lead}\n{line['text']}", offset
        elif kind == 1:
            title, source, text, later = (
                "Läget i landet",
                "Statistiken",
                f"Rapport {offset}.\n{line['text']}",
                offset * 92,
            )
        else:
            points = " ".join(f"Punkt {number} gäller {county} och ärende {release + number}." for number in range(30))
            title, source, text, later = "Beslut", f"Bolag {offset}", f"{points}\n{line['text'][:300]}", offset
        yield _made(line, release + offset, source, title, text, later)


_PUBLISHERS = [
    (
        "Region Örebro län",
        "Örebro",
        "Region Örebro län ansvarar för hälso- och sjukvård och kollektivtrafik i Örebro län.",
    ),
    (
        "Region Dalarna",
        "Falun",
        "Region Dalarna arbetar för dalfolkets bästa. I Region Dalarna arbetar 10 000 personer.",
    ),
    (
        "Region Värmland",
        "Karlstad",
        "Region Värmland leder den regionala utvecklingen i Värmland, från Torsby till Kristinehamn.",
    ),
    ("Länsstyrelsen i Kalmar län", "Kalmar", "Länsstyrelsen i Kalmar län samordnar statens arbete i Kalmar län."),
    (
        "Region Norrbotten",
        "Luleå",
        "Region Norrbotten driver fem sjukhus i Norrbotten, det största i Sunderbyn utanför Luleå.",
    ),
]
_DATELINES = [
    "{place} {day} {month} {year} – ",
    "{upper} ({name}). ",
    "{place} – ",
    "{upper}. ",
    "{place}, {iso}\n",
    "{place} den {day} {month}. ",
    "",
]
_FACTS = ["Fakta:", "Fakta om samarbetet", "Fakta: samarbetet i korthet", "Bakgrund"]
_CONTACTS = [
    "Kontakt: {person}, {name}, 010-123 45 67",
    "Presskontakt\n{person}, pressansvarig, {name}, 070-123 45 67",
    "För mer information\n{person}, projektledare, {person_two}, kommunikatör, {name}",
    "Kontaktpersoner:\n{person}, {name}",
]
_NAMES = ["Anna Berg", "Bo Ek", "Kim Sjö", "Siv Lund", "Åke Dal", "Eva Strand", "Ali Nord", "Mia Holm"]
_MONTHS = "januari februari mars april maj juni juli augusti september oktober november december".split()  # noqa: SIM905


def joint_releases(lines: Sequence[dict[str, Any]], number: int, seed: int) -> list[dict[str, Any]]:
    """As `releases`, of three publishers at once, each with a dateline and boxes of its own; every third a form that is filled otherwise."""
    chooser = random.Random(seed)
    long = [line for line in lines if 700 < len(line["text"]) < 8_000 and line.get("date")]
    chosen = list({line["title"][:20]: line for line in long}.values())
    chooser.shuffle(chosen)
    found: list[dict[str, Any]] = []
    for place, line in enumerate(chosen[:number]):
        is_form = place % 3 == 2
        publishers, sums = chooser.sample(_PUBLISHERS, 3), chooser.sample(range(2, 90), 3)
        for at, publisher in enumerate(publishers):
            text = line["text"]
            if is_form:
                given = f"Stödet går till {sums[at]} företag och {sums[at] * 3} anställda som får lära sig mer."
                text = f"{text}\n{given}" if place % 2 else f"{given}\n{text}"
            release = number + place * 3 + at if is_form else place
            made = _made(
                line, release, publisher[0], line["title"], _with_own_parts(line, text, publisher, chooser), at
            )
            found.append(made | ({} if place % 4 else {"date": ""}))
    for at, one in enumerate(found):
        one["id"] = f"j{at}"
    return found


def _with_own_parts(line: dict[str, Any], text: str, publisher: tuple[str, str, str], chooser: random.Random) -> str:
    name, seat, about = publisher
    day = date.fromisoformat(line["date"])
    people = dict(zip(("person", "person_two"), chooser.sample(_NAMES, 2), strict=True))
    dateline = chooser.choice(_DATELINES).format(
        place=seat, upper=seat.upper(), name=name, day=day.day, month=_MONTHS[day.month - 1], year=day.year, iso=day
    )
    facts = [
        chooser.choice(_FACTS),
        f"{name} deltar med två miljoner kronor.",
        f"Arbetet i {seat} leds av {people['person']}.",
    ]
    boxes = ["\n".join(facts), f"Om {name}\n{about}", chooser.choice(_CONTACTS).format(name=name, **people)]
    blocks = [f"{dateline}{text}", *(box for box in boxes if chooser.random() < 0.8)]
    if chooser.random() < 0.3 and (paragraphs := blocks[0].split("\n"))[2:]:
        blocks = ["\n".join([*paragraphs[:2], boxes[0], *paragraphs[2:]]), *blocks[1:]]
    return "\n".join(blocks)

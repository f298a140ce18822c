"""What every peer is given: real news, and above their number news mixed anew from paragraphs of different ones."""

from __future__ import annotations

import gzip
import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
NEWS = SHARED / "news.jsonl.gz"
PARAGRAPHS = 6
"""Of a mixed document: as many as the mean of the news has."""


def written(path: Path, count: int) -> Path:
    """So many documents as JSON lines, the same ones each time; kept where they are there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with (part := path.with_suffix(".part")).open("w", encoding="utf-8") as file:
            file.writelines(itertools.islice(_lines(), count))
        part.replace(path)
    return path


def read(path: Path) -> Iterator[dict[str, str]]:
    """The documents of a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _lines() -> Iterator[str]:
    with gzip.open(NEWS, "rt", encoding="utf-8") as file:
        lines = list(file)
    random.Random(0).shuffle(lines)  # they stand by source
    yield from lines
    news = [json.loads(line) for line in lines]
    for number in itertools.count():
        yield json.dumps(_mixed(news, number), ensure_ascii=False) + "\n"


def _mixed(news: list[dict[str, str]], number: int) -> dict[str, str]:
    """Title and date of one document over paragraphs of others."""
    chance = random.Random(number)
    own = chance.choice(news)
    texts = (chance.choice(news)["text"] for _ in range(PARAGRAPHS))
    paragraphs = [chance.choice([block for block in text.split("\n") if block.strip()] or [text]) for text in texts]
    url = f"https://blandat.example/{number}"
    return own | {"id": f"mixed:{number}", "text": "\n\n".join(paragraphs), "url": url}

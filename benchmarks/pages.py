"""python -m benchmarks.pages STEP WORK: crawled pages a second, from HTML to the index, beside trafilatura alone.

STEP is `trafilatura`, `index` or `rebuild`. Pages are real ones of 40 kB with the title and paragraphs of a news each, so
that no two have the same bytes, text or address.
"""

from __future__ import annotations

import html
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import cycle, repeat
from pathlib import Path
from typing import Any

from benchmarks.documents import SHARED, read

PROCESSES = os.cpu_count() or 1
"""Of trafilatura."""
_PARAGRAPH = re.compile(r"(<p[^>]*>)(?:(?!</p>).){40,}</p>", re.DOTALL)
_TITLE = re.compile(r"(<h1>|<title>|:[tT]itle\" content=\")[^<\"]*")
_ADDRESS = re.compile(r'(property="og:url" content="|<link href="(?=[^"]*" rel="canonical"))[^"]*')


def written(folder: Path, documents: Path, count: int) -> Path:
    """So many pages, a file each; kept where they are there."""
    if not folder.exists():
        (part := folder.with_suffix(".part")).mkdir(parents=True, exist_ok=True)
        for number, page in zip(range(count), _pages(documents), strict=False):
            (part / f"{number:06}.html").write_text(page, encoding="utf-8")
        part.rename(folder)
    return folder


def _pages(documents: Path) -> Iterator[str]:
    lines = (SHARED / "pages" / "police.jsonl").read_text(encoding="utf-8").splitlines()
    models = cycle([(SHARED / "pages" / json.loads(line)["file"]).read_text(encoding="utf-8") for line in lines])
    for number, (line, page) in enumerate(zip(read(documents), models, strict=False)):
        blocks = cycle([block for block in line["text"].split("\n") if block.strip()] or [line["title"]])
        page = _PARAGRAPH.sub(partial(_replaced, blocks), page)
        page = _TITLE.sub(partial(_replaced, repeat(line["title"])), page)
        yield _ADDRESS.sub(rf"\g<1>https://sidor.example/{number}", page)


def _replaced(texts: Iterator[str], found: re.Match[str]) -> str:
    """The beginning of what was found, and another text for its own."""
    end = "</p>" if found[1].startswith("<p") else ""
    return f"{found[1]}{html.escape(next(texts))}{end}"


def extracted(path: Path) -> int:
    """What this project asks trafilatura for, of one file."""
    from trafilatura import extract

    content = path.read_bytes()
    return len(extract(content, favor_recall=True, include_comments=False, include_tables=True) or "")


def trafilatura(folder: Path) -> dict[str, Any]:
    """Reading files and extracting their texts, in as many processes as there are cores."""
    paths = sorted(folder.glob("*.html"))  # beside which an index keeps what is its own
    with ProcessPoolExecutor(PROCESSES) as pool:
        list(pool.map(extracted, paths[: 2 * PROCESSES]))
        started = time.perf_counter()
        letters = sum(pool.map(extracted, paths, chunksize=8))
        spent = time.perf_counter() - started
    return {"pages": len(paths), "seconds": spent, "letters": letters}


def index(work: Path, rebuild: bool = False) -> dict[str, Any]:
    """The whole write side; with `rebuild`, all of it once more."""
    from indexer.indexing import build
    from indexer.settings import Settings

    settings = Settings(corpus=work / "pages", index=work / "pages-index")
    started = time.perf_counter()
    built = build(settings, rebuild=rebuild)
    spent = time.perf_counter() - started
    return {"pages": len(list(settings.corpus.glob("*.html"))), "documents": built.documents, "seconds": spent}


def main() -> None:
    """Print one JSON object."""
    step, work = sys.argv[1], Path(sys.argv[2])
    figures = trafilatura(work / "pages") if step == "trafilatura" else index(work, step == "rebuild")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()

"""What a run consists of: steps, each a process of its own whose figures are kept as they come."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks import documents, pages, questions
from benchmarks.peers import HTTP, OURS, SAME_INDEX, folder_of, kind_of

ROOT = Path(__file__).resolve().parents[1]
NEWS = 69_677
"""All of data/news: what regional_news was judged over."""
MILLION = 1_000_000
BESIDE_MILLION = (OURS, HTTP, "bare tantivy-py")
"""Who is given a million documents."""
JUDGED = ("agency_questions", "agency_faq", "regional_news")
"""Sets of data/relevance; the documents of the last are the news."""
WARM = 30
"""Questions of each kind before any is measured, so that what is compiled as it runs has been."""
LONGEST = 3_600
"""Seconds that a step may take."""


@dataclass(frozen=True, slots=True)
class Step:
    """A module, what it is told after its WORK folder, and what must not lie there as it begins."""

    module: str
    act: str
    arguments: tuple[str, ...] = ()
    fresh: Path | None = None
    needs: Path | None = None
    """Without it there is nothing to measure."""

    @property
    def name(self) -> str:
        """What its figures are kept under: act/documents/peer."""
        return "/".join((self.act or self.module, *self.arguments))

    def command(self, work: Path) -> list[str]:
        """As anybody would start it."""
        act = [self.act] if self.act else []
        return [sys.executable, "-m", f"benchmarks.{self.module}", *act, str(work), *self.arguments]


def steps(work: Path, sizes: Sequence[int], peers: Sequence[str]) -> Iterator[Step]:
    """What does not grow with an index, then sizes from small to large, one peer after the other; then the judged sets."""
    whole = MILLION not in sizes
    yield from _once(work, str(sizes[0])) if whole else ()
    for size in sizes:
        for peer in peers:
            if size <= kind_of(peer).limit and (size < MILLION or peer in BESIDE_MILLION):
                yield from _of_peer(work, str(size), peer)
        yield Step("ours", "inside", (str(size),), needs=folder_of(OURS, work, size))
        if size == NEWS:
            yield Step("ours", "serving", (str(size),), needs=folder_of(OURS, work, size))
    for judged in JUDGED if whole else ():
        for peer in peers:
            if peer not in SAME_INDEX:
                yield from _judged(work, judged, peer)


def _once(work: Path, documents: str) -> Iterator[Step]:
    index = work / "pages-index"
    yield Step("ours", "setup")
    yield Step("pages", "trafilatura")
    yield Step("pages", "index", fresh=index)
    yield Step("pages", "rebuild", needs=index)
    yield Step("crawling", "crawl", fresh=work / "crawl")
    yield Step("stages", "", (documents,))


def _of_peer(work: Path, size: str, peer: str) -> Iterator[Step]:
    folder = folder_of(peer, work, size)
    if peer not in SAME_INDEX:
        yield Step("measuring", "build", (size, peer), fresh=folder)
    yield Step("measuring", "ask", (size, peer), needs=folder)
    yield Step("measuring", "cold", (size, peer), needs=folder)


def _judged(work: Path, judged: str, peer: str) -> Iterator[Step]:
    if judged == JUDGED[-1]:
        folder = folder_of(peer, work, NEWS)
        yield Step("measuring", "judge", (str(NEWS), peer, judged), needs=folder)
        return
    folder = folder_of(peer, work, judged)
    yield Step("measuring", "build", (judged, peer), fresh=folder)
    yield Step("measuring", "judge", (judged, peer, judged), needs=folder)


def prepare(work: Path, sizes: Sequence[int], each: int, number_of_pages: int) -> None:
    """Documents, questions and pages, where they are not there; the same ones each time."""
    for size in sizes:
        file = documents.written(work / f"{size}.jsonl", size)
        if not (asked := work / f"{size}.questions.json").exists():
            questions.write(asked, list(islice(documents.read(file), NEWS)), WARM, each)
    for name in JUDGED[:-1]:
        shutil.copy(documents.SHARED / "relevance" / name / "documents.jsonl", work / f"{name}.jsonl")
    pages.written(work / "pages", documents.written(work / f"{NEWS}.jsonl", NEWS), number_of_pages)


def run(step: Step, work: Path, results: dict[str, Any]) -> None:
    """Keep a step's figures among the results, with when it began and how busy the machine was; or why there are none."""
    if step.needs and not step.needs.exists():
        return
    if step.fresh:
        shutil.rmtree(step.fresh, ignore_errors=True)
    began, load, started = time.strftime("%Y-%m-%d %H:%M"), os.getloadavg()[0], time.perf_counter()
    print(f"{began} {step.name}", file=sys.stderr, flush=True)
    try:
        figures = json.loads(_printed(step.command(work)).strip().splitlines()[-1])
    except (RuntimeError, ValueError, IndexError) as error:
        results["missing"][step.name] = str(error).replace(str(work), "WORK")
        print(error, file=sys.stderr, flush=True)
        return
    results["missing"].pop(step.name, None)
    took = round(time.perf_counter() - started, 1)
    results["steps"][step.name] = {"figures": figures, "began": began, "took": took, "load": round(load, 2)}


def _printed(command: list[str]) -> str:
    """What a process prints. Raises RuntimeError where it fails or takes too long; nothing that it started outlives it."""
    options: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT}
    with subprocess.Popen(command, start_new_session=True, **options) as process:
        try:
            printed, said = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"not done in {LONGEST} seconds") from None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode:
        raise RuntimeError(f"failed: {(said.strip().splitlines() or ['no reason'])[-1][:300]}")
    return str(printed)

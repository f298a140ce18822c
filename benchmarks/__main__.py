"""python -m benchmarks [options]: everything side by side in one run; writes docs/benchmarks.md and its plots.

Every figure is of a process of its own (`benchmarks.measuring`, `.pages`, `.stages`), so that memory is its own and any
of them can be had alone. A peer that cannot be measured is named with the reason, and so is one that fails.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import astuple
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import documents, pages, report
from benchmarks.measuring import SETS
from benchmarks.peers import PEERS, SAME_INDEX, folder_of, kind_of
from benchmarks.questions import KINDS, Question, questions

ROOT = Path(__file__).resolve().parents[1]
NEWS = 69_677
"""All of data/news: what regional_news was judged over."""
MILLION = 1_000_000
WARM = 2
"""Questions of each kind before any is measured."""
COLD = 5
LONGEST = 3_600
"""Seconds that a step may take."""


class Run:
    """What is measured, and where it is kept."""

    def __init__(self, options: argparse.Namespace, work: Path) -> None:
        self.options, self.work = options, work
        self.results: dict[str, Any] = {"missing": {}, "built": {}, "asked": {}, "cold": {}, "judged": {}}
        self.results |= {"sizes": options.sizes, "each": options.each, "day": date.today().isoformat()}
        self.results |= {"command": _command(options), "machine": _machine()}
        self.peers = []
        for name in options.peers:
            if reason := kind_of(name)(work / name).missing():
                self.results["missing"][name] = reason
            else:
                self.peers.append(name)

    def all(self) -> None:
        """Pages and stages, then sizes from small to large, one peer after the other; then the judged sets."""
        documents.written(self.work / f"{self.options.sizes[0]}.jsonl", self.options.sizes[0])
        self._pages()
        self.results["stages"] = self._program("benchmarks.stages", str(self.work), str(self.options.sizes[0]))
        for size in self.options.sizes:
            self._write_questions(documents.written(self.work / f"{size}.jsonl", size))
            for name in self.peers:
                if size <= (limit := kind_of(name).limit):
                    self._size(name, str(size))
                else:
                    self.results["missing"][f"{name}, {size:,}"] = (
                        f"above {limit:,} documents it makes the run too long"
                    )
            if size == NEWS:
                self._judge(str(size), "regional_news")
            if not self.options.keep:
                for name in self.peers:
                    shutil.rmtree(folder_of(name, self.work, size), ignore_errors=True)
        for name in SETS[:2]:
            shutil.copy(documents.SHARED / "relevance" / name / "documents.jsonl", self.work / f"{name}.jsonl")
            for peer in self.peers:
                if peer not in SAME_INDEX:
                    shutil.rmtree(folder_of(peer, self.work, name), ignore_errors=True)
                    self._step([peer, "build", str(self.work), name])
            self._judge(name, name)

    def _write_questions(self, written: Path) -> None:
        drawn = questions(list(documents.read(written)), 2 * self.options.each + WARM)
        by_kind: dict[str, list[Question]] = {kind: [] for kind in KINDS}
        for question in drawn:
            by_kind[question.kind].append(question)
        ends = (0, WARM, WARM + self.options.each, WARM + 2 * self.options.each)
        parts = [
            [q for some in by_kind.values() for q in some[start:end]]
            for start, end in zip(ends, ends[1:], strict=False)
        ]
        order = {question: place for place, question in enumerate(drawn)}
        listed = [[astuple(question)[:3] for question in sorted(part, key=order.__getitem__)] for part in parts]
        (self.work / "questions.json").write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")

    def _size(self, name: str, size: str) -> None:
        """Everything of one peer and one number of documents."""
        if name not in SAME_INDEX:
            shutil.rmtree(folder_of(name, self.work, size), ignore_errors=True)
            built = self._step([name, "build", str(self.work), size])
            if built is None:
                return
            self.results["built"].setdefault(size, {})[name] = built
        if (asked := self._step([name, "ask", str(self.work), size])) is not None:
            self.results["asked"].setdefault(size, {})[name] = asked
            starts = [self._cold(name, size) for _ in range(COLD)]
            self.results["cold"].setdefault(size, {})[name] = starts
        self.keep(self.work / "results.json")

    def _judge(self, index: str, name: str) -> None:
        for peer in self.peers:
            if peer in SAME_INDEX or not folder_of(peer, self.work, index).exists():
                continue
            if (figures := self._step([peer, "judge", str(self.work), index, name])) is not None:
                self.results["judged"].setdefault(name, {})[peer] = figures
                self.keep(self.work / "results.json")

    def _cold(self, name: str, size: str) -> float:
        """Seconds until a process that is started now has said its answer."""
        command = [sys.executable, "-m", "benchmarks.measuring", name, "cold", str(self.work), size]
        started = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
            assert process.stdout
            process.stdout.readline()
            return time.perf_counter() - started

    def _pages(self) -> None:
        pages.written(self.work / "pages", self.work / f"{self.options.sizes[0]}.jsonl", self.options.pages)
        for step in ("trafilatura", "index", "rebuild"):
            if (figures := self._program("benchmarks.pages", step, str(self.work))) is not None:
                self.results.setdefault("pages", {})[step] = figures

    def _step(self, arguments: Sequence[str]) -> dict[str, Any] | None:
        return self._program("benchmarks.measuring", *arguments)

    def _program(self, module: str, *arguments: str) -> dict[str, Any] | None:
        """What a program prints last as JSON; None, and the reason kept, where it fails."""
        said = " ".join(argument for argument in arguments if argument != str(self.work))
        print(f"{time.strftime('%H:%M:%S')} {module} {said}", file=sys.stderr, flush=True)
        try:
            done = subprocess.run(
                [sys.executable, "-m", module, *arguments], capture_output=True, text=True, timeout=LONGEST, cwd=ROOT
            )
        except subprocess.TimeoutExpired:
            self.results["missing"][said] = f"not done in {LONGEST} seconds"
            return None
        if done.returncode:
            self.results["missing"][said] = f"failed: {(done.stderr.strip().splitlines() or ['no reason'])[-1][:300]}"
            print(done.stderr[-2_000:], file=sys.stderr, flush=True)
            return None
        figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return figures

    def keep(self, path: Path) -> None:
        """What was measured so far: the report can be written from it, also of a run that was stopped."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _command(options: argparse.Namespace) -> str:
    """What shapes the figures, without where they were put."""
    sizes = ",".join(map(str, options.sizes))
    said = f"python -m benchmarks --sizes {sizes} --each {options.each} --pages {options.pages}"
    return said if list(PEERS) == options.peers else f'{said} --peers "{",".join(options.peers)}"'


def _machine() -> dict[str, str]:
    model = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if "model name" in line
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    busy = f"{os.getloadavg()[0]:.1f}"
    return {
        "cores": f"{os.cpu_count()} ({model[0] if model else platform.machine()})",
        "memory": f"{memory:.0f} GiB",
        "Python": platform.python_version(),
        "processes at work as it began": busy,
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    numbers, names = (lambda text: [int(size) for size in text.split(",")]), (lambda text: text.split(","))
    parser.add_argument("--sizes", type=numbers, default=[2_000, 10_000, NEWS, 100_000], help="numbers of documents")
    parser.add_argument("--million", action="store_true", help="10^6 documents too: hours")
    parser.add_argument("--each", type=int, default=100, help="questions of a kind for one asker, and for eight")
    parser.add_argument("--pages", type=int, default=1_000, help="crawled pages")
    parser.add_argument("--peers", type=names, default=list(PEERS), help="names, with commas between them")
    parser.add_argument("--work", type=Path, help="a folder for indexes; a temporary one where it is not given")
    parser.add_argument("--keep", action="store_true", help="leave the indexes there")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs", help="where the report goes")
    parser.add_argument("--results", type=Path, help="only write the report anew from these results")
    options = parser.parse_args()
    options.sizes += [MILLION] if options.million else []
    return options


def main() -> None:
    """Measure, keep the results as JSON beside the report, and write it."""
    options = _options()
    if options.results:
        report.write(json.loads(options.results.read_text(encoding="utf-8")), options.docs)
        return
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        run = Run(options, work)
        run.all()
    run.keep(options.docs / "benchmarks" / "results.json")
    report.write(run.results, options.docs)


if __name__ == "__main__":
    main()

"""python -m benchmarks [options]: everything side by side in one run; writes docs/benchmarks.md and its plots.

Figures are kept in the folder `--work` as they come: a run that was stopped goes on where it was, and another run over the
same folder adds what it has to the report. A peer that cannot be measured is named with the reason, and so is a step that fails.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.peers import PEERS, kind_of
from benchmarks.steps import MILLION, NEWS, ROOT, prepare, run, steps


def _machine() -> dict[str, str]:
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": f"{os.cpu_count()} ({model})",
        "memory": f"{memory:.0f} GiB",
        "Python": platform.python_version(),
    }


def _commit() -> str:
    """Of this project, where git knows it."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


def _said(options: list[str]) -> str:
    """The command that shapes the figures, without where they were put."""
    options = [option for option in options if option != "--fresh"]
    for name in {"--work", "--docs"}.intersection(options):
        del options[options.index(name) : options.index(name) + 2]
    return shlex.join(["python", "-m", "benchmarks", *options])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    numbers, names = (lambda text: [int(size) for size in text.split(",")]), (lambda text: text.split(","))
    parser.add_argument("--sizes", type=numbers, default=[10_000, 23_000, NEWS], help="numbers of documents")
    parser.add_argument("--million", action="store_true", help="10^6 documents, and nothing else")
    parser.add_argument("--each", type=int, default=60, help="questions of a kind for one asker, and for eight")
    parser.add_argument("--pages", type=int, default=3_000, help="crawled pages")
    parser.add_argument("--peers", type=names, default=list(PEERS), help="names, with commas between them")
    parser.add_argument("--only", help="measure again the steps whose names hold this, such as ask/23000/SQLite")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir(), "regionsok-bench"))
    parser.add_argument("--fresh", action="store_true", help="begin with an empty folder")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs", help="where the report goes")
    parser.add_argument("--report", action="store_true", help="only write the report anew from its results")
    options = parser.parse_args()
    options.sizes = [MILLION] if options.million else options.sizes
    return options


def _results(options: argparse.Namespace) -> dict[str, Any]:
    """What was measured before, or nothing yet."""
    path = options.work / "results.json"
    if path.exists():
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found
    return {"machine": _machine(), "runs": [], "missing": {}, "steps": {}}


def _measure(options: argparse.Namespace) -> None:
    """Whatever has no figures yet, or is asked for by name."""
    results = _results(options)
    results["runs"].append({"command": _said(sys.argv[1:]), "commit": _commit()})
    missing = {name: kind_of(name)(options.work / name).missing() for name in options.peers}
    results["missing"] |= {name: reason for name, reason in missing.items() if reason}
    prepare(options.work, options.sizes, options.each, options.pages)
    every = steps(options.work, options.sizes, [name for name, reason in missing.items() if not reason])
    wanted = [
        step for step in every if (options.only in step.name if options.only else step.name not in results["steps"])
    ]
    try:
        for step in wanted:
            run(step, options.work, results)
            _keep(results, options.work)
    finally:
        _keep(results, options.docs / "benchmarks")
    print(f"{len(wanted)} steps; --fresh measures everything anew", file=sys.stderr)


def _keep(results: dict[str, Any], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    content = json.dumps(results, ensure_ascii=False, indent=1) + "\n"
    (folder / "results.json").write_text(content, encoding="utf-8")


def main() -> None:
    """Measure, keep the results as JSON beside the report, and write it."""
    options = _options()
    if not options.report:
        if options.fresh:
            shutil.rmtree(options.work, ignore_errors=True)
        options.work.mkdir(parents=True, exist_ok=True)
        _measure(options)
    report.write(json.loads((options.docs / "benchmarks" / "results.json").read_text(encoding="utf-8")), options.docs)


if __name__ == "__main__":
    main()

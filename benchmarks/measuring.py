"""python -m benchmarks.measuring STEP WORK DOCUMENTS PEER [SET]: figures of one peer, in a process of its own, as JSON.

STEP is `build`, `ask`, `cold` or `judge`; DOCUMENTS is a number, or the name of a judged set.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.peers import OURS, PEERS, folder_of, kind_of
from benchmarks.peers.protocol import Answer, Peer
from benchmarks.questions import Question, as_typed, read

ASKERS = 8
COLD = ("cirkulär ekonomi", "vindkraft", "små företag", "vätgas", "digitalisering")
"""Questions, one for each start of a process."""
RANKED = 50
"""Hits that recall looks at."""


def build(peer: Peer, documents: Path, folder: Path) -> dict[str, Any]:
    """Seconds, most memory of all its processes, and what lies on disk once it has settled."""
    from benchmarks.memory import watched

    peer.start()
    with watched(peer.processes() or [os.getpid()]) as peak:
        started = time.perf_counter()
        peer.build(documents)
        seconds = time.perf_counter() - started
    peer.settle()
    peer.stop()
    files = (path for path in folder.rglob("*") if path.is_file() and "corpus" not in path.relative_to(folder).parts)
    size = sum(path.stat().st_size for path in files) / 1e6
    return {"seconds": seconds, "memory": peak.megabytes, "disk": size}


def ask(peer: Peer, questions: Path) -> dict[str, Any]:
    """Milliseconds of each question by one asker, then by eight at once with other questions; memory afterwards."""
    from benchmarks.memory import megabytes

    warm, alone, together = (some[:: peer.every] for some in read(questions))
    peer.start()
    asked(peer, warm, 1)
    one = asked(peer, alone, 1)
    many = asked(peer, together, ASKERS)
    memory = megabytes(peer.processes() or [os.getpid()])
    peer.stop()
    return {"one": one, "many": many, "memory": memory}


def asked(peer: Peer, questions: Sequence[Question], askers: int) -> dict[str, Any]:
    """Questions a second, and by kind the milliseconds and how many documents were found in all."""

    def timed(question: Question) -> tuple[float, Answer]:
        started = time.perf_counter()
        answer = peer.ask(question)
        return (time.perf_counter() - started) * 1000, answer

    started = time.perf_counter()
    with ThreadPoolExecutor(askers) as pool:
        answers = list(pool.map(timed, questions))
    rate = len(questions) / (time.perf_counter() - started)
    times: dict[str, list[float]] = {}
    found: dict[str, int] = {}
    for question, (spent, answer) in zip(questions, answers, strict=True):
        times.setdefault(question.kind, []).append(round(spent, 3))
        found[question.kind] = found.get(question.kind, 0) + answer.total
    return {"rate": rate, "times": times, "found": found}


def cold(name: str, work: Path, documents: str) -> dict[str, Any]:
    """Seconds from the start of a process to the end of its answer; of this project the command's own, `regionsok search`."""
    peer = kind_of(name)(folder_of(name, work, documents))
    spent = []
    for text in COLD:
        command = [sys.executable, "-m", "benchmarks.measuring", "answer", str(work), documents, name, text]
        if name == OURS:
            settings = peer.settings  # type: ignore[attr-defined]  # this project's has them
            options = ["--corpus", str(settings.corpus), "--index", str(settings.index)]
            command = [str(Path(sys.executable).with_name("regionsok")), "search", text, *options]
        started = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout
            answer = process.stdout.read() if name == OURS else process.stdout.readline()
            spent.append(time.perf_counter() - started)
        if not answer or process.returncode:
            raise RuntimeError(f"{name} did not answer {text!r}")
    return {"seconds": median(spent), "all": spent}


def answer(peer: Peer, text: str) -> None:
    """One answer of a process, or of a server, that has just been started; who started it looks at the clock."""
    peer.start()
    found = peer.ask(Question("words", tuple(text.split())))
    print(json.dumps({"total": found.total}), flush=True)
    peer.stop()


def judge(peer: Peer, name: str) -> dict[str, Any]:
    """nDCG@10 and recall@50 of its own ranking."""
    from types import SimpleNamespace

    from benchmarks.documents import SHARED
    from indexer.cli.evaluating import ask_all, read_questions

    class Asked:
        def search(self, search: Any) -> Any:
            ids = peer.ask(as_typed(search.query), RANKED).ids
            return SimpleNamespace(hits=[SimpleNamespace(id=id) for id in ids])

    peer.start()
    questions = read_questions(SHARED / "relevance" / name / "queries.jsonl")
    figures = ask_all(Asked(), questions).to_json()  # type: ignore[arg-type]  # a searcher is what searches
    peer.stop()
    return figures


def main() -> None:
    """Print one JSON object."""
    step, work, documents, name = sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4]
    if name not in PEERS:
        raise SystemExit(f"No peer {name!r}; there are {', '.join(PEERS)}.")
    folder = folder_of(name, work, documents)
    peer = kind_of(name)(folder)
    match step:
        case "build":
            figures = build(peer, work / f"{documents}.jsonl", folder)
        case "ask":
            figures = ask(peer, work / f"{documents}.questions.json")
        case "cold":
            figures = cold(name, work, documents)
        case "answer":
            return answer(peer, sys.argv[5])
        case "judge":
            figures = judge(peer, sys.argv[5])
        case _:
            raise SystemExit(__doc__)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()

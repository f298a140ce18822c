"""python -m benchmarks.measuring PEER STEP WORK DOCUMENTS: one figure of one peer, in a process of its own, as JSON.

STEP is `build`, `ask`, `cold` or `judge`; DOCUMENTS is a number, or the name of a judged set.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.peers import PEERS, folder_of, kind_of
from benchmarks.peers.protocol import Answer, Peer
from benchmarks.questions import Question, as_typed

ASKERS = 8
RANKED = 50
"""Hits that recall looks at."""
SETS = ("agency_questions", "agency_faq", "regional_news")


def build(peer: Peer, documents: Path, folder: Path) -> dict[str, Any]:
    """Seconds, most memory of all its processes, what lies on disk afterwards, and how much was at work beside."""
    from benchmarks.memory import watched

    peer.start()
    with watched(lambda: peer.processes() or [os.getpid()]) as peak:
        started = time.perf_counter()
        peer.build(documents)
        seconds = time.perf_counter() - started
    peer.stop()
    files = (path for path in folder.rglob("*") if path.is_file() and "corpus" not in path.relative_to(folder).parts)
    size = sum(path.stat().st_size for path in files) / 1e6
    return {"seconds": seconds, "memory": peak.megabytes, "disk": size, "load": os.getloadavg()[0]}


def ask(peer: Peer, questions: Path) -> dict[str, Any]:
    """Milliseconds of each question by one asker, then by eight at once with other questions; memory afterwards."""
    from benchmarks.memory import megabytes

    warm, alone, together = (
        [Question(kind, tuple(words), year) for kind, words, year in some] for some in json.loads(questions.read_text())
    )
    peer.start()
    for question in warm:
        peer.ask(question)
    one = _asked(peer, alone, 1)
    many = _asked(peer, together, ASKERS)
    memory = megabytes(peer.processes() or [os.getpid()])
    peer.stop()
    return {"one": one, "many": many, "memory": memory, "load": os.getloadavg()[0]}


def _asked(peer: Peer, questions: Sequence[Question], askers: int) -> dict[str, Any]:
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


def cold(peer: Peer) -> None:
    """One answer of a process, or of a server, that has just been started; who started it looks at the clock."""
    peer.start()
    answer = peer.ask(Question("words", ("cirkulär", "ekonomi")))
    print(json.dumps({"total": answer.total}), flush=True)
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
    name, step, work, documents = sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4]
    if name not in PEERS:
        raise SystemExit(f"No peer {name!r}; there are {', '.join(PEERS)}.")
    folder = folder_of(name, work, documents)
    peer = kind_of(name)(folder)
    match step:
        case "build":
            figures = build(peer, work / f"{documents}.jsonl", folder)
        case "ask":
            figures = ask(peer, work / "questions.json")
        case "cold":
            cold(peer)
            return
        case "judge":
            figures = judge(peer, sys.argv[5])
        case _:
            raise SystemExit(__doc__)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()

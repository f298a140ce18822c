"""Results -> docs/benchmarks.md and its plots: every table with the command that gives its figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.peers import OURS, PEERS, kind_of
from benchmarks.plots import bars
from benchmarks.questions import KINDS, MEANING

HTTP = "Regionsök over HTTP"
Results = Mapping[str, Any]
Table = Mapping[str, Mapping[str, float]]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so much of them lies at or below (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 100) * len(ordered) // 100) - 1)]


def write(results: Results, docs: Path) -> None:
    """The report, and a plot beside it for each table that has one."""
    plots = docs / "benchmarks"
    size = max(results["asked"], key=int, default="0")
    largest = f"{int(size):,} documents"
    parts = [*_head(results), *(part for some in results["asked"] for part in _ratios(results, some)), *_once(results)]
    parts += _section("Build", _builds(results), "build", ("documents a second",), plots)
    parts += [f"Memory is the most that all processes had together (PSS). {_command('build', results)}"]
    sides = {name: {side: row[side] for side in ("memory MB", "disk MB")} for name, row in _builds(results).items()}
    bars(plots / "memory-disk.svg", "Memory at most and disk of a build, MB", sides, logarithmic=True)
    parts += ["![Memory and disk](benchmarks/memory-disk.svg)"]
    asked = _overall(results)
    parts += _section("A question", asked, "questions", ("p50 ms", "p99 ms"), plots, logarithmic=True)
    parts += [
        f"Of all kinds together; memory is what the index's processes hold after them. {_command('ask', results)}",
    ]
    kinds = _by_kind(results, size)
    parts += _section(f"By kind of question, p50 and p99 in ms, {largest}", kinds, "", (), plots)
    parts += [_list(f"*{kind}*: {MEANING[kind]}" for kind in KINDS), _found(results, size)]
    median_kinds = {
        peer: {name[4:]: value for name, value in row.items() if name.startswith("p50")} for peer, row in kinds.items()
    }
    bars(plots / "kinds.svg", f"p50 by kind of question, ms, {largest}", median_kinds, logarithmic=True)
    parts += ["![p50 by kind](benchmarks/kinds.svg)"]
    parts += _section("Cold start", _cold(results), "cold", ("seconds, median",), plots)
    parts += [
        f"From the start of a process, or a server, to its first answer; files are in the page cache. {_command('cold', results)}"
    ]
    parts += _section("Relevance", _judged(results), "relevance", (), plots)
    parts += [
        f"nDCG@10, and recall@50 after it, on data/relevance; sentences are looked for by any of their words. {_command('judge', results)}"
    ]
    parts += _pages(results)
    parts += _stages(results)
    parts += _missing(results)
    (docs / "benchmarks.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _head(results: Results) -> Iterator[str]:
    yield "# Figures beside peers"
    machine = ", ".join(f"{name} {value}" for name, value in results["machine"].items())
    yield (
        f"Made by `{results['command']}` on {results['day']} in one run: {machine}. Every peer got the same documents "
        f"(data/news of the project's shared folder; above 69,677, news mixed anew from paragraphs of different ones) and the same "
        f"questions out of their titles, {results['each']} of each kind for one asker and as many others for eight; each was asked once. "
        "An answer is the total, ten hits with title and a marked piece of text, and counts by source and by year. One peer "
        "after the other, each in a process of its own. Peers in the process that asks cannot use a second core for "
        "Python; servers share both cores with those who ask. *load* is the mean number of processes that wanted to work at that time: "
        "where it is far above the number of cores, others were at work and only ratios of neighbours mean anything."
    )
    yield "Set up as their manuals say:"
    yield _list(f"**{peer}**: {kind_of(peer).advice}." for peer in PEERS)


def _ratios(results: Results, size: str) -> Iterator[str]:
    """What the issue asks about, this project over a peer."""
    asked, built = results["asked"].get(size, {}), results["built"].get(size, {})
    rows: list[tuple[str, float]] = []

    def over(name: str, one: float | None, other: float | None) -> None:
        if one is not None and other:
            rows.append((name, one / other))

    p50 = {peer: percentile(_all(row["one"]), 0.5) for peer, row in asked.items()}
    over("`/sok.json` p50 / OpenSearch `_search`", p50.get(HTTP), p50.get("OpenSearch"))
    over("`/sok.json` p50 / FTS5 in its process", p50.get(HTTP), p50.get("SQLite FTS5"))
    over("a question in the process / bare tantivy-py", p50.get(OURS), p50.get("bare tantivy-py"))
    seconds = {peer: row["seconds"] for peer, row in built.items()}
    over("build, documents a second / OpenSearch bulk", seconds.get("OpenSearch"), seconds.get(OURS))
    over("questions a second with 8 askers / with one, HTTP", *_rates(asked.get(HTTP)))
    over("the same of OpenSearch", *_rates(asked.get("OpenSearch")))
    if rows:
        yield f"## Beside them, {int(size):,} documents"
        yield _ratio_table(rows)


def _once(results: Results) -> Iterator[str]:
    """What does not grow with the index."""
    pages = {name: row["pages"] / row["seconds"] for name, row in results.get("pages", {}).items()}
    sides = {
        "pages a second / trafilatura alone": ("index", "trafilatura"),
        "pages a second once more with `--rebuild` / the first time": ("rebuild", "index"),
    }
    rows = [(name, pages[one] / pages[other]) for name, (one, other) in sides.items() if {one, other} <= pages.keys()]
    if rows:
        yield _ratio_table(rows)


def _ratio_table(rows: Iterable[tuple[str, float]]) -> str:
    return _lined(["this project / peer", "ratio"], [[name, f"{value:.2f}"] for name, value in rows])


def _rates(row: Results | None) -> tuple[float | None, float | None]:
    return (row["many"]["rate"], row["one"]["rate"]) if row else (None, None)


def _all(asked: Results) -> list[float]:
    return [spent for times in asked["times"].values() for spent in times]


def _each(results: Results, part: str) -> Iterator[tuple[str, Any]]:
    for size, peers in results[part].items():
        for peer, row in peers.items():
            yield f"{peer}, {int(size):,}", row


def _builds(results: Results) -> Table:
    return {
        name: {
            "documents a second": int(name.rsplit(", ")[-1].replace(",", "")) / row["seconds"],
            "seconds": row["seconds"],
            "memory MB": row["memory"],
            "disk MB": row["disk"],
            **({"load": row["load"]} if "load" in row else {}),
        }
        for name, row in _each(results, "built")
    }


def _overall(results: Results) -> Table:
    return {
        name: {
            "p50 ms": percentile(_all(row["one"]), 0.5),
            "p99 ms": percentile(_all(row["one"]), 0.99),
            "a second": row["one"]["rate"],
            "8 askers: a second": row["many"]["rate"],
            "8: p50 ms": percentile(_all(row["many"]), 0.5),
            "8: p99 ms": percentile(_all(row["many"]), 0.99),
            "memory MB": row["memory"],
            **({"load": row["load"]} if "load" in row else {}),
        }
        for name, row in _each(results, "asked")
    }


def _by_kind(results: Results, size: str) -> Table:
    return {
        peer: {
            f"{name} {kind}": percentile(row["one"]["times"][kind], share)
            for kind in KINDS
            if kind in row["one"]["times"]
            for name, share in (("p50", 0.5), ("p99", 0.99))
        }
        for peer, row in results["asked"].get(size, {}).items()
    }


def _found(results: Results, size: str) -> str:
    """How much each peer found: who finds less has less to count."""
    asked = results["asked"].get(size, {})
    rows = [[peer, *(f"{row['one']['found'].get(kind, 0):,}" for kind in KINDS)] for peer, row in asked.items()]
    return "Documents found in all, by the same questions:\n\n" + _lined(["", *KINDS], rows)


def _cold(results: Results) -> Table:
    return {name: {"seconds, median": median(row)} for name, row in _each(results, "cold")}


def _judged(results: Results) -> Table:
    rows: dict[str, dict[str, float]] = {}
    for name, peers in results["judged"].items():
        for peer, figures in peers.items():
            row = rows.setdefault(peer, {})
            row[name] = figures["ndcg@10"]
            row[f"{name} recall"] = figures["recall@50"]
    return rows


def _pages(results: Results) -> Iterator[str]:
    if not results.get("pages"):
        return
    rows = [[name, f"{row['pages']}", f"{row['pages'] / row['seconds']:.0f}"] for name, row in results["pages"].items()]
    yield "## Crawled pages"
    yield _lined(["", "pages", "a second"], rows)
    yield (
        "Real pages of 40 kB, each with the title and paragraphs of another news, as files. *trafilatura*: it alone in two processes, "
        "with our options; *index*: from HTML to a finished index; *rebuild*: once more. `python -m benchmarks.pages STEP WORK`"
    )


def _stages(results: Results) -> Iterator[str]:
    if results.get("stages"):
        yield "## What a document costs, milliseconds of a core"
        yield _lined(["stage", "ms"], [[name, f"{value:.3f}"] for name, value in results["stages"].items()])
        yield "`python -m benchmarks.stages WORK DOCUMENTS`"


def _missing(results: Results) -> Iterator[str]:
    """What has no figure and why, and what whoever ran it has to say of the others."""
    if results["missing"]:
        yield "## Not measured"
        yield _list(f"{what}: {why}" for what, why in results["missing"].items())
    if results.get("remarks"):
        yield "## Of this run"
        yield _list(results["remarks"])


def _section(
    title: str, table: Table, plot: str, plotted: Sequence[str], plots: Path, logarithmic: bool = False
) -> Iterator[str]:
    """A heading, the table and its plot."""
    yield f"## {title}"
    columns = list(dict.fromkeys(name for row in table.values() for name in row))
    yield _lined(
        ["", *columns], [[name, *(_figure(row.get(column)) for column in columns)] for name, row in table.items()]
    )
    if plot and table:
        wanted = plotted or [name for name in columns if not name.endswith("recall")]
        rows = {name: {column: row[column] for column in wanted if column in row} for name, row in table.items()}
        bars(plots / f"{plot}.svg", f"{title}: {', '.join(plotted) or 'nDCG@10'}", rows, logarithmic)
        yield f"![{title}](benchmarks/{plot}.svg)"


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return (
        f"{value:,.0f}"
        if value >= 100
        else f"{value:.1f}"
        if value >= 10
        else f"{value:.2f}"
        if value >= 1
        else f"{value:.3f}"
    )


def _command(step: str, results: Results) -> str:
    extra = " SET" if step == "judge" else ""
    return f"`python -m benchmarks.measuring PEER {step} WORK DOCUMENTS{extra}`"


def _lined(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    ruled = [" | ".join(columns), "|".join(["---", *["--:"] * (len(columns) - 1)]), *map(" | ".join, rows)]
    return "\n".join(f"| {row} |" if "---" not in row else f"|{row}|" for row in ruled)


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)

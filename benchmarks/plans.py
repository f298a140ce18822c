"""python -m benchmarks.plans CORPUS INDEX [EACH]: what the nodes of a plan cost the engine, and which may go without changing an answer.

Each shape leaves something out of every plan; its cost is time of a core, its last column how many of the questions get other totals
or counts (`count`) or other hits (`find`) for it.

What it said on 69,677 news (means in ms of a core, the least of three runs, others at work; before this shape and after, in turn):

- `find` of a word 1.8 and 1.2, of two or three words 5.0 and 2.7, of a sentence's best hundred 58 and 36: phrases in titles match
  nothing that `body` does not; two words near each other are one phrase with slop in place of seven; whether they stand in a row, and
  whether a third follows, is looked at only where two stand together; the long lists of a word stand in one union, not in two;
  what has all the words is kept out of the partial ones by id, once it was found to be fewer than ten; no total beside the best.
- `count` of a word 3.5 and 2.8, of two or three words 4.6 and 2.2, of a sentence 9.0 and 1.9: nothing that only scores is looked up, and
  nothing is scored. What is left are the facets: the total alone takes .3 to .4, the years 1.0, since they have 554 values with their months.
- A form stays in a count: some find documents that their lexeme does not (eld and ELD, vas, jags), of thousands tried.
- Tantivy passes over documents where one node holds nothing but terms to add: .12 for .50 of a word. Floats are added in another
  order then, so that scores differ in the third decimal; and a union of all terms without passing over gains a tenth. Neither is done.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from benchmarks.documents import NEWS
from benchmarks.peers.regionsok import typed
from benchmarks.questions import questions
from indexer.engines import Window
from indexer.engines.tantivy import TantivyEngine, _compiled
from indexer.facets import FACETS
from indexer.planning import Plan, nodes
from indexer.queries import Search
from indexer.searching.opening import CurrentIndex
from indexer.searching.questions import Question
from indexer.settings import Settings

Shape = Callable[[Plan], Plan | None]
PAGE = Window(0, 10)


def kept(plan: Plan, keep: Callable[[Plan], bool], bonus: bool = True) -> Plan | None:
    """The plan without the leaves that are not kept; None where none of it is left."""
    match plan:
        case nodes.AllOf():
            required, optional = (
                tuple(some for part in parts if (some := kept(part, keep, bonus)) is not None)
                for parts in (plan.required, plan.bonus if bonus else ())
            )
            if len(required) < len(plan.required):
                return None
            return replace(plan, required=required, bonus=optional)
        case nodes.AnyOf() | nodes.MaxOf():
            parts = tuple(some for part in plan.parts if (some := kept(part, keep, bonus)) is not None)
            return replace(plan, parts=parts) if parts or not plan.parts else None
    return plan if keep(plan) else None


def _in_title(plan: Plan) -> bool:
    return isinstance(plan, nodes.Term | nodes.PhraseAt) and plan.field.startswith("title")


def _asks_titles(plan: Plan) -> bool:
    """Whether a question looks for titles alone: then what stands in the title is not in the body too."""
    return all(leaf.field.startswith("title") for leaf in nodes.leaves(plan))


def _in_body(plan: Plan) -> bool:
    return not isinstance(plan, nodes.Term | nodes.PhraseAt) or plan.field == "body"


def _shape(keep: Callable[[Plan], bool], bonus: bool = True) -> Shape:
    return lambda plan: plan if _asks_titles(plan) else kept(plan, keep, bonus)


SHAPES: dict[str, Shape] = {
    "the plan": lambda plan: plan,
    "no phrases that only score": _shape(lambda leaf: not (isinstance(leaf, nodes.PhraseAt) and leaf.score)),
    "nothing that only scores": _shape(lambda leaf: True, bonus=False),
    "and nothing in titles": _shape(lambda leaf: not _in_title(leaf), bonus=False),
    "and no exact forms": _shape(
        lambda leaf: not _in_title(leaf) and not (isinstance(leaf, nodes.Term) and leaf.field == "body_exact"),
        bonus=False,
    ),
}


def measured(name: str, plans: Sequence[Plan], act: Callable[[Plan], Any], expected: list[Any] | None) -> list[Any]:
    """Print what an act costs over all plans, and how many results are other than expected."""
    for plan in plans[:10]:
        act(plan)
    spent, results = [], []
    for plan in plans:
        started = time.process_time()
        results.append(act(plan))
        spent.append((time.process_time() - started) * 1000)
    spent.sort()
    others = sum(one != other for one, other in zip(results, expected or results, strict=True))
    middle, high = spent[len(spent) // 2], spent[len(spent) * 99 // 100]
    print(f"{name:55} {sum(spent) / len(spent):7.2f} {middle:7.2f} {high:7.2f} {others:5}", flush=True)
    return results


def main() -> None:
    """A line a shape: mean, p50 and p99 in milliseconds of a core, and how many answers are others."""
    settings = Settings(corpus=Path(sys.argv[1]), index=Path(sys.argv[2]))
    with gzip.open(NEWS, "rt", encoding="utf-8") as file:
        documents = random.Random(5).sample([json.loads(line) for line in file], 4_000)
    asked = questions(documents, int(sys.argv[3]) if len(sys.argv) > 3 else 25)
    with CurrentIndex(settings).reading() as index:
        engine = index.engine
        assert isinstance(engine, TantivyEngine)
        made = [Question(index, Search(typed(question))) for question in asked]
        plans = [question.narrowed(question.planned.strict) for question in made]
        print(
            f"{len(plans)} questions, {engine._searcher.num_docs} documents, {engine._searcher.num_segments} segments"
        )
        print(f"{'milliseconds of a core':55} {'mean':>7} {'p50':>7} {'p99':>7} other")
        first: list[Any] | None = None
        for name, shape in SHAPES.items():
            shaped = [shape(plan) or nodes.NOTHING for plan in plans]
            found = measured(f"find, {name}", shaped, lambda plan: engine.find(plan, PAGE), first)
            first = first or found
        measured("find, ten best without a total", plans, lambda plan: _without_total(engine, plan), None)
        bodies = [kept(plan, _in_body, bonus=False) or plan for plan in plans]
        measured("find, the field body alone, with a total", bodies, lambda plan: engine.find(plan, PAGE), None)
        measured("find, the field body alone, without a total", bodies, lambda plan: _without_total(engine, plan), None)
        measured("total alone", plans, engine.count, None)
        measured("total alone, of the whole plan", plans, lambda plan: _total(engine, plan), None)
        first = None
        for name, shape in SHAPES.items():
            shaped = [shape(plan) or nodes.NOTHING for plan in plans]
            found = measured(f"count, {name}", shaped, lambda plan: engine.count(plan, list(FACETS)), first)
            first = first or found
        for facet in FACETS:
            measured(f"count of {facet} alone", plans, lambda plan, one=facet: engine.count(plan, [one]), None)  # type: ignore[misc]
        measured("compiling alone", plans, lambda plan: _compiled(plan, engine._schema), None)


def _without_total(engine: TantivyEngine, plan: Plan) -> int:
    """Tantivy may pass over blocks that cannot reach the ten best."""
    return len(engine._searcher.search(_compiled(plan, engine._schema), limit=20, count=False).hits)


def _total(engine: TantivyEngine, plan: Plan) -> Any:
    """How many match, without scores but with all that only scores looked up."""
    return engine._searcher.aggregate(
        _compiled(plan, engine._schema), {"total": {"value_count": {"field": "first_day"}}}
    )


if __name__ == "__main__":
    main()

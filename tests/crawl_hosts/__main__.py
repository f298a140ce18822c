"""python -m tests.crawl_hosts: every behaviour that the nights look at, by the numbers of issue 21."""

from __future__ import annotations

from tests import crawl_hosts
from tests.crawl_nights import Unserved, made

said: dict[tuple[int, ...], dict[str, set[str]]] = {}
for place in made(Unserved(), crawl_hosts.PLACES):
    for one in place.behaviours:
        number = tuple(map(int, one.point.split(".")))
        said.setdefault(number, {}).setdefault(one.says, set()).add(place.key)
for number, sentences in sorted(said.items()):
    for sentence, places in sentences.items():
        print(f"{'.'.join(map(str, number))}  {sentence} ({', '.join(sorted(places))})")

"""Stops: a command that is killed at any step loses nothing, and the next run makes the index as a fresh one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ENGINES
from tests.stop_scenarios import SCENARIOS

SAMPLE = {
    "tantivy": ("index:in the catalogue commit", "remove:engine commit", "forget:rmdir 000002-tantivy"),
    "whoosh": ("correct:replace new manifest.json",),
}
"""Steps that each once left something wrong for good."""


def walked(folder: Path, engine: str, *chosen: str) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """What stops left wrong, and how many there were."""
    program = [sys.executable, "-m", "tests.stops", str(folder), engine, *chosen]
    done = subprocess.run(program, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert done.returncode == 0, done.stderr
    _, *wrong, totals = map(json.loads, done.stdout.splitlines())
    return wrong, totals


@pytest.mark.parametrize(("engine", "chosen"), SAMPLE.items())
def test_what_once_stayed_wrong_after_a_stop_is_mended_by_the_next_run(
    tmp_path: Path, engine: str, chosen: tuple[str, ...]
) -> None:
    wrong, totals = walked(tmp_path, engine, *chosen)
    assert not wrong, wrong[0]
    assert totals["stops"] == len(chosen)
    assert totals["hot"] > 0 or "commit" not in chosen[0]


IN_SOAK = pytest.mark.soak
"""Both engines are told the same by the same code; the longest walks of the slower one are for `make soak`."""
WALKS = [
    pytest.param(engine, scenario, marks=pytest.mark.long if engine == "tantivy" or scenario == "forget" else IN_SOAK)
    for engine in ENGINES
    for scenario in SCENARIOS
]


@pytest.mark.parametrize(("engine", "scenario"), WALKS)
def test_a_stop_at_any_step_is_mended_by_the_next_run(tmp_path: Path, engine: str, scenario: str) -> None:
    """Every step of every command: answers, also of prefixes, near misses, completions, trends and aliases, as a fresh build's."""
    wrong, totals = walked(tmp_path, engine, f"{scenario}:")
    assert not wrong, wrong[0]
    assert totals["stops"] > 5

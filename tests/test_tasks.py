"""What people come for can be done: to follow, take along, cite, compare and correct, by mouse and keyboard, with JavaScript and without."""

# ruff: noqa: F811 (fixtures are imported, and named as arguments)

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from indexer.settings import Settings
from tests.browsing import chromium  # noqa: F401 (fixture)
from tests.tasks import DOCUMENTS, TASKS, WAYS, served, walking


@pytest.fixture(scope="module")
def service(
    real_corpus: Callable[[int], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Settings]]:
    folder = tmp_path_factory.mktemp("tasks")
    shutil.copytree(real_corpus(DOCUMENTS), folder / "corpus")
    with served(folder / "corpus", folder) as site:
        yield site


@pytest.mark.real
@pytest.mark.long
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("task", TASKS)
def test_people_can_do_what_they_come_for(
    chromium: Browser, service: tuple[str, Settings], task: str, way: str
) -> None:
    site, settings = service
    with walking(chromium, site, settings, way) as walk:
        TASKS[task](walk)

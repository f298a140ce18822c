"""Engines: carry plans out and keep records. `auto` is Tantivy where it imports, else Whoosh."""

import logging
from importlib import import_module
from pathlib import Path
from typing import Any

from indexer.engines.protocol import Engine, Writer, engine_faults

_log = logging.getLogger(__package__)

COUNT_DELETED = frozenset({"tantivy"})
"""The engines whose BM25 counts deleted documents until their files are written anew."""


def chosen_engine(setting: str) -> str:
    """The engine that a setting (auto, tantivy, whoosh) stands for on this machine."""
    if setting != "auto":
        return setting
    try:
        import_module("tantivy")
        engine = "tantivy"
    except ImportError:
        engine = "whoosh"
    _log.info("engine chosen", extra={"engine": engine})
    return engine


def open_engine(name: str, folder: Path) -> Engine:
    """The last commit of the index in a folder. Raises EngineError, or ImportError where the engine is missing."""
    engine: Engine = _opened(name, "Engine", folder)
    return engine


def open_writer(name: str, folder: Path) -> Writer:
    """The writer of the index in a folder, which is created where there is none. Raises as `open_engine`."""
    writer: Writer = _opened(name, "Writer", folder)
    return writer


def _opened(name: str, role: str, folder: Path) -> Any:
    """TantivyEngine, WhooshWriter … of a folder; each engine is a module of its own, which may be missing."""
    with engine_faults(folder):
        return getattr(import_module(f"{__package__}.{name}"), name.capitalize() + role)(folder)

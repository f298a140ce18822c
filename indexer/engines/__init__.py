"""Engines: carry plans out and keep records. `auto` is Tantivy where it imports, else Whoosh."""

import logging
from importlib import import_module
from pathlib import Path

from indexer.engines.protocol import Engine, Writer, engine_faults

_log = logging.getLogger(__package__)
_CLASSES = {
    "tantivy": ("indexer.engines.tantivy", "TantivyEngine", "TantivyWriter"),
    "whoosh": ("indexer.engines.whoosh", "WhooshEngine", "WhooshWriter"),
}


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
    module, engine, _ = _CLASSES[name]
    with engine_faults(folder):
        opened: Engine = getattr(import_module(module), engine)(folder)
    return opened


def open_writer(name: str, folder: Path) -> Writer:
    """The writer of the index in a folder, which is created where there is none. Raises as `open_engine`."""
    module, _, writer = _CLASSES[name]
    with engine_faults(folder):
        opened: Writer = getattr(import_module(module), writer)(folder)
    return opened

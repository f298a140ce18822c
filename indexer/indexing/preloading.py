"""Imported once, by the process that the workers are copies of: the tables that each would load stand in memory once."""

from __future__ import annotations

import gc

import trafilatura

import indexer.indexing.analysing
import indexer.ingestion.html
from indexer.swedish import entry_of
from indexer.swedish.languages import language_of

__all__ = ["indexer", "trafilatura"]

entry_of("fabriksarbetare")
language_of("Det är en text som är lång nog. " * 20)
gc.collect()
gc.freeze()

"""Imported once, by the process that the workers are copies of: the tables that each would load stand in memory once."""

import gc

import trafilatura

import indexer.indexing.analysing
import indexer.ingestion.html
from indexer.swedish.languages import language_of
from indexer.swedish.words import load_tables

__all__ = ["indexer", "trafilatura"]

load_tables()
language_of("Det är en text som är lång nog. " * 20)
gc.collect()
gc.freeze()

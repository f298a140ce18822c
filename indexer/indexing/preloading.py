"""Imported once, by the process that the workers are copies of: the tables that each would load stand in memory once."""

import gc

import trafilatura  # noqa: F401  as the next

import indexer.ingestion.html  # noqa: F401  which is loaded when a page is read
from indexer.swedish.words import load_tables

load_tables()
gc.collect()
gc.freeze()

"""corpus/: which files are in it, and the ledger of what cannot be derived from them. The imports are what the other stages may use."""

# ruff: noqa: F401
# mypy: implicit-reexport

from indexer.corpus.files import CorpusFile, cut, read_corpus, sweep
from indexer.corpus.ledger import FIRST_SEEN, Correction, Ledger, changing, corrected, read_ledger, settle, today

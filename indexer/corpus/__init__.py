"""corpus/: which files are in it, and the ledger of what cannot be derived from them."""

from indexer.corpus.files import CorpusFile, read_corpus, sweep
from indexer.corpus.ledger import LEDGER, CorpusError, Ledger, changing, read_ledger, today

__all__ = ["LEDGER", "CorpusError", "CorpusFile", "Ledger", "changing", "read_corpus", "read_ledger", "sweep", "today"]

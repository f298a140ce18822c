"""corpus/: which files are in it, and the ledger of what cannot be derived from them."""

from indexer.corpus.files import CorpusFile, cut, read_corpus, sweep
from indexer.corpus.ledger import Ledger, changing, read_ledger, settle, today

__all__ = ["CorpusFile", "Ledger", "changing", "cut", "read_corpus", "read_ledger", "settle", "sweep", "today"]

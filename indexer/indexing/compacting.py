"""A generation without what was deleted in it: BM25 counts deleted documents until an engine's files are written anew.

Nothing is read or taken apart again: the documents come out of the old engine, their words out of the catalogue.
"""

from contextlib import closing

from indexer.catalogue import Catalogue, copy_compactly
from indexer.catalogue.vocabulary import REMEMBERED_FORMS
from indexer.engines import COUNT_DELETED, open_engine, open_writer
from indexer.fields import document_of, record_of, words_of
from indexer.generations import Generation
from indexer.swedish import Known

AT_ONCE = 2_000
"""Documents up to which a single deleted one is reason enough: within two seconds with Tantivy."""
PART = 5
"""Above that, one deleted of so many."""


def is_due(engine: str, deleted: int, documents: int) -> bool:
    """Whether an engine that holds so many is to be written anew.

    >>> is_due("tantivy", 0, 10), is_due("tantivy", 1, AT_ONCE), is_due("whoosh", 1, AT_ONCE), is_due("whoosh", 1_000, 3_000)
    (False, True, False, True)
    """
    shows = engine in COUNT_DELETED and documents <= AT_ONCE
    return deleted > 0 and (shows or deleted * PART > deleted + documents)


def compact(source: Generation, target: Generation) -> None:
    """Write a generation's documents and catalogue into an empty one. Raises OSError, EngineError or sqlite3.Error."""
    copy_compactly(source.catalogue, target.catalogue)
    with (
        closing(Catalogue(target.catalogue)) as catalogue,
        closing(open_engine(source.engine, source.engine_folder)) as engine,
        closing(open_writer(target.engine, target.engine_folder)) as writer,
    ):
        known = Known(catalogue.words.entry, REMEMBERED_FORMS)
        for id in sorted(engine.ids()):
            document = document_of(engine.get(id) or "")
            writer.add(record_of(document, words_of(document, known)))
        writer.commit()
        catalogue.set_counter("deleted", 0)
        catalogue.commit()

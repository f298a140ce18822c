"""The index that answers now: opened once, looked at on every question, opened anew after every commit.

Opening looks at what is cheap: CURRENT, the manifest, the seal and every file's size, and of a small index at every byte.
A larger one is read through in the background; once damage is found nothing is answered from it any more. With the index
lies what was answered from it last, for whoever asks the same, and which documents a person's name must not find: a question
with the whole name is answered as if they were not there.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager, suppress
from datetime import date
from itertools import permutations

from msgspec import Struct, field

from indexer.catalogue.vocabulary import IndexVocabulary
from indexer.documents import Document
from indexer.engines import REMOTE, ClusterDown, Engine, EngineError, open_engine
from indexer.faults import Fault, cause_of
from indexer.fields import FIELDS, digest_of
from indexer.generations import Current, Generation, IndexDamaged, commit_stamp, read_current, sealed_bytes
from indexer.planning import Planned, nodes
from indexer.queries import Filters, Search
from indexer.results import Results
from indexer.searching.following import Following
from indexer.settings import Settings
from indexer.swedish import EntryOf, analyse, forms_in, terms_in
from indexer.swedish.spelling import plain
from indexer.swedish.synonyms import Synonyms, read_groups

READ_AT_ONCE = 64_000_000
"""Bytes of an index that is read through before it answers: within .1 s from memory."""
ANSWERS, HITS = 50, 500
"""What is kept of answers: together some 5,000,000 characters, 4,000 a hit and 50,000 of what each counts."""
_REMEMBERING = threading.Lock()
Stamp = tuple[bytes, int]
_log = logging.getLogger(__package__)


class Hidden(Struct, frozen=True):
    """A document and a name; all terms are without accents."""

    id: str
    words: tuple[frozenset[frozenset[str]], ...]
    """For each word of the name: terms or forms that together ask for it, in each way it may be written."""
    whole: frozenset[str]
    """Terms of the name written as one word, in any order."""

    def named_by(self, terms: Set[str]) -> bool:
        """Whether terms hold the whole name."""
        return not self.whole.isdisjoint(terms) or all(any(way <= terms for way in ways) for ways in self.words)


def hidden_of(pairs: Iterable[tuple[str, str]], entry: EntryOf) -> Iterator[Hidden]:
    """Ids and names -> what they are known by; a name without words hides nothing."""
    for id, name in pairs:
        if words := [word for word in name.split() if analyse(word, entry)]:
            yield Hidden(id, tuple(frozenset(_ways(word, entry)) for word in words), frozenset(_joined(words, entry)))


def words_of(hidden: Iterable[Hidden]) -> frozenset[str]:
    """Every term of the names, without accents."""
    return frozenset().union(*(way for one in hidden for ways in (*one.words, {one.whole}) for way in ways))


def named(terms: Set[str], hidden: Iterable[Hidden]) -> frozenset[str]:
    """The ids of the documents that terms without accents must not find."""
    return frozenset(one.id for one in hidden if one.named_by(terms))


def hidden_in(document: Document, hidden: Iterable[Hidden], entry: EntryOf) -> frozenset[str]:
    """The ids of the documents that must not be found by a name that a document holds; that may be itself."""
    if not hidden:
        return frozenset()
    words = terms_in(f"{document.title}\n{document.text}", entry)
    return named(frozenset(map(plain, (*words.forms, *words.terms, *" ".join(words.parts).split()))), hidden)


def question_terms(planned: Planned, entry: EntryOf) -> frozenset[str]:
    """Every term and form that a question could find a document by, or leave one out by, without accents."""
    plan = nodes.AnyOf((planned.strict, planned.partial or nodes.NOTHING))
    terms = (term for leaf in nodes.leaves(plan, bonus=True, forbidden=True) for term in _terms(leaf, entry))
    return frozenset(map(plain, terms))


def _terms(leaf: nodes.Term | nodes.PhraseAt, entry: EntryOf) -> Iterator[str]:
    texts = [leaf.text] if isinstance(leaf, nodes.Term) else [text for _, text in leaf.terms]
    yield from (text.lower() for text in texts)  # a name that capitals tell apart is a name in any case
    if FIELDS[leaf.field].exact:
        yield from (entry(text).term for text in texts)


def _ways(word: str, entry: EntryOf) -> Iterator[frozenset[str]]:
    """A word of a name, also as a genitive; a hyphen word also as one, a compound also by its parts."""
    for written in (word, f"{word}s"):
        tokens = analyse(written, entry)
        entries = [entry(token.form) for token in tokens]
        yield frozenset(plain(whole.term) for whole in entries)
        yield frozenset(plain(token.form) for token in tokens)  # André is a name, andre a number
        yield frozenset(plain(part.term) for whole in entries for part in (whole.parts or (whole,)))
        if tokens[0].joined:
            yield frozenset([plain(tokens[0].joined)])


def _joined(words: list[str], entry: EntryOf) -> Iterator[str]:
    for order in permutations(words) if 1 < len(words) < 5 else ():  # a hyphen word has no more
        for separator in ("-", ""):
            token = analyse(separator.join(order), entry)[0]
            yield plain(token.joined or token.term)


class IndexMissing(Fault):
    """No index can answer; the message is a Swedish sentence that says what to do."""


class IndexUnreadable(IndexMissing):
    """There is one, but it is damaged or cannot be read."""


class OpenIndex(Struct, frozen=True):
    """One commit of one generation."""

    engine: Engine
    vocabulary: IndexVocabulary
    synonyms: Synonyms
    hidden: tuple[Hidden, ...] = ()
    answers: dict[tuple[Search, date], Results] = field(default_factory=dict)
    """What was answered last, by question and day of asking: gone with the commit."""
    subjects: list[tuple[Filters, tuple[str, ...]]] = field(default_factory=list)
    """The words of its last month, once they were asked for."""
    read_with: str = ""
    """A digest of the synonyms, which are read when it is opened."""

    def remember(self, search: Search, day: date, results: Results) -> None:
        """Keep an answer in place of the oldest ones, bounded in number and size; any number of threads may ask."""
        with _REMEMBERING:
            self.answers.pop((search, day), None)
            self.answers[search, day] = results
            while len(self.answers) > ANSWERS or sum([len(kept.hits) for kept in self.answers.values()]) > HITS:
                self.answers.pop(next(iter(self.answers)))


class CurrentIndex:
    """Hands out the index that answers now; any number of threads may ask."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.following = Following(settings)
        self._opening = threading.Lock()
        self.stamp: Stamp | None = None
        """The commit that was answered from last."""
        self._open: OpenIndex | None = None
        self._looked_at: tuple[Stamp | None, str | None] = None, None
        """The commit that was read through, and where damage was found the sentence that says so."""

    @contextmanager
    def reading(self) -> Iterator[OpenIndex]:
        """The index, for one question; where that fails because of damage, IndexUnreadable says so. Raises IndexMissing."""
        try:
            yield self.get()
        except (IndexMissing, ClusterDown) as error:
            self.following.look_again(damaged=isinstance(error, IndexMissing))
            raise
        except Exception as error:
            if cause := cause_of(error):
                raise IndexUnreadable(f"Indexet går inte att läsa: {cause}.") from error
            if damage := self.damage():
                raise IndexUnreadable(damage) from error
            raise

    def get(self) -> OpenIndex:
        """The index as of its last commit. Raises IndexMissing."""
        try:
            stamp = commit_stamp(self.following.folder())
            with self._opening:
                if self._open is None or stamp != self.stamp:
                    self.stamp, self._open = stamp, self._opened()
                looked_at, damage = self._looked_at
                if damage and looked_at == stamp:
                    raise IndexUnreadable(damage)
                return self._open
        except OSError as error:
            raise IndexUnreadable(self._unreadable(error)) from error

    def damage(self) -> str | None:
        """Read the index through now, unless that was done: the sentence that says what is damaged. Raises IndexMissing, OSError."""
        stamp = commit_stamp(self.following.folder())
        if stamp == self._looked_at[0]:
            return self._looked_at[1]
        found = None
        try:
            self._checked(thorough=True)
        except IndexDamaged as damage:
            if commit_stamp(self.following.folder()) != stamp:  # it was being changed
                return None
            found = str(damage)
            _log.error("index damaged", extra={"files": damage.names})
        self._looked_at = stamp, found
        return found

    def _opened(self) -> OpenIndex:
        """A run may change or delete the generation while it is being opened: then it is opened once more."""
        for _ in range(20):
            stamp = commit_stamp(self.following.folder())
            try:
                current = self._checked()
                opened = self._opened_generation(current.generation)
                if sealed_bytes(current.generation) > READ_AT_ONCE:
                    threading.Thread(target=self._read_through, daemon=True).start()
                told = {name: getattr(current.manifest, name) for name in ("generation", "engine", "documents")}
                _log.info("index opened", extra={**told, "reason": "new commit" if self._open else "first question"})
                return opened
            except ClusterDown:
                raise
            except (EngineError, IndexDamaged, OSError, sqlite3.Error) as error:
                failure = error
                self.following.look_again(damaged=True)
                if commit_stamp(self.following.folder()) == stamp:
                    break
                _log.info("index changed while it was opened", extra={"error": type(error).__name__})
        _log.error("index unreadable", extra={"error": type(failure).__name__})
        raise IndexUnreadable(self._unreadable(failure)) from failure

    def _checked(self, thorough: bool = False) -> Current:
        """What answers now, without damage as far as that is looked for at once. Raises IndexMissing, IndexDamaged, OSError."""
        current = read_current(self.following.folder())
        if current is None:
            raise IndexMissing(f"Det finns inget index i {self.following.folder()}; kör regionsok index.")
        if names := current.damaged(thorough or sealed_bytes(current.generation) <= READ_AT_ONCE):
            raise IndexDamaged(self.following.folder(), names)
        return current

    def _read_through(self) -> None:
        with suppress(OSError, IndexMissing, ClusterDown):  # what keeps files from being read is raised to whoever asks
            self.damage()

    def _unreadable(self, error: Exception) -> str:
        if isinstance(error, IndexDamaged) or (isinstance(error, EngineError) and self._settings.engine in REMOTE):
            return str(error)
        why = f": {cause}." if (cause := cause_of(error)) else f" ({error}); kör regionsok index --rebuild."
        return f"Indexet i {self.following.folder()} går inte att läsa{why}"

    def _opened_generation(self, generation: Generation) -> OpenIndex:
        chosen, built = self._settings.engine, f"Indexet är byggt med {generation.engine}"
        if chosen not in ("auto", generation.engine):
            raise IndexMissing(f"{built}; kör regionsok index --engine {chosen} för att bygga om det.")
        try:
            engine = open_engine(generation.engine, generation.engine_folder, self._settings)
        except ImportError as error:
            raise IndexMissing(f"{built}, som inte finns här ({error}); kör regionsok index.") from error
        vocabulary = IndexVocabulary(generation.catalogue)
        groups = read_groups(self._settings.synonyms)
        # In one question instead of one for each member.
        vocabulary.entry.of_all([form for group in groups for member in group for form in forms_in(member)])
        synonyms, hidden = Synonyms(groups, vocabulary.entry), tuple(hidden_of(vocabulary.hidden(), vocabulary.entry))
        return OpenIndex(engine, vocabulary, synonyms, hidden, read_with=digest_of(repr(groups)))

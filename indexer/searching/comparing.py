"""Which words mark some documents against others: log-odds with a prior, in standard errors.

After Monroe, Colaresi and Quinn 2008 (Fightin' Words, Political Analysis 16: 372-403, equations 15 to 22), here of how many documents
have a word and not of how often it stands in them, with the whole index as the prior.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date, timedelta
from itertools import chain
from math import log, sqrt

from indexer.documents import Document
from indexer.engines import Window
from indexer.facets import UNKNOWN
from indexer.fields import document_of
from indexer.metadata.contacts import without_contacts
from indexer.metadata.dates import MONTH_NAMES
from indexer.metadata.regions.gazetteer import label
from indexer.queries import Filters, Period, Search
from indexer.searching.opening import OpenIndex, words_of
from indexer.searching.questions import Question
from indexer.swedish.languages import SWEDISH
from indexer.swedish.lexemes import SMALL_WORDS, word_list
from indexer.swedish.spelling import plain
from indexer.swedish.tokens import Normalised, cut

SAMPLE = 250
"""Documents of each side that are read, the newest."""
PRIOR = 20.0
"""Documents that the prior weighs as much as."""
_SILENT = SMALL_WORDS | word_list("closed_class") | {*MONTH_NAMES}


Sample = tuple[int, Counter[str], Counter[tuple[str, str]]]
"""Some documents: how many, how many of them have each term, and each term as it is written."""
Subjects = tuple[Filters, tuple[str, ...]]
"""Words that mark the last month, and what finds its documents."""


def marking(index: OpenIndex, searches: Sequence[Search]) -> list[tuple[str, ...]]:
    """The words that mark the hits of each Search against those of the others; none of what was asked for."""
    samples = [_sample(index, _newest(index, search, SAMPLE)) for search in searches]
    places = (label(region) for search in searches for region in search.filters.values("region"))
    asked = cut(" ".join((*(search.query for search in searches), *places)))[1]
    terms = {entry.term for entry in index.vocabulary.entry.of_all(asked)}
    return [_words(index, one, [other for other in samples if other is not one], terms) for one in samples]


def subjects(index: OpenIndex) -> Subjects:
    """The words that mark the last month of the collection against the year before it, as its sources wrote then."""
    if not (newest := next((one.published.value for one in _newest(index, Search(), 1) if one.published), None)):
        return Filters(), ()
    first, before = (date.fromisoformat(newest) - timedelta(days - 1) for days in (30, 395))
    month, year = Filters(Period(f"{first}", newest)), Filters(Period(f"{before}", f"{first - timedelta(1)}"))
    recent = list(_newest(index, Search(filters=month), SAMPLE))
    sources = Counter(document.source or UNKNOWN for document in recent)
    searches = {source: Search(filters=year.with_values("source", (source,))) for source in sources}
    # Two for each of the month, of the same source: else a source that begins or ends brings its own words.
    earlier = chain.from_iterable(_newest(index, searches[one], 2 * sources[one]) for one in sources)
    return month, _words(index, _sample(index, recent), [_sample(index, earlier)], set())


def _newest(index: OpenIndex, search: Search, most: int) -> Iterator[Document]:
    """The newest documents that a Search finds; of a period, those that are known to begin in it."""
    question, first = Question(index, search), search.filters.period.first or ""
    for match in index.engine.find(question.narrowed(question.planned.strict), Window(0, most, "newest")):
        document = document_of(match.stored)
        if not first or (document.published and document.published.value >= first):
            yield document


def _sample(index: OpenIndex, documents: Iterable[Document]) -> Sample:
    """Swedish words only; those of all documents are told apart and looked up together, each once."""
    said = [_said(document) for document in documents if document.language in (None, SWEDISH)]
    forms = {token: form for words in said for token, form in words.items()}
    saying = [token for token, form in forms.items() if _is_saying(form, token)]
    entries = index.vocabulary.entry.of_all([forms[token] for token in saying])
    terms = {token: entry.term for token, entry in zip(saying, entries, strict=True)}
    held = Counter(chain.from_iterable({terms[token] for token in words if token in terms} for words in said))
    written = Counter(chain.from_iterable(said))
    return len(said), held, Counter({(terms[token], token): written[token] for token in saying})


def _said(document: Document) -> dict[str, str]:
    """The words of a document as they stand in it, with their forms; none of lines that say how to reach somebody."""
    text = without_contacts(f"{document.title}\n{document.text[:2_000].rpartition(' ')[0]}")
    return dict(zip(*cut(Normalised(text).text), strict=True))


def _is_saying(form: str, token: str) -> bool:
    """Whether a word may tell a subject: no number, small word or month, and of two letters only an abbreviation."""
    return form.isalpha() and form not in _SILENT and (len(form) > 2 or (token.isupper() and len(form) == 2))


def _words(index: OpenIndex, here: Sample, others: Sequence[Sample], asked: Set[str]) -> tuple[str, ...]:
    """How the words that mark a sample against others are mostly written, the surest first; none of small samples or of a hidden name."""
    size, held, written = here
    size_there, held_there = sum(one for one, _, _ in others), sum((one for _, one, _ in others), Counter[str]())
    if min(size, size_there) < 20:
        return ()
    hidden = words_of(index.hidden)
    common = [term for term in held.keys() - asked if held[term] > 3 and plain(term) not in hidden]
    shares = {term: number / index.vocabulary.size for term, number in index.vocabulary.held(common, len(common))}
    leads = {one: standard_errors((held[one], size), (held_there[one], size_there), shares[one]) for one in shares}
    # From 99 % on it is no chance.
    sure = sorted((term for term in leads if leads[term] >= 2.58), key=lambda term: (-leads[term], term))
    mostly = dict(sorted(written, key=lambda pair: (written[pair], pair)))
    return tuple(mostly[term] for term in sure[:10])


def standard_errors(here: tuple[int, int], there: tuple[int, int], share: float) -> float:
    """How far the log-odds of a word in some documents lie above those in others: each is how many have it, of how many.

    >>> round(standard_errors((30, 100), (10, 100), 0.1), 1), round(standard_errors((3, 10), (1, 10), 0.1), 1)
    (3.2, 0.8)
    """
    usual = PRIOR * min(share, 0.99)
    odds = [(has + usual, of - has + PRIOR - usual) for has, of in (here, there)]
    difference = log(odds[0][0] / odds[0][1]) - log(odds[1][0] / odds[1][1])
    return difference / sqrt(sum(1 / with_it + 1 / without for with_it, without in odds))

"""Tree -> a Swedish sentence that says how a question was read."""

from indexer import queries
from indexer.facets import ASPECTS, FACETS, Aspect, is_month, value_phrase
from indexer.metadata.dates import instant_text
from indexer.parsing import is_plain, small_words
from indexer.swedish.lexemes import listed


def interpret(parsed: queries.Parsed) -> str:
    """How a question and its chosen filters were read.

    >>> from indexer.queries import And, Parsed, Word
    >>> interpret(Parsed(And((Word("cirkulär"), Word("ekonomi")), blank=True)))
    'båda orden ”cirkulär” och ”ekonomi”'
    >>> interpret(Parsed(Word("ekonomi"), queries.Filters(year=("2024-05",))))
    '”ekonomi”, från maj 2024'
    """
    words = "alla dokument, nyast först" if isinstance(parsed.query, queries.Everything) else _text(parsed.query)
    return ", ".join(filter(None, (words, _filters(parsed.filters))))


def _text(query: queries.Query, inner: bool = False) -> str:
    match query:
        case queries.Word():
            return _word(query)
        case queries.Phrase(_, exact, slop):
            text = f"{'exakt ' if exact else ''}orden i rad ”{query.text}”"
            return f"{text} med högst {slop} ord emellan" if slop else text
        case queries.Near((left, right), distance):
            return f"{_text(left)} och {_text(right)} med högst {distance} ord emellan"
        case queries.And() | queries.Or():
            text = _all(query) if isinstance(query, queries.And) else _either(query)
            return f"({text})" if inner else text
        case queries.Not(part):
            return f"inte {_text(part, inner=True)}"
        case queries.InTitle(part):
            return f"i rubriken {_text(part, inner=True)}"
        case queries.Filtered(filters):
            return _filters(filters)
        case _:
            return "alla dokument"


def _either(query: queries.Or) -> str:
    place = _place(query)
    return f"dokument {place}" if place else " eller ".join(_text(part, inner=True) for part in query.parts)


def _all(query: queries.And) -> str:
    small = small_words(query)
    places = [place for part in query.parts if (place := _place(part))]
    parts = [part for part in query.parts if part not in small and not _place(part)]
    text = listed([_text(part, inner=True) for part in parts], "och")
    if len(parts) > 1 and all(map(is_plain, parts)):
        text = f"{'alla orden' if len(parts) > 2 else 'båda orden'} {text}"
    if places:
        text = ", i ".join(filter(None, (text, f"dokument {listed(places, 'och')}")))
    return f"{text}, gärna med {listed([_word(word) for word in small], 'och')}" if small else text


def _place(query: queries.Query) -> str:
    """What is wanted of a document by a place in words, which is a name or what is about a region; else nothing."""
    match query:
        case queries.Or((queries.Word() | queries.Phrase() as name, queries.Filtered(filters))):
            about = [value_phrase(FACETS["region"], value) for value in filters.values("region")]
            return f"som nämner ”{name.text}” eller handlar om {listed(about, 'eller')}" if about else ""
        case queries.Or(parts) if all(map(_place, parts)):
            return " eller ".join(map(_place, parts))
    return ""


def _word(word: queries.Word) -> str:
    text = f"”{word.text}”"
    if word.prefix:
        return f"ord som börjar på {text}"
    if word.fuzzy:
        return f"{text} eller ord som skiljer sig på en bokstav"
    return f"exakt {text}" if word.exact else f"säkert {text}" if word.required else text


def _filters(filters: queries.Filters) -> str:
    phrases: dict[Aspect, list[str]] = {aspect: [] for aspect in ASPECTS}
    for name, values in filters.chosen:
        facet = FACETS[name]
        phrase = "från" if name == "year" and is_month(values[0]) else facet.phrase
        phrases[facet.aspect].append(f"{phrase} {listed([value_phrase(facet, value) for value in values], 'eller')}")
    since = f"nytt i Regionsök sedan {instant_text(filters.period.since)}" if filters.period.since else ""
    phrases["time"] += filter(None, (_period(filters.period), since))
    return ", ".join(phrase for aspect in ASPECTS for phrase in phrases[aspect])


def _period(period: queries.Period) -> str:
    first, last = period.first or "", period.last or ""
    if first.endswith("-01-01") and last.endswith("-12-31"):
        return f"från åren {first[:4]}–{last[:4]}" if first[:4] != last[:4] else f"från år {first[:4]}"
    if first and last:
        return f"från {first} till {last}"
    return f"från och med {first}" if first else f"till och med {last}" if last else ""

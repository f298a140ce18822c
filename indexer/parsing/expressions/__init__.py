"""Places, times and kinds that a question names in plain words, as values of facets.

A caller offers them as filters, matches a place as its words or the filter, and applies the others where that is all there is.

Places: counties, landscapes of one county, municipalities, localities, riksområden and regions, with or without i, på, från,
kring, runt ... A name that is also a common word (sala, lund) counts when it has a capital or stands after a preposition; mark,
berg and vara in small letters never do. What lies in several counties (Norrland) is no value and is left as words. Of
places that eller joins, one is enough; of others, all are wanted.

Times, told from the day of asking: 2019, år 2019, från 2019 (dated then), sedan 2020, från och med 2020, 2017 och framåt, efter
2018, före 2015, till och med 2014, 2018-2020, mellan 2018 och 2020, mars 2019, mars 2019 till maj 2020, januari-mars 2020, i mars
(the latest begun), 12 mars 2019, 2019-03-12, 2019-03, vecka 12 2021, andra kvartalet 2021, Q2 2021, första halvåret 2019,
sommaren 2021, i början av 2018, 2020-talet, i somras, i dag, i går, i år, i fjol, förra veckan, den här månaden, senaste veckan,
senaste 3 månaderna, de senaste fem åren. No time is: what begins after today; a year after agenda, vision, mål, val, EU, SOU and
their like, or a range after plan, program or strategi (the number belongs to a name); a year after för, om, inför or till (what a
text is about); a number that counts something; a number within a longer word or code (2030-agendan, 2018/19:1).

Kinds: rapporter om, utlysningar, pressmeddelanden från ... where the question begins with them, whatever place or time, and words
such as alla or senaste, stand before. A word that also means something else (uppdrag, motion, projekt) needs om, från or the like.
"""

from datetime import date

from indexer.parsing.expressions.expression import Expression, plain
from indexer.parsing.expressions.kinds import kinds_in
from indexer.parsing.expressions.places import places_in
from indexer.parsing.expressions.times import times_in

__all__ = ["Expression", "expressions_in"]


def expressions_in(question: str, today: date) -> tuple[Expression, ...]:
    """What any question says in words, in order; the spans do not overlap.

    >>> [found.value for found in expressions_in("rapporter om vatten i Dalarna sedan 2020", date(2026, 11, 29))]
    ['rapport', 'dalarnas-lan', '2020-01..']
    """
    text = plain(question)
    named = [*times_in(text, today), *places_in(text)]
    return tuple(sorted((*named, *kinds_in(text, named)), key=lambda expression: expression.start))

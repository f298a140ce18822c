"""When a page is asked for again, whether or not anything still leads to it.

Each time that a page is asked for, a tenth of the days that it has been unchanged is how long it is left alone, sixty days at most: one
that is young, or changed in the last ten days, is asked for by every crawl; one that stands since spring, every third week. What begins
a source or lists pages (start pages, feeds, sitemaps) is asked for by every crawl, and so is a page that was missing the last time.
In a crawl come

- first what begins and lists, and what never was asked for, of which more than NEW is asked for in turn with what comes last;
- beside it, where they are met, pages that are due and have changed before, and those that a sitemap says changed since they were asked for;
- then all others that are due, the one that was asked for longest ago first.

Of the last two a crawl asks for REVISITS, and half of these are kept for the last.
"""

from datetime import date, timedelta

REVISITS = 1_000
"""Known pages asked for again in one crawl of a source: half an hour at the usual two seconds a page."""
NEW = 500
"""Addresses: the many of a new sitemap need nights, and what is withdrawn meanwhile must not wait for them."""
SHARE = 10
"""So a change is seen before a page is a tenth older."""
LONGEST = timedelta(days=60)


def due_day(asked: str, changed: str, missing: int) -> str:
    """The day from which a page is to be asked for again, of the days when it last was asked for and last changed; all ISO 8601.

    >>> due_day("2026-05-01", "2026-04-20", missing=0), due_day("2026-05-01", "2026-04-22", missing=0)
    ('2026-05-02', '2026-05-01')
    """
    if missing or not changed:
        return asked
    day = date.fromisoformat(asked)
    return (day + min((day - date.fromisoformat(changed)) // SHARE, LONGEST)).isoformat()

"""Content managers of Swedish municipalities and regions, with the ways of SiteVision, EPiServer and WordPress (points 1, 2, 7 and 8)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.crawl_hosts.feeds import item, rss
from tests.crawl_hosts.moves import SORRY, moved
from tests.crawl_nights import ANY, Nights, Place, headed, place
from tests.web import Answer, Asked, page


@place
def sitevision(here: Place) -> None:
    """Permanent addresses beside readable ones, and parameters of portlets."""
    here.links(["/4.5a1b2c3d.html", "/nyheter.html", "/nyheter.html?sv.target=12.4a&sv.12.4a.route=/&sv.12.4a.page=2"])
    here.shows("/4.5a1b2c3d.html", moved("/nyheter/bron.html"))
    here.life(
        "8.19",
        "a permanent address leads to the readable one, which is held",
        "/nyheter/bron.html",
        ("brons",) * 3,
        ("brons",) * 3,
    )
    here.times("8.20", "once", "/nyheter/bron.html", 1)
    shown = page(
        "nyhetslista",
        links=[
            "/nyheter/bron.html",
            "/nyheter/skolan.html",
            "/nyheter.html?sv.target=12.4a&sv.12.4a.route=/&sv.12.4a.page=3",
        ],
    )
    here.life("8.21", "a list is held", "/nyheter.html", (shown,) * 3, ("nyhetslista",) * 3)
    here.life(
        "8.22",
        "and what it leads to",
        "/nyheter/skolan.html",
        ("skolans", "skolans", moved("/nyheter/2024/skolan.html")),
        ("skolans", "skolans", None),
    )
    here.life(
        "2.47",
        "news that is put in an archive moves there",
        "/nyheter/2024/skolan.html",
        (None, None, "skolans"),
        (None, None, "skolans"),
    )


@place
def episerver(here: Place) -> None:
    """Links by GUID, another language beside each page, and an error page of its own."""
    here.links(["/link/ab12.aspx", "/sv/om-oss/", "/en/about-us/", "/sv/borttaget/"])
    here.shows("/link/ab12.aspx", moved("/sv/projekt/", 302))
    here.life("8.23", "a link by GUID leads to a page", "/sv/projekt/", ("projektet",) * 3, (ANY,) * 3)
    here.holds("8.24", "at one address of two", "/link/ab12.aspx", ANY)
    alternate = f'<link rel="alternate" hreflang="en" href="{here.url("/en/about-us/")}"><link rel="canonical" href="{here.url("/sv/om-oss/")}">'
    here.life("8.25", "a page in Swedish is held", "/sv/om-oss/", (page("omoss", head=alternate),) * 3, ("omoss",) * 3)
    here.life("8.26", "and in English", "/en/about-us/", (page("aboutus"),) * 3, ("aboutus",) * 3)
    here.life(
        "2.48",
        "an error page in place of a page, twice, is its end",
        "/sv/borttaget/",
        ("tagelsäck", moved("/sv/fel/404/?404;/sv/borttaget/", 302), moved("/sv/fel/404/?404;/sv/borttaget/", 302)),
        ("tagelsäck", ANY, None),
    )
    here.shows("/sv/fel/404/?404;/sv/borttaget/", SORRY)
    here.holds("2.49", "and no document", "/sv/fel/404/?404;/sv/borttaget/", None)

    def check(run: Nights) -> Iterator[str]:
        urls = [here.url("/link/ab12.aspx"), here.url("/sv/projekt/")]
        for night, morning in run.mornings.items():
            if (found := [url for url in urls if url in morning]) != [urls[0]] and found != [urls[1]]:
                yield f"morning {night}: of {urls} the index holds {found}, not one"

    here.claim("8.27", "a page behind a link by GUID is held once", check)


@place
def wordpress(here: Place) -> None:
    """Numbers that lead to names, feeds of comments, answers to comments, and the interface for programs."""
    here.links(
        [
            "/?p=12",
            "/2024/05/tavling/",
            "/page/2/",
            "/wp-json/wp/v2/posts/12",
            "/2024/05/tavling/?replytocom=7#respond",
            "/wp-login.php",
        ]
    )
    here.shows("/?p=12", moved("/2024/05/tavling/"))
    head = '<link rel="alternate" type="application/rss+xml" title="Kommentarer" href="/2024/05/tavling/feed/"><link rel="https://api.w.org/" href="/wp-json/"><meta name="robots" content="max-image-preview:large">'
    here.life(
        "8.28",
        "a number leads to a name, and the name is held",
        "/2024/05/tavling/",
        (page("tävling", head=head),) * 3,
        ("tävling",) * 3,
    )
    here.holds("8.29", "and the number is not", "/?p=12", None)
    here.shows("/2024/05/tavling/feed/", rss([item(here.url("/2024/05/tavling/#comment-7"), "Av: Bo")]))
    here.holds("8.30", "answers to a comment may be held or not", "/2024/05/tavling/?replytocom=7", ANY)
    here.life(
        "7.31",
        "the second page of a blog is read",
        "/page/2/",
        (page("andrasidan", links=["/2019/01/isvak/"]),) * 3,
        ("andrasidan",) * 3,
    )
    here.life("7.32", "and what it leads to", "/2019/01/isvak/", ("isvak",) * 3, ("isvak",) * 3)
    here.shows("/wp-json/wp/v2/posts/12", Answer(headers={"Content-Type": "application/json"}, body=b'{"title": "x"}'))
    here.holds("7.33", "what programs are given is no page", "/wp-json/wp/v2/posts/12", None)
    here.shows("/wp-login.php", headed(page("inloggning"), X_Robots_Tag="noindex, nofollow"))
    here.holds("7.34", "nor is what is not to be indexed", "/wp-login.php", None)


@place
def overallt200(here: Place) -> None:
    """A server that answers everything with 200 and an apology, robots.txt and sitemaps too."""

    def sorry(asked: Asked) -> Answer:
        return SORRY

    here.dusks.append(lambda night: setattr(here.host, "otherwise", sorry))
    here.links(["/finns", "/finns-inte", "/fanns"])
    here.life("2.50", "what is there is held", "/finns", ("finnmark",) * 3, ("finnmark",) * 3)
    here.holds("2.51", "what never was is not", "/finns-inte", None)
    here.life("2.52", "what was there leaves", "/fanns", ("fanfar", None, None), ("fanfar", None, None))

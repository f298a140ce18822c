"""Lines of a page that are not part of its text: skip links, cookie notices, translation, image names, buttons."""

import re

LONGEST = 220
"""Characters of a line that can be boilerplate; longer ones are paragraphs."""

_IMAGE = r"[\w\-. ]+\.(?:jpe?g|png|gif|svg|webp|bmp|tiff?)"
_LINES = re.compile(
    "|".join(
        (
            r"(?:hoppa|gå)\s+(?:direkt\s+)?till\s+.{0,40}|till\s+(?:sidans\s+)?(?:innehåll|huvudinnehåll)(?:et)?|skip to .{0,30}",
            r".*\blogotyp(?:e|en)?\b.{0,60}|.*\blogga\b",
            r"translate|google translate|use google to translate.*|we take no responsibility for the accuracy.*",
            r"listen|lyssna(?: på sidan)?|other languages|in english|lättläst|teckenspråk",
            _IMAGE,
            r"(?:bild|foto|illustration)\s+(?:på|av|som visar)\s.{0,120}|(?:foto|fotograf|bild|illustration)\s*:.{0,80}",
            r"meny|sök|stäng|öppna meny|visa meny|dölj|skriv ut|dela|dela (?:sidan|artikeln|på .{0,30})|tipsa(?: en vän)?|kopiera länk",
            r"till toppen|tillbaka(?: till .{0,40})?|föregående|nästa|läs upp|e-post|facebook|twitter|linkedin|x|instagram|rss",
            r"du är här:?.*|hem|start(?:sida)?|startsidan",
            r"(?:acceptera|godkänn|avvisa|neka|hantera|anpassa)\s+.{0,40}|jag (?:förstår|accepterar|godkänner)|ok",
        )
    ),
    re.IGNORECASE,
)
_COOKIE = re.compile(r"\b(?:kakor|cookies?|kakinställningar)\b", re.IGNORECASE)
_COOKIE_NOTICE = re.compile(
    r"\b(?:använder|webbplats|surfa|godkänner|samtyck|accepter|inställning|mer om|läs mer|om)\b|\bwe use\b|\bsite\b",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"\bgenom att (?:surfa|fortsätta|använda)\b.*\b(?:godkänner|samtycker|accepterar)\b", re.IGNORECASE
)


def is_boilerplate(line: str) -> bool:
    """Whether a line belongs to the page around a text.

    >>> is_boilerplate("Till innehåll"), is_boilerplate("Mer om våra kakor"), is_boilerplate("Regionen satsar på vätgas.")
    (True, True, False)
    """
    stripped = line.strip()
    if not stripped or len(stripped) > LONGEST:
        return False
    if _LINES.fullmatch(stripped.rstrip(".")):
        return True
    return bool((_COOKIE.search(stripped) and _COOKIE_NOTICE.search(stripped)) or _CONSENT.search(stripped))

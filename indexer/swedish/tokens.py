"""Text -> tokens: where words begin and end, before anything is known of their language."""

import codecs
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Set
from hashlib import blake2b
from operator import itemgetter

LONGEST_TOKEN = 60
"""Characters of a token that is analysed; the longest Swedish words in data/news are shorter."""

_WORD = r"[^\W_]+"
# "07:00Pressmeddelande" is a real heading of a press service: a time glued to a word falls apart, "3D" and "5G" do not.
_GLUED = r"\d{2,}(?=[A-ZÅÄÖ][a-zåäö])"
# The endings that abbreviations and numbers take after a colon: EU:s, 19:e, SMF:er.
_ENDING = "s|n|t|e|a|en|et|er|ar|or|na|ns|ens|ets|erna|arna"
_TOKEN = re.compile(rf"({_GLUED}|{_WORD})(?::(?:{_ENDING})(?![^\W_]))?")
RUNS = re.compile(_WORD)
"""Of letters and digits, as they are written."""
_HYPHEN = "[-\u2010\u2011\u2212/]"
_CHAIN = re.compile(rf"(?<!{_HYPHEN})\b{_WORD}(?:{_HYPHEN}{_WORD}){{1,3}}\b(?!{_HYPHEN}{_WORD})")
_SPLIT = re.compile(_HYPHEN)
# Soft hyphen, zero-width space and joiners, word joiner, byte order mark: invisible inside words.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
# A character above the Latin blocks and the marks that follow, or another one with marks: all that NFC can change.
_ODD = re.compile("[\u00ad\u0300-\U0010ffff][\u0300-\u036f]*|.[\u0300-\u036f]+", re.DOTALL)

_BYTES = "cp1252"
"""What nearly every Swedish text is written with, a byte a character: its words are cut in a fifth of the time of a pattern."""
_SIGNS = bytes(range(256)).decode(_BYTES, "replace")
_WORDS = "".join(sign if sign.isalnum() else " " for sign in _SIGNS).encode(_BYTES)
"""Byte -> the same, a blank for what is in no word."""
_SMALL = _WORDS.decode(_BYTES).lower().encode(_BYTES)
_SHAPES = re.sub("[a-zåäö]", "a", re.sub("[A-ZÅÄÖ]", "A", re.sub("[0-9]", "0", _SIGNS))).encode(_BYTES, "replace")
"""Byte -> what it is of a word that falls apart, or of a colon ending: what may be one is then found as a run of bytes."""
_LETTER = "[" + "".join(filter(str.isalnum, _SIGNS)) + "]"
_ENDING_BYTES = re.compile(rf":(?<={_LETTER}:)(?:{_ENDING})(?!{_LETTER})(:(?:{_ENDING})(?!{_LETTER}))?".encode(_BYTES))
"""Of two in a row the second is none, but a word."""
_LETTERS = bytes(b" a"[sign != 32] for sign in _WORDS)
_LONG = b"a" * (LONGEST_TOKEN + 1)
"""What is found in bytes that are letters, or blanks between them, where a token is too long."""
_BLANKED = "blanks for signs"

Span = tuple[int, int]


class Normalised:
    """A text in NFC without invisible characters, and the way back to the offsets of the original."""

    def __init__(self, text: str) -> None:
        self._changes = [(0, 0, 0, 0)]
        """Where a piece stands that is another now, and where it came from."""
        # Character by character is a tenth of the time of a pattern of them all.
        invisible = not text.isascii() and any(chr(sign) in text for sign in _INVISIBLE)
        is_whole = not invisible and unicodedata.is_normalized("NFC", text)
        self.text = text if is_whole else _ODD.sub(self._composed, text)

    def _composed(self, odd: re.Match[str]) -> str:
        piece = unicodedata.normalize("NFC", odd[0].translate(_INVISIBLE))
        if piece != odd[0] or len(piece) > 1:
            _, last, _, end = self._changes[-1]
            at = last + odd.start() - end
            self._changes.append((at, at + len(piece), *odd.span()))
        return piece

    def original(self, start: int, end: int) -> Span:
        """The span of the original text that a non-empty span of `text` came from."""
        return self._came_from(start)[0], self._came_from(end - 1)[1]

    def _came_from(self, at: int) -> Span:
        _, last, start, end = self._changes[bisect_right(self._changes, at, key=itemgetter(0)) - 1]
        return (start, end) if at < last else (at - last + end, at - last + end + 1)


def runs(text: str) -> list[str]:
    """The runs of letters and digits in a text, in lower case.

    >>> runs("EU:s 3D-printing, 07:00Pressmeddelande")
    ['eu', 's', '3d', 'printing', '07', '00pressmeddelande']
    """
    try:
        return text.encode(_BYTES, _BLANKED).translate(_SMALL).decode(_BYTES).split()
    except UnicodeEncodeError:
        return RUNS.findall(text.lower())


def cut(normalised: str) -> tuple[list[str], list[str]]:
    """The tokens of a normalised text as they stand in it, without colon endings, and their forms: the fast way, without offsets."""
    if (apart := _apart(normalised)) is None:
        tokens = _TOKEN.findall(normalised)
        return tokens, list(map(_bounded, "\n".join(tokens).lower().split("\n"))) if tokens else tokens
    words = apart.translate(_WORDS)
    tokens, lowered = (some.decode(_BYTES).split() for some in (words, words.translate(_SMALL)))
    return tokens, list(map(_bounded, lowered)) if _LONG in words.translate(_LETTERS) else lowered


def is_word(form: str) -> bool:
    """Whether a form is short enough to be analysed, expanded, corrected and suggested."""
    return len(form) <= LONGEST_TOKEN


def _bounded(lowered: str) -> str:
    """A token in lower case as it is compared; of one that is too long to be a word its beginning and a digest.

    >>> _bounded("ekonomi"), _bounded("å" * 100_000)[40:], _bounded("å" * 100_001)[40:]
    ('ekonomi', 'åååå…4285a6ff7a4bf1fb', 'åååå…7572c41d6a1d6331')
    """
    if is_word(lowered):
        return lowered
    # 61 characters, and no other token has that sign in it.
    return f"{lowered[:44]}…{blake2b(lowered.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"


def spans_of(normalised: str, start: int = 0) -> Iterator[Span]:
    """Every token's span, with its colon ending; from a place on where one begins, or a blank stands."""
    return (match.span() for match in _TOKEN.finditer(normalised, start))


def words_apart(text: str) -> str | None:
    """A text in which each form stands between blanks at its own place; None where some have other places, or none between them.

    A tenth of the time of `spans_of`.

    >>> words_apart("EU:s 3D-printing…")
    'eu   3d printing '
    """
    apart = None if "\u00ad" in text else _apart(text)
    return None if apart is None else apart.translate(_SMALL).decode(_BYTES)


def _apart(text: str) -> bytes | None:
    """A text as bytes, with blanks for colon endings; None where some sign has no byte, or tokens stand without a sign between them."""
    try:
        encoded = text.encode(_BYTES, _BLANKED)
    except UnicodeEncodeError:
        return None
    shapes = encoded.translate(_SHAPES)
    if b"00Aa" in shapes:
        return None
    return _ENDING_BYTES.sub(lambda two: (two[1] or b"").rjust(len(two[0])), encoded) if b":a" in shapes else encoded


def _blanked(error: UnicodeError) -> tuple[str, int]:
    """Blanks for signs that Windows-1252 lacks and that are in no word."""
    if isinstance(error, UnicodeEncodeError):
        signs = error.object[error.start : error.end]
        if not any(sign.isalnum() or ord(sign) in _INVISIBLE or unicodedata.combining(sign) for sign in signs):
            return " " * len(signs), error.end
    # A copy: the error and this frame would hold each other, and all that is being analysed, where nobody looks for circles.
    raise type(error)(*error.args)


codecs.register_error(_BLANKED, _blanked)


def joined_spans(normalised: str, begun: Set[str] | None = None) -> Iterator[tuple[Span, str, str]]:
    """Every hyphen or slash word of two to four subwords: its span, and the forms before and of its last subword.

    Those only whose first subword is among what they may have begun with, where that is given.

    >>> list(joined_spans("en 3D-printing"))
    [((3, 14), '3d', 'printing')]
    """
    for match in _chains(normalised, begun):
        *first, last = _SPLIT.split(match[0])
        before = _bounded("".join(first).lower())
        if not (before.isdigit() and last.isdigit()):
            yield match.span(), before, _bounded(last.lower())


def _chains(normalised: str, begun: Set[str] | None) -> Iterator[re.Match[str]]:
    """The matches of _CHAIN, tried only where a hyphen stands: few words have one."""
    done = 0
    for hyphen in _SPLIT.finditer(normalised):
        start = end = hyphen.start()
        while start > done and normalised[start - 1].isalnum():
            start -= 1
        is_wanted = start >= done and (begun is None or normalised[start:end].lower() in begun)
        if is_wanted and (match := _CHAIN.match(normalised, start)):
            done = match.end()
            yield match

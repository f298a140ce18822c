"""Which language a text is in: Swedish is known by its small words, another by simplemma's tables."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from indexer.swedish.lists import SMALL_WORDS
from indexer.swedish.tokens import forms

SWEDISH = "sv"
OTHERS = ("en", "da", "nb")
"""What is met beside Swedish; each costs some 40 MB once it is asked for."""
LEAST = 20
"""Words of a text whose language can be told."""
_SMALL = SMALL_WORDS - {"the", "and", "of", "to", "in", "is", "a", "for", "on"}
"""The list knows English ones too."""
_LOOKED_AT = 200
_ASKED = 60
"""Of these, words that tables are asked for: a millisecond or two."""
_SURE = 0.2
"""Share of small words from which a text is Swedish without further looking: 98 of 100 texts of data/news."""
_CLEAR = 0.2
"""How much more of its words another language must know than Swedish."""


def language_of(text: str) -> str | None:
    """The code of a text's language (ISO 639-1); None where it is too short to tell, or nothing is clear.

    >>> language_of("The region invests in hydrogen. More companies are started here than ever before. " * 2)
    'en'
    """
    words = forms(text[: _LOOKED_AT * 10])[:_LOOKED_AT]
    if len(words) < LEAST:
        return None
    if sum(word in _SMALL for word in words) >= _SURE * len(words):
        return SWEDISH
    detect: Any = import_module("simplemma").langdetect
    shares: dict[str, float] = dict(detect(" ".join(words[:_ASKED]), (SWEDISH, *OTHERS)))
    best = max(OTHERS, key=lambda language: shares.get(language, 0.0))
    if shares.get(best, 0.0) >= shares.get(SWEDISH, 0.0) + _CLEAR:
        return best
    return SWEDISH if shares.get(SWEDISH, 0.0) > shares.get(best, 0.0) else None

"""What means the same: groups of words and phrases of regional development, and those that a user adds."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from indexer.faults import Fault
from indexer.swedish import EntryOf, Token, analyse, entry_of
from indexer.swedish.lexemes import listed

Keys = tuple[str, ...]
"""The terms of a word or phrase, in order; of an abbreviation, how it is written: *RUS* is no *rus*."""
_ABBREVIATION = re.compile(r"[^\W\d_]{0,4}[A-ZÅÄÖ]")


class SynonymsError(Fault):
    """A file of synonyms that cannot be read; the message is one Swedish sentence that names it."""


class Synonyms:
    """Looks up what a run of terms may also be called."""

    def __init__(self, groups: Iterable[Sequence[str]] = (), entry: EntryOf = entry_of) -> None:
        self._others: dict[Keys, list[str]] = {}
        for group in groups:
            members = {keys_in(analyse(member, entry)): member for member in group}
            for keys in members:
                self._others.setdefault(keys, []).extend(other for key, other in members.items() if key != keys)
        self.longest = max(map(len, self._others), default=0)
        """Words of the longest member."""

    def of(self, keys: Sequence[str]) -> tuple[str, ...]:
        """The other members of the groups that a word or phrase of some `keys_in` is a member of, as written there."""
        return tuple(dict.fromkeys(self._others.get(tuple(keys), ())))


def keys_in(tokens: Iterable[Token]) -> Keys:
    """What a word or phrase is looked up by.

    >>> keys_in(analyse("EU:s regioner")), keys_in(analyse("eu"))
    (('EU', 'region'), ('eu',))
    """
    written = ((token, token.surface.partition(":")[0]) for token in tokens)
    return tuple(surface if _ABBREVIATION.fullmatch(surface) else token.term for token, surface in written)


def read_groups(path: Path | None = None) -> tuple[tuple[str, ...], ...]:
    """The groups of the project's own file and of a user's. Raises SynonymsError."""
    return (*_groups(Path(__file__).with_name("data") / "synonyms.txt"), *(_groups(path) if path else ()))


@cache
def _groups(path: Path) -> tuple[tuple[str, ...], ...]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        sentence = f"Synonymfilen {path} går inte att läsa ({error}); rätta den eller inställningen synonyms."
        raise SynonymsError(sentence) from error
    groups = (tuple(filter(None, map(str.strip, line.partition("#")[0].split("=")))) for line in lines)
    return tuple(group for group in groups if len(group) > 1)


def as_sentence(found: Mapping[str, Sequence[str]]) -> str:
    """What was searched besides the typed words.

    >>> as_sentence({"ERUF": ["regionalfonden"]})
    'Söker också efter ”regionalfonden” för ”ERUF”.'
    """
    said = [f"{listed([f'”{other}”' for other in others], 'och')} för ”{typed}”" for typed, others in found.items()]
    return f"Söker också efter {', '.join(said)}."

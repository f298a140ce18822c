"""What means the same: groups of words and phrases of regional development, and those that a user adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from indexer.faults import Fault
from indexer.swedish import EntryOf, analyse, entry_of
from indexer.swedish.sentences import listed

_OWN = Path(__file__).with_name("data") / "synonyms.txt"


class SynonymsError(Fault):
    """A file of synonyms that cannot be read; the message is one Swedish sentence that names it."""


class Synonyms:
    """Looks up what a run of terms may also be called."""

    def __init__(self, groups: Iterable[Sequence[str]] = (), entry: EntryOf = entry_of) -> None:
        self._others: dict[tuple[str, ...], list[str]] = {}
        for group in groups:
            members = {tuple(token.term for token in analyse(member, entry)): member for member in group}
            for terms in members:
                others = [other for key, other in members.items() if key != terms]
                self._others.setdefault(terms, []).extend(others)
        self.longest = max(map(len, self._others), default=0)
        """Words of the longest member."""

    def of(self, terms: Sequence[str]) -> tuple[str, ...]:
        """The other members of the groups that the terms are a member of, as written there."""
        return tuple(dict.fromkeys(self._others.get(tuple(terms), ())))


def read_groups(path: Path | None = None) -> tuple[tuple[str, ...], ...]:
    """The groups of the project's own file and of a user's. Raises SynonymsError."""
    return (*_groups(_OWN), *(_groups(path) if path else ()))


@cache
def _groups(path: Path) -> tuple[tuple[str, ...], ...]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise SynonymsError(
            f"Synonymfilen {path} går inte att läsa ({error}); rätta den eller inställningen synonyms."
        ) from error
    written = (line.partition("#")[0] for line in lines)
    groups = (tuple(member.strip() for member in line.split("=") if member.strip()) for line in written if line.strip())
    return tuple(group for group in groups if len(group) > 1)


def as_sentence(found: Mapping[str, Sequence[str]]) -> str:
    """What was searched besides the typed words.

    >>> as_sentence({"ERUF": ["regionalfonden"]})
    'Söker också efter ”regionalfonden” för ”ERUF”.'
    """
    said = [f"{listed([f'”{other}”' for other in others], 'och')} för ”{typed}”" for typed, others in found.items()]
    return f"Söker också efter {', '.join(said)}."

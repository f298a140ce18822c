"""What Swedish sentences are put together from."""

from collections.abc import Sequence


def listed(pieces: Sequence[str], last: str) -> str:
    """Some of a kind, the last one after a word.

    >>> listed(["Örebro", "Gävle", "Falun"], "eller"), listed(["Falun"], "och")
    ('Örebro, Gävle eller Falun', 'Falun')
    """
    return f" {last} ".join(filter(None, (", ".join(pieces[:-1]), *pieces[-1:])))

"""What can go wrong in a way that a person can mend."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, EDQUOT, EFBIG, EMFILE, ENFILE, ENOMEM, ENOSPC, EPERM, EROFS
from pathlib import Path

_AGAIN = "och kör kommandot igen"
_FULL = f"disken är full; frigör utrymme {_AGAIN}"
_DENIED = f"rättigheterna räcker inte, eller så går det bara att läsa där; kontrollera rättigheterna {_AGAIN}"
_CAUSES = dict.fromkeys((ENOSPC, EDQUOT, EFBIG), _FULL) | dict.fromkeys((EACCES, EPERM, EROFS), _DENIED)
_CAUSES |= dict.fromkeys((EMFILE, ENFILE), f"för många filer är öppna på en gång; höj gränsen (ulimit -n) {_AGAIN}")
_UNOPENED = "en fil går inte att öppna; kontrollera rättigheterna och hur många filer som får vara öppna (ulimit -n)"
_SQLITE = {sqlite3.SQLITE_FULL: _FULL, sqlite3.SQLITE_READONLY: _DENIED, sqlite3.SQLITE_PERM: _DENIED}
_SQLITE[sqlite3.SQLITE_CANTOPEN] = _UNOPENED  # it does not say why
# Rust writes an error of the operating system as "(os error 28)" or "Os { code: 28, ...".
_RUST = re.compile(r"os error (\d+)|Os \{ code: (\d+)")


class Fault(Exception):
    """Its message is one Swedish sentence that names what is wrong and what to do."""


def cause_of(error: BaseException) -> str | None:
    """What the operating system refused and what to do about it, whichever library says so; None for other errors.

    >>> cause_of(OSError(ENOSPC, "No space left on device"))
    'disken är full; frigör utrymme och kör kommandot igen'
    """
    if isinstance(error, OSError) and error.errno:
        return _CAUSES.get(error.errno)
    if isinstance(error, sqlite3.Error):
        return _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    found = _RUST.search(str(error))
    return _CAUSES.get(int(found[1] or found[2])) if found else None


def cause_or(error: BaseException, advice: str) -> str:
    """The same, else what an error itself says and an advice."""
    return cause_of(error) or f"{getattr(error, 'strerror', None) or error}; {advice}"


@contextmanager
def naming(path: Path, advice: str = "kontrollera rättigheter och utrymme") -> Iterator[None]:
    """Raises Fault, with the name of a file and what to do, for what the system refuses."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise Fault(f"{path}: {cause_or(error, advice)}.") from error


def is_passing(error: BaseException) -> bool:
    """Whether the machine lacks something for now: no fault of the file that was read just then."""
    return isinstance(error, OSError) and error.errno in (EMFILE, ENFILE, ENOSPC, EDQUOT, ENOMEM)

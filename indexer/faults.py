"""What can go wrong in a way that a person can mend."""

from __future__ import annotations

import errno
import os
import re
import sqlite3

_FULL = "disken är full; frigör utrymme och kör kommandot igen"
_DENIED = (
    "rättigheterna räcker inte, eller så går det bara att läsa där; kontrollera rättigheterna och kör kommandot igen"
)
_HANDLES = "för många filer är öppna på en gång; höj gränsen (ulimit -n) och kör kommandot igen"
_CAUSES = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), _FULL),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), _DENIED),
    **dict.fromkeys((errno.EMFILE, errno.ENFILE), _HANDLES),
}
_SQLITE = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_READONLY: errno.EROFS, sqlite3.SQLITE_PERM: errno.EACCES}
# Rust writes an error of the operating system as "(os error 28)" or "Os { code: 28, ...".
_RUST = re.compile(r"os error (\d+)|Os \{ code: (\d+)")


class Fault(Exception):
    """Its message is one Swedish sentence that names what is wrong and what to do."""


def cause_of(error: BaseException) -> str | None:
    """What the operating system refused and what to do about it, whichever library says so; None for other errors.

    >>> cause_of(OSError(errno.ENOSPC, "No space left on device"))
    'disken är full; frigör utrymme och kör kommandot igen'
    """
    return _CAUSES.get(_number(error) or 0)


def _number(error: BaseException) -> int | None:
    if isinstance(error, OSError) and error.errno:
        return error.errno
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return _reason_not_opened() if code == sqlite3.SQLITE_CANTOPEN else _SQLITE.get(code)
    found = _RUST.search(str(error))
    return int(found[1] or found[2]) if found else None


def _reason_not_opened() -> int | None:
    """SQLite does not say why: whether any file can be opened at all."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return error.errno
    return None

"""The commands. Data goes to stdout, progress and faults to stderr; nothing is computed here.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but some inputs were refused.
"""

import sqlite3
import sys

from indexer.cli import asking, collecting
from indexer.cli.common import FAILED, WRONG_USAGE, cli, fail
from indexer.faults import Fault, cause_or

__all__ = ["asking", "cli", "collecting", "main"]


def main() -> None:
    """The entry point: every fault becomes one sentence on stderr."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        cli()
    except Fault as fault:
        fail(str(fault), WRONG_USAGE if getattr(fault, "about", "") else FAILED)
    except ImportError as error:
        name = (error.name or str(error)).partition(".")[0]
        package = "whoosh-reloaded" if name == "whoosh" else name
        fail(f"Paketet {package} behövs men går inte att läsa in; installera det och försök igen.")
    except sqlite3.Error as error:
        fail(f"Indexets katalog går inte att använda: {cause_or(error, 'kör regionsok index --rebuild')}.")
    except OSError as error:
        fail(f"{error.filename or 'Filsystemet'}: {cause_or(error, 'kontrollera rättigheter och utrymme')}.")

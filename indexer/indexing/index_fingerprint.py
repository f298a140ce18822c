"""What shapes an index: all of this program and of what it requires but a reviewed list, so that nothing new is forgotten."""

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from indexer.generations import FORMAT

_ROOT = Path(__file__).parents[1]
_PROGRAM = "regionsok"


def _reviewed(name: str) -> frozenset[str]:
    """The names in data/NAME.txt, which says why they stand there in lines with #."""
    lines = (_ROOT / "indexing" / "data" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


SHAPELESS_MODULES = _reviewed("shapeless_modules")
"""Modules and whole folders that cannot change what an index holds."""
SHAPELESS_PACKAGES = _reviewed("shapeless_packages")
"""Likewise, by normalised name, with what only they require."""
READING = ("documents", "ingestion", "metadata")
"""What takes a text out of a content, of what shapes an index; the test of this list follows the imports."""


def fingerprint(engine: str, **settings: object) -> str:
    """Of the code, tables, packages and settings that shape an index built by an engine."""
    return _digest(_shaping_files(), FORMAT, engine, sorted(settings.items())).hex()


@cache
def reading_fingerprint() -> bytes:
    """Of the code and packages that take texts out of contents; a new list of words or synonyms leaves it as it was."""
    return _digest(path for path in _shaping_files() if path.relative_to(_ROOT).parts[0].removesuffix(".py") in READING)


def _digest(paths: Iterable[Path], *facts: object) -> bytes:
    digest = blake2b(digest_size=16)
    for path in paths:
        digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    python = (sys.version_info[:2], unicodedata.unidata_version)
    versions = sorted((name, distribution(name).version) for name in shaping_packages())
    digest.update(repr((*facts, python, versions)).encode())
    return digest.digest()


def _shaping_files() -> Iterator[Path]:
    """Modules, and the tables that lie beside them."""
    for path in sorted((*_ROOT.rglob("*.py"), *_ROOT.rglob("data/*"))):
        name = path.relative_to(_ROOT).with_suffix("").as_posix()
        if path.is_file() and not any(f"{name}/".startswith(f"{shapeless}/") for shapeless in SHAPELESS_MODULES):
            yield path


@cache
def shaping_packages() -> set[str]:
    """The installed packages that this program requires, and all that these do, without SHAPELESS_PACKAGES."""
    found: set[str] = set()
    left = [_PROGRAM]
    for name in left:  # which grows
        if name not in found | SHAPELESS_PACKAGES:
            with suppress(PackageNotFoundError):  # of an extra that is not installed
                required = distribution(name).requires or ()
                found.add(name)
                named = (re.match(r"[\w.-]+", one) for one in required if not re.search("extra == .(?!formats)", one))
                left += [re.sub(r"[-_.]+", "-", match[0]).lower() for match in named if match]
    return found - {_PROGRAM}

"""What shapes an index: all that the write side imports, so that no module and no package is forgotten."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Set
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

from indexer.generations import FORMAT

_ROOT = Path(__file__).parents[2]
_PROJECT = "indexer"
_ENTRY = "indexer.indexing"
SHAPELESS_MODULES = (
    # They say when files are read, and keep whole what was read of them.
    "indexer.indexing.adding",
    "indexer.indexing.checking",
    "indexer.indexing.correcting",
    "indexer.corpus.containers",
    "indexer.corpus.cutting",
    "indexer.indexing.forgetting",
    "indexer.indexing.hiding",
    "indexer.indexing.preloading",
    "indexer.indexing.progress",
    "indexer.indexing.workers",
    "indexer.durable",
    "indexer.faults",
    "indexer.indexing.index_fingerprint",
    "indexer.generations",
    "indexer.settings",
    # The side that asks: engines and `check` name its types.
    "indexer.planning",
    "indexer.parsing",
    "indexer.catalogue.nearest",
    "indexer.catalogue.vocabulary",
)
"""Reviewed: modules, and packages with all of theirs, that the write side imports and that cannot change what an index holds."""
SHAPELESS_PACKAGES = frozenset(
    # Transport and its certificates, which nothing here uses; types; click, which nothing here prints with.
    ("certifi", "click", "typing-extensions", "urllib3")
)
"""Reviewed likewise, by normalised name."""

_IMPORT = re.compile(r"^\s*(?:from\s+([\w.]+)\s+import\s+(\([^)]*\)|.*)|import\s+([\w., ]+))", re.MULTILINE)
_BY_NAME = re.compile(r"import_module\(\s*f?\"([\w.]+)")
_IN_TABLES = re.compile(r"\"(indexer(?:\.\w+)+)\"")
_REQUIRED = re.compile(r"[A-Za-z0-9._-]+")


def fingerprint(engine: str, **settings: object) -> str:
    """Of the code, tables, packages and settings that shape an index built by an engine; takes some .2 s."""
    modules, packages = imported()
    digest = blake2b(digest_size=16)
    for path in sorted(file for name in modules if _shapes(name) for file in _files_of(name)):
        digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    python = (sys.version_info[:2], unicodedata.unidata_version)
    versions = sorted((name, distribution(name).version) for name in packages - SHAPELESS_PACKAGES)
    digest.update(repr((FORMAT, python, engine, sorted(settings.items()), versions)).encode())
    return digest.hexdigest()


def _shapes(module: str) -> bool:
    return not any(f"{module}.".startswith(f"{shapeless}.") for shapeless in SHAPELESS_MODULES)


def imported() -> tuple[Set[str], Set[str]]:
    """The modules of this project that the write side imports, also by name, and the installed packages that these need."""
    modules: set[str] = set()
    others: set[str] = set()
    left = list(_below(_ENTRY))
    while left:
        name = left.pop()
        if name in modules or name == _PROJECT:  # the door imports everything, for others
            continue
        modules.add(name)
        left.append(name.rpartition(".")[0])  # its package
        for found in _imports(_path_of(name).read_text(encoding="utf-8")):
            if found.endswith("."):  # by a name that is put together
                left += _below(found[:-1])
            elif found.partition(".")[0] != _PROJECT:
                others.add(found.partition(".")[0])
            elif _path_of(found).exists():
                left.append(found)
    return modules, _with_requirements(others)


def _imports(code: str) -> Iterator[str]:
    for match in _IMPORT.finditer(code):
        module, names, plain = match.groups()
        if module:
            yield module
            yield from (f"{module}.{name}" for name in re.findall(r"\w+", names))
        else:
            yield from (name.split()[0] for name in plain.split(","))
    for pattern in (_BY_NAME, _IN_TABLES):
        yield from pattern.findall(code)


def _below(package: str) -> Iterator[str]:
    """A package and its modules."""
    yield package
    folder = _path_of(package).parent
    yield from (f"{package}.{path.stem}" for path in folder.glob("*.py") if path.name != "__init__.py")


def _path_of(module: str) -> Path:
    path = _ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_name(f"{path.name}.py")


def _files_of(module: str) -> Iterator[Path]:
    """A module, and the tables that lie beside it if it is a package."""
    path = _path_of(module)
    yield path
    if path.name == "__init__.py":
        yield from (table for table in path.parent.glob("data/*") if table.is_file())


def _with_requirements(modules: Iterable[str]) -> set[str]:
    """The installed packages that give modules, and all that they require."""
    of_module = packages_distributions()
    left = [_normal(package) for module in modules for package in of_module.get(module, ())]
    found: set[str] = set()
    while left:
        name = left.pop()
        if name in found:
            continue
        try:
            required = distribution(name).requires or ()
        except PackageNotFoundError:
            continue
        found.add(name)
        # What only an extra asks for is imported by name here, if at all.
        left += [_normal(match[0]) for one in required if "extra ==" not in one and (match := _REQUIRED.match(one))]
    return found


def _normal(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()

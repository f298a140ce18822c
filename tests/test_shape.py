"""The bars that hold for every file of the product; what is beyond one today is listed by name, and the lists only shrink."""

from __future__ import annotations

import ast
import io
import tokenize
from functools import cache
from pathlib import Path
from statistics import median

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PACKAGES = ("indexer", "webapp")
ENTRIES = 26
"""Files and folders directly in indexer/."""
FILE, FUNCTION, MEDIAN, PARAMETERS = 300, 40, 8, 5
"""Lines of a file, of a function with its head, of the median function; parameters."""
CODE = 11_500
"""Lines of the whole product without docstrings, comments and blanks: the ceiling. What is added is paid for elsewhere."""
LONG_FILES: set[str] = set()
LONG_FUNCTIONS: set[str] = set()
MANY_PARAMETERS: set[str] = set()
LAYOUT = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def sources() -> dict[str, str]:
    """Path below the project -> content, of every file of the product."""
    paths = (path for package in PACKAGES for path in sorted((PROJECT / package).rglob("*.py")))
    return {path.relative_to(PROJECT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


@cache
def functions() -> tuple[tuple[str, Function], ...]:
    """Every function and method as `path:name`."""
    nodes = ((path, node) for path, content in sources().items() for node in ast.walk(ast.parse(content)))
    return tuple((f"{path}:{node.name}", node) for path, node in nodes if isinstance(node, Function))


def docstring_lines(content: str) -> set[int]:
    """Of modules, classes, functions and attributes."""
    lines: set[int] = set()
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines |= {*range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    return lines


def code_lines(content: str) -> int:
    """Lines without docstrings, comments and blanks."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(content).readline):
        if token.type not in LAYOUT:
            lines |= {*range(token.start[0], token.end[0] + 1)}
    return len(lines - docstring_lines(content))


def test_lines_of_code_are_counted_as_meant() -> None:
    content = '"""Doc.\n\nMore."""\n\n# comment\ndef f() -> str:\n    """Doc."""\n    return (\n        "a"\n    )\n\nONE = 1\n"""Doc."""\n'
    assert code_lines(content) == 5


def test_indexer_is_seen_at_one_glance() -> None:
    entries = {path.name for path in (PROJECT / "indexer").iterdir() if path.name != "__pycache__"}
    assert len(entries) <= ENTRIES, sorted(entries)


def test_the_product_stays_small() -> None:
    assert sum(map(code_lines, sources().values())) <= CODE


@pytest.mark.parametrize("package", PACKAGES)
def test_the_median_function_is_read_at_one_glance(package: str) -> None:
    sizes = [size(node) for name, node in functions() if name.startswith(f"{package}/")]
    assert median(sizes) <= MEDIAN


def size(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def parameters(node: Function) -> int:
    """Those that a caller gives, without `self` and what is passed on unseen."""
    names = [one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return len(names) - (names[:1] in (["self"], ["cls"]))


def is_command(node: Function) -> bool:
    """A command of the terminal has a parameter for each of its options; nobody calls it."""
    return any("command" in ast.unparse(decorator) for decorator in node.decorator_list)


@cache
def beyond() -> dict[str, set[str]]:
    """What is beyond a bar, by bar."""
    return {
        "LONG_FILES": {path for path, content in sources().items() if len(content.splitlines()) > FILE},
        "LONG_FUNCTIONS": {name for name, node in functions() if size(node) > FUNCTION},
        "MANY_PARAMETERS": {
            name for name, node in functions() if parameters(node) > PARAMETERS and not is_command(node)
        },
    }


@pytest.mark.parametrize("bar", beyond())
def test_nothing_new_is_beyond_a_bar_and_nothing_stays_listed_that_no_longer_is(bar: str) -> None:
    listed: set[str] = globals()[bar]
    now = beyond()[bar]
    assert now <= listed, f"{bar}: make it smaller"
    assert listed <= now, f"{bar}: take it off the list"

"""What every command needs: the group, the common options, the log, and how a command says what it found and what failed."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click

from indexer.documents import Refusal
from indexer.settings import ENGINES, load_settings

FAILED, WRONG_USAGE, REFUSED = 1, 2, 3
FILE = click.Path(dir_okay=False, path_type=Path)
"""What an option that names a file takes."""
_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
"""What every record has; all else was given in `extra`."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="regionsok")
def cli() -> None:
    """Regionsök: sök i svenska nyheter om regional utveckling."""


def fail(sentence: str, status: int = FAILED) -> NoReturn:
    """One sentence on stderr, and exit 1 unless another status is given."""
    click.echo(f"regionsok: {sentence}", err=True)
    raise SystemExit(status)


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every command takes, read into one Settings; with --verbose the log goes to stderr."""

    @wraps(command)
    def run(verbose: bool, config: Path | None, **rest: Any) -> None:
        stated = {name: rest.pop(name) for name in ("corpus", "index", "engine")}
        with logging_to_stderr(verbose):
            command(load_settings(config, **stated), **rest)

    folder = click.Path(file_okay=False, path_type=Path)
    for option in (
        click.option("--config", type=FILE, help="Inställningsfil (regionsok.toml)."),
        click.option("--verbose", "-v", is_flag=True, help="Skriv på stderr vad som görs och varför."),
        click.option("--engine", type=click.Choice(ENGINES), help="Sökmotor."),
        click.option("--index", type=folder, help="Mappen med indexet."),
        click.option("--corpus", type=folder, help="Mappen med dokumenten."),
    ):
        run = option(run)
    return run


as_json_option = click.option("--json", "as_json", is_flag=True, help="Skriv JSON.")


def command(name: str | None = None, group: click.Group = cli) -> Callable[[Callable[..., None]], click.Command]:
    """A command with the options that every command takes, and --json."""
    return lambda function: group.command(name)(with_settings(as_json_option(function)))


def end(refusals: Iterable[Refusal]) -> None:
    """Name every refused input; exit 3 where there is one."""
    listed = list(refusals)
    for refusal in listed:
        click.echo(f"regionsok: {refusal.origin}: {refusal.reason}", err=True)
    if listed:
        raise SystemExit(REFUSED)


def say(value: object, lines: Iterable[str], as_json: bool) -> None:
    """What a command did: one value for programs, lines for people."""
    if as_json:
        print_json(value)
    else:
        for line in lines:
            click.echo(line)


def print_json(value: object, as_json: bool = True) -> None:
    """JSON on one line for programs, indented for people."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=None if as_json else 2))


@contextmanager
def logging_to_stderr(verbose: bool) -> Iterator[None]:
    """The product's own log as lines on stderr, or nowhere; other packages are not heard."""
    handler: logging.Handler = logging.StreamHandler() if verbose else logging.NullHandler()
    handler.setFormatter(_Line("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    loggers = [logging.getLogger(package) for package in ("indexer", "webapp")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO if verbose else logging.NOTSET)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


class _Line(logging.Formatter):
    """`time level logger message key=value ...`."""

    def format(self, record: logging.LogRecord) -> str:
        """A value is quoted as in JSON where it would not stay one word on one line."""
        fields = [f"{name}={_word(str(value))}" for name, value in vars(record).items() if name not in _STANDARD]
        return " ".join([super().format(record), *fields])


def _word(text: str) -> str:
    plain = text.isprintable() and not {" ", '"', "="} & {*text}
    return text if text and plain else json.dumps(text, ensure_ascii=not text.isprintable())

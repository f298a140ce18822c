"""The log of a command on stderr: one line for each decision, silent unless it is asked for."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
"""What every record has; all else was given in `extra`."""


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

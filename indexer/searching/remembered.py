"""What was answered last, for whoever asks the same."""

import threading
from datetime import date

from indexer.queries import Search
from indexer.results import Results

ANSWERS = 100
CHARACTERS = 10_000_000
"""Of all answers together; a usual one has 90,000."""

Asked = tuple[Search, date]
"""A question and the day of asking."""


class Remembered:
    """Answers of one commit, bounded in number and size; any number of threads may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Asked, Results] = {}

    def get(self, asked: Asked) -> Results | None:
        """The answer, where it is among the last."""
        return self._kept.get(asked)

    def put(self, asked: Asked, results: Results) -> None:
        """Keep an answer in place of the oldest ones."""
        with self._lock:
            self._kept.pop(asked, None)
            self._kept[asked] = results
            while len(self._kept) > ANSWERS or sum(map(_characters, self._kept.values())) > CHARACTERS:
                self._kept.pop(next(iter(self._kept)))


def _characters(results: Results) -> int:
    """About how many an answer takes: what it counts, and its hits."""
    return 50_000 + 4_000 * len(results.hits)

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
Answers = dict[Asked, Results]
"""Of one commit."""
_LOCK = threading.Lock()


def remember(answers: Answers, asked: Asked, results: Results) -> None:
    """Keep an answer in place of the oldest ones, bounded in number and size; any number of threads may ask."""
    with _LOCK:
        answers.pop(asked, None)
        answers[asked] = results
        while len(answers) > ANSWERS or sum(map(characters, answers.values())) > CHARACTERS:
            answers.pop(next(iter(answers)))


def characters(results: Results) -> int:
    """About how many an answer takes: what it counts, and its hits."""
    return 50_000 + 4_000 * len(results.hits)

"""The web of a whole night, by the numbers of issue 21: importing this names every place."""

from tests.crawl_hosts import (  # noqa: F401  each names its places
    addresses,
    bounds,
    further,
    lives,
    moves,
    news,
    publishers,
    reading,
    rests,
    robots,
    systems,
)
from tests.crawl_nights import PLACES

__all__ = ["PLACES"]

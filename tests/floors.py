"""The quality floors: a run below one fails, and they only rise. What was measured when it was set stands beside it."""

FLOORS: dict[str, float] = {
    "engines.tau": 0.9,
    "conflation.recall": 0.96,
    # A ceiling: wrong merges may only get fewer.
    "conflation.false_merges": 0.13,
}

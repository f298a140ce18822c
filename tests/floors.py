"""The quality floors: a run below one fails, and they only rise. What was measured when it was set stands beside it."""

FLOORS: dict[str, float] = {
    "engines.tau": 0.9,  # .976
    "conflation.recall": 0.967,
    # A ceiling: wrong merges may only get fewer.
    "conflation.false_merges": 0.127,
    "regions.f1": 0.66,
    "regions.none": 0.88,
    "pages.title": 0.98,
    "pages.date": 0.97,
    "pages.date_wrong": 0.01,
}

"""Text -> what it is about, when it was published, what sort it is, whom it names and how it may be used, each with its evidence."""

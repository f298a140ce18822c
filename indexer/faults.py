"""What can go wrong in a way that a person can mend."""


class Fault(Exception):
    """Its message is one Swedish sentence that names what is wrong and what to do."""

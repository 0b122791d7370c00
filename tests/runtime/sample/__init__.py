"""A package as it is emitted, written by hand: the client of a till."""

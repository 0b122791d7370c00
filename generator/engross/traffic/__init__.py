"""Recorded traffic held against a contract: what the provider sends that it does not know."""

from engross.traffic.cassettes import Cassette, Exchange, read_cassette
from engross.traffic.comparison import Comparison, compare

__all__ = ["Cassette", "Comparison", "Exchange", "compare", "read_cassette"]

"""Tests of the package: what goes on the wire, what comes back, what is refused."""

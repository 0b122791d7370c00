"""The tests of an emitted package, derived from its contract.

What does not vary with the contract is ordinary Python below `templates/python/tests`. The modules
here derive the rest: documented calls and what they look like on the wire, tables of what the
contract refuses, the errors, the pages of lists.
"""

from engross.emit.testing.scope import Scope
from engross.emit.testing.tests_view import TestsView, tests_view

__all__ = ["Scope", "TestsView", "tests_view"]

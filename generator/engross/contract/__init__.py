"""The contract layer: from a checked document to the frozen representation that is printed.

Passes, in order: `check` (what a schema cannot say about the document), `classify` (schemas to
types), `name` (every name, settled at once), `group` (operations to resources).
"""

from engross.contract.assemble import build
from engross.contract.ir import Contract

__all__ = ["Contract", "build"]

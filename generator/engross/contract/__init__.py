"""The contract layer: from a loaded document to the frozen representation that is printed.

`build` reads like a table of contents: index the operations, check what fits together, give each
schema its type, build operations, security and webhooks, describe what they use.
"""

from engross.contract.build import build, build_with_index
from engross.contract.ir import Contract

__all__ = ["Contract", "build", "build_with_index"]

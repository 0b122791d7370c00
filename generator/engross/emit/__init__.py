"""The emit layer: a contract and the templates to `{path: bytes}`; it touches no disk but to read
the templates.
"""

from engross.emit.package import emit

__all__ = ["emit"]

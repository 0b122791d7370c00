"""The emit layer: a contract and the templates to `{path: bytes}`; it touches no disk but to read
the templates.
"""

from engross.emit.distribution import Distribution, distribution, emit
from engross.emit.naming import package_names, standalone_name
from engross.emit.validators import schema_findings

__all__ = [
    "Distribution",
    "distribution",
    "emit",
    "package_names",
    "schema_findings",
    "standalone_name",
]

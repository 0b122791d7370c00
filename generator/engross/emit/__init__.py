"""The emit layer: a contract and the templates to `{path: bytes}`; it touches no disk but to read
the templates.
"""

from engross.emit.distribution import emit
from engross.emit.naming import package_names
from engross.emit.validators import schema_findings

__all__ = ["emit", "package_names", "schema_findings"]

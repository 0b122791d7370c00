"""The emit layer: a contract and the templates to `{path: bytes}`; it touches no disk but to read
the templates.
"""

from engross.emit.distribution import (
    Distribution,
    distribution,
    emit,
    template_paths,
)
from engross.emit.naming import (
    client_of,
    free_package,
    package_names,
    standalone_name,
)
from engross.emit.scaffold import Scaffold, scaffold
from engross.emit.syntax import syntax_fault
from engross.emit.validators import rule_findings, schema_findings

__all__ = [
    "Distribution",
    "Scaffold",
    "client_of",
    "distribution",
    "emit",
    "free_package",
    "package_names",
    "rule_findings",
    "scaffold",
    "schema_findings",
    "standalone_name",
    "syntax_fault",
    "template_paths",
]

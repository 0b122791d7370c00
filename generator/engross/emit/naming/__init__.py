"""Python names: every emitted identifier, claimed once in its scope."""

from engross.emit.naming.client_names import (
    Setting,
    client_of,
    free_package,
    package_names,
    standalone_name,
)
from engross.emit.naming.method_names import Resource
from engross.emit.naming.operation_names import Target
from engross.emit.naming.python_names import PythonNames, python_names

__all__ = [
    "PythonNames",
    "Resource",
    "Setting",
    "Target",
    "client_of",
    "free_package",
    "package_names",
    "python_names",
    "standalone_name",
]

"""Packages whose modules are loaded when a name of theirs is first used."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def lazy(
    package: str, modules: Mapping[str, str]
) -> tuple[list[str], Callable[[str], object], Callable[[], list[str]]]:
    """Return what a package calls ``__all__``, ``__getattr__`` and ``__dir__``.

    Args:
        package: Name of the package.
        modules: Names, with spaces between them, by the module that defines them.
    """
    places = {
        name: module for module, names in modules.items() for name in names.split()
    }

    def load(name: str) -> object:
        module = places.get(name)
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found: object = getattr(import_module(f"{package}.{module}"), name)
        setattr(sys.modules[package], name, found)
        return found

    listed = [*places]
    return listed, load, lambda: listed

"""Packages whose modules are loaded when a name of theirs is first used."""

import sys
from collections.abc import Callable
from importlib import import_module


def lazy(
    package: str, table: str, *, ending: str = ""
) -> tuple[list[str], Callable[[str], object], Callable[[], list[str]]]:
    """Return what a package calls ``__all__``, ``__getattr__`` and ``__dir__``.

    Args:
        package: Name of the package.
        table: Modules, each with a colon and the names that it defines.
        ending: What all names end with, which the table leaves out.
    """
    places: dict[str, str] = {}
    defining = ""
    for word in table.split():
        if word.endswith(":"):
            defining = word[:-1]
        else:
            places[word + ending] = defining

    def load(name: str) -> object:
        module = places.get(name)
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found: object = getattr(import_module(f"{package}.{module}"), name)
        setattr(sys.modules[package], name, found)
        return found

    listed = [*places]
    return listed, load, lambda: listed

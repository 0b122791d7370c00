"""The imports of an emitted module, collected while its parts are printed."""

from __future__ import annotations

from dataclasses import field

from engross.data import dataclass
from engross.layout import WIDTH, Group, Item, lay_out


@dataclass(slots=True)
class Imports:
    """Names by module, printed in three blocks: standard library, third party, own package.

    Attributes:
        taken: names of the contract's own that code of the module sees. What is imported from
            elsewhere gives way: it is imported under another name.
        in_methods: more such names, which methods of the module see.
        defined: names that the module itself defines; even the contract's models give way.
        folder: where the module is in the package, from whose root other modules are named.
    """

    names: dict[str, dict[str, str]] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    third_party: frozenset[str] = frozenset(
        {"msgspec", "pyreqwest", "httpx2", "pytest"}
    )
    taken: frozenset[str] = frozenset()
    in_methods: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()
    folder: str = ""

    def add(self, module: str, *names: str) -> None:
        """Import names from a module."""
        for name in names:
            self.names.setdefault(module, {})[name] = name

    def use(self, module: str, name: str) -> str:
        """Import a name of ours from a module; return what the importing module calls it."""
        local = self._free(name, self.taken, self.in_methods, self.defined)
        self.names.setdefault(module, {})[name] = local
        return local

    def use_own(self, module: str, name: str) -> str:
        """Import a name of the contract; return what the importing module calls it."""
        local = self._free(name, self.defined)
        self.names.setdefault(module, {})[name] = local
        return local

    def _free(self, name: str, *taken: frozenset[str]) -> str:
        for names in taken:
            if name in names:
                return self._free(f"_{name}", *taken)
        return name

    def add_module(self, module: str, alias: str = "") -> None:
        """Import a module itself, perhaps under another name."""
        self.modules[module] = alias

    def use_module(self, module: str, alias: str = "") -> str:
        """Import a module itself; return what the importing module calls it."""
        name = alias or module
        local = self._free(name, self.taken, self.in_methods, self.defined)
        self.modules[module] = local if local != module else ""
        return local

    def move(self, module: str, others: Imports) -> None:
        """Import the names of a module with other imports."""
        if module in self.names:
            others.names[module] = self.names.pop(module)

    def render(self, *, indent: int = 0) -> str:
        """The import statements, sorted, without a line end."""
        blocks: list[list[str]] = [[], [], []]
        for module, alias in sorted(self.modules.items()):
            statement = f"import {module} as {alias}" if alias else f"import {module}"
            blocks[self._block(module)].append(statement)
        by_module = {self._seen(module): names for module, names in self.names.items()}
        for module, names in sorted(
            by_module.items(), key=lambda pair: _order(pair[0])
        ):
            ordered = [
                name if local == name else f"{name} as {local}"
                for name, local in sorted(
                    names.items(), key=lambda pair: _case_order(pair[0])
                )
            ]
            line = f"from {module} import {', '.join(ordered)}"
            if indent + len(line) > WIDTH:
                listed = tuple(Item("", name) for name in ordered)
                line = lay_out(
                    Group(f"from {module} import (", listed, ")"), indent=indent
                )
            blocks[self._block(module)].append(line)
        pad = "\n" + " " * indent
        return f"\n{pad}".join(pad.join(block) for block in blocks if block)

    def _seen(self, module: str) -> str:
        """Return a module as the importing one names it."""
        if not self.folder or not module.startswith("."):
            return module
        beside = f".{self.folder}."
        if module.startswith(beside):
            return f".{module.removeprefix(beside)}"
        return f".{module}"

    def _block(self, module: str) -> int:
        if module.startswith("."):
            return 2
        return 1 if module.partition(".")[0] in self.third_party else 0


def _order(module: str) -> tuple[int, str]:
    """`..models` before `.errors`, as import sorters have it."""
    dots = len(module) - len(module.lstrip("."))
    return (-dots if dots else -100, module)


def _case_order(name: str) -> tuple[int, str, str]:
    """Return what sorts constants before classes before functions."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return (kind, name.lower(), name)

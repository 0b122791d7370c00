"""A whole distribution from one contract.

The folder `templates/python` mirrors what is emitted, file for file. `*.jinja` is rendered, and
any other file is copied. Of the runtime only the modules that the contract needs are copied, the
async ones also as their sync variants. `package` in a path stands for the package's name,
`[resource]` for each resource, `[part]` for each module of a large package's models, params,
operations or validators, and `macros` holds what several templates share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import TypeAlias, cast

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
)

from engross.beside import divided
from engross.cache import Memo
from engross.contract.ir import Contract
from engross.data import dataclass
from engross.emit.formatting import formatted
from engross.emit.naming import PythonNames, python_names
from engross.emit.parts import Spread, parts_of
from engross.emit.readme import ReadmeView
from engross.emit.resources import ResourceView
from engross.emit.runtime_modules import needs
from engross.emit.sync_variant import sync_path, sync_variant
from engross.emit.syntax import syntax_fault
from engross.emit.template_cache import TemplateCache
from engross.emit.template_loader import (
    MISTAKES,
    OwnLoader,
    code_environment,
    refused,
)
from engross.emit.validators import validator_units
from engross.emit.views import (
    async_clients_view,
    clients_view,
    common_view,
    shown_view,
    types_view,
    validators_view,
)
from engross.own_templates import NO_TEMPLATES, VERSION, OwnTemplates
from engross.paths import templates_root

_TEMPLATE = ".jinja"
_GENERATOR = Path(__file__).parents[1]
_VALIDATION = "package/_runtime/validation.py"
_VALIDATION_SOURCE = _GENERATOR / "validation" / "runtime.py"
_PATTERNS = "package/_runtime/patterns.py"
_PATTERNS_SOURCE = _GENERATOR / "patterns" / "matching.py"
"""What validators need at run time, in the generator and in a package alike."""

_VALIDATORS = "package/validators"
_TYPES = ("package/models", "package/operations", "package/params")

_ASYNC = ("package/async_client", "package/async_resources")

_SHOWN = frozenset(
    ("CHANGELOG.md.jinja", "README.md.jinja", "package/testing/examples.json.jinja")
)
"""Templates that name examples, beside those of the tests."""

View: TypeAlias = Mapping[str, object]
"""What templates may name."""

Wanted: TypeAlias = Callable[[str], bool]
"""Tells of the path of a template whether it is meant."""

_RUNTIME = "package/_runtime/"
_PACKAGE = "package/"


@dataclass(frozen=True, slots=True)
class Distribution:
    """What is generated from a contract.

    Attributes:
        files: content of each file, by its path below `generated/<package>/`.
        command: a line of Python that makes a call, for a shell.
    """

    files: Mapping[str, bytes]
    command: str


def emit(
    contract: Contract,
    memo: Memo | None = None,
    own: OwnTemplates = NO_TEMPLATES,
    *,
    in_two: bool = False,
) -> dict[str, bytes]:
    """Every file of the distribution, by its path below `generated/<package>/`.

    The arguments and errors are those of `distribution`.
    """
    return dict(distribution(contract, memo, own, in_two=in_two).files)


def distribution(
    contract: Contract,
    memo: Memo | None = None,
    own: OwnTemplates = NO_TEMPLATES,
    *,
    in_two: bool = False,
) -> Distribution:
    """Return the whole distribution.

    Args:
        contract: what to generate from.
        memo: what the last run worked out of texts, to which this one adds.
        own: templates of the project, in place of ours.
        in_two: whether a second process may make some of the files.

    Raises:
        FindingsError: a schema or a rule cannot be honoured as it stands, names that the
            author chose clash, or a template of the project is wrong.
    """
    names = python_names(contract)
    operations = {each.id: each for each in contract.operations}
    ordered = [operations[id_] for each in names.resources for id_ in each.operations]
    contract = replace(contract, operations=tuple(ordered))
    units = validator_units(contract, names)
    memo = Memo() if memo is None else memo
    printer = _Printer(contract, names, memo, own)
    common = common_view(contract, names)
    parts = parts_of(contract, names)

    groups: tuple[tuple[Wanted, Callable[[], View]], ...] = (
        (_is_validator, lambda: validators_view(contract, names, units, parts)),
        (_is_type, lambda: types_view(contract, names, parts)),
        (_is_other, lambda: clients_view(contract, names, parts)),
        (_is_async, lambda: async_clients_view(contract, names)),
        (_is_shown, lambda: shown_view(contract, names, units)),
    )

    def printed(wanted: Wanted, view: Callable[[], View]) -> _Printed:
        return printer.printed({**common, **view()}, wanted)

    def whole() -> View:
        views = (view() for _, view in groups)
        return dict(chain.from_iterable(view.items() for view in views))

    rendered: dict[str, bytes] = {}
    command = ""
    try:
        if own.texts:  # which may name everything
            made = [printed(lambda path: True, whole)]
        else:
            tasks = [partial(printed, *group) for group in groups]
            made = divided(tasks, in_two=in_two)
        for each in made:
            rendered |= each.files
            memo.used.update(each.used)
            command = command or each.command
    except MISTAKES as error:
        refusal = refused(error, own)
        if refusal is None:
            raise
        raise refusal from error
    folder = _target(_VALIDATORS, names)
    if any(
        path.startswith(folder) and b"_runtime.patterns import" in content
        for path, content in rendered.items()
    ):
        rendered[_target(_PATTERNS, names)] = _PATTERNS_SOURCE.read_bytes()
    rendered[_target(_VALIDATION, names)] = _VALIDATION_SOURCE.read_bytes()
    files = {path: rendered[path] for path in sorted(rendered)}
    return Distribution(files, command)


def _is_shown(path: str) -> bool:
    """Return whether a template prints what is shown of a package, or tried."""
    return path.startswith("tests/") or path in _SHOWN


def _is_validator(path: str) -> bool:
    """Return whether a template prints validators."""
    return path.startswith(_VALIDATORS)


def _is_type(path: str) -> bool:
    """Return whether a template prints models, or what operations take."""
    return path.startswith(_TYPES)


def _is_async(path: str) -> bool:
    """Return whether a template prints the async client, or what it is made of."""
    return path.startswith(_ASYNC)


def _is_other(path: str) -> bool:
    """Return whether a template prints anything else, such as the client."""
    others = _is_shown, _is_validator, _is_type, _is_async
    return not any(is_one(path) for is_one in others)


@dataclass(frozen=True, slots=True)
class _Printed:
    """Some of the files.

    Attributes:
        files: content of each file, by its path.
        used: what was worked out of texts.
        command: a line of Python that makes a call, for a shell; empty if none is known.
    """

    files: dict[str, bytes]
    used: Mapping[str, str]
    command: str


@dataclass(frozen=True, slots=True)
class _Printer:
    """Prints templates for one contract."""

    contract: Contract
    names: PythonNames
    memo: Memo
    own: OwnTemplates

    def printed(self, view: View, wanted: Wanted) -> _Printed:
        """Return what templates print.

        Args:
            view: what they may name.
            wanted: tells of the path of a template whether it is to be printed.
        """
        own = self.own
        templates = _with_sync_variants(own) if own.texts else _templates()
        environment = _made_environment(own) if own.texts else _environment()
        found: dict[str, bytes] = {}
        for path in filter(wanted, templates):
            if path.endswith(_TEMPLATE):
                found |= self._of_template(environment, path, view)
            elif self._is_needed(path):
                found[_target(path, self.names)] = templates[path]
        readme = view.get("readme")
        command = readme.command if isinstance(readme, ReadmeView) else ""
        return _Printed(found, self.memo.used, command)

    def _is_needed(self, path: str) -> bool:
        """Return whether the contract needs a module that is copied as it is."""
        folder = _RUNTIME if path.startswith(_RUNTIME) else _PACKAGE
        return needs(self.contract, path.removeprefix(folder).removesuffix(".py"))

    def _of_template(
        self, environment: Environment, path: str, view: View
    ) -> Iterator[tuple[str, bytes]]:
        """Yield what one template prints."""
        name = path.removesuffix(_TEMPLATE)
        if "[resource]" in name:
            key = "async_resources" if "async_" in name else "resources"
            for each in cast("Sequence[ResourceView]", view[key]):
                target = _target(name.replace("[resource]", each.module), self.names)
                yield target, self._print(environment, path, {**view, "resource": each})
        elif "[part]" in name:
            spread = cast("Spread[object]", view[name.split("/")[1]])
            for part, content in spread.parts.items():
                target = _target(name.replace("[part]", part), self.names)
                yield target, self._print(environment, path, {**view, "part": content})
        else:
            content = self._print(environment, path, view)
            if content.strip():  # a template with nothing to say makes no file
                yield _target(name, self.names), content

    def _print(self, environment: Environment, path: str, view: View) -> bytes:
        text = environment.get_template(path).render(view)
        if path.endswith(f".py{_TEMPLATE}"):
            text = formatted(text, self.memo)
            # The verdict is remembered: two processes print, and one asks for it.
            syntax_fault(path, text, self.memo)
        return text.encode()


def _target(path: str, names: PythonNames) -> str:
    first, _, rest = path.partition("/")
    return f"{names.package}/{rest}" if first == "package" and rest else path


@cache
def _environment() -> Environment:
    return _made_environment(NO_TEMPLATES)


def _made_environment(own: OwnTemplates) -> Environment:
    root = templates_root() / "python"
    loader = ChoiceLoader([OwnLoader(own), FileSystemLoader(root)])
    return code_environment(loader, TemplateCache(root))


@cache
def _templates() -> dict[str, bytes]:
    """Path below the templates' root -> content, without what templates only share."""
    return _with_sync_variants(NO_TEMPLATES)


def template_paths() -> frozenset[str]:
    """Return the paths of all files that a project may replace, shared ones too."""
    return frozenset(path for path in _files() if path != VERSION)


def _files() -> dict[str, Path]:
    """Return the files below the templates' root, without caches, by their paths there."""
    root = templates_root() / "python"
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*")}
    return {
        name: found[name]
        for name in sorted(found)
        if found[name].is_file() and not _is_cached(name)
    }


def _with_sync_variants(own: OwnTemplates) -> dict[str, bytes]:
    """Return what a package is made of; files of the project take the place of ours."""
    found: dict[str, bytes] = {}
    for relative, path in _files().items():
        if relative != VERSION and not relative.startswith("macros/"):
            text = own.texts.get(relative)
            found[relative] = path.read_bytes() if text is None else text.encode()
    for relative in [*found]:
        sync = sync_path(relative)
        if sync != relative:
            found[sync] = sync_variant(found[relative].decode()).encode()
    return found


def _is_cached(relative: str) -> bool:
    """Whether a file is in a cache of some tool."""
    folders = relative.split("/")[:-1]
    return any(each == "__pycache__" or each.endswith("_cache") for each in folders)

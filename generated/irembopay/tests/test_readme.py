"""The README is correct: its code runs, and prints and calls what it says."""

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from .documented import reply_examples, status_code
from .json_values import Json
from .package import Operation, all_operations, operations
from .server import TOKENS, Answer, Request, Server

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
TEXT = README.read_text("utf-8")
LINES = TEXT.splitlines()
PACKAGE = operations.__name__.partition(".")[0]
OPTIONAL = frozenset({"httpx2"})
METHODS: Mapping[str, Operation[Any]] = {each.name: each for each in all_operations()}

_MOST_EXACT_FIRST = sorted(
    METHODS.items(), key=lambda each: -len(re.sub(r"\{.*?\}", "", each[1].path))
)
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PRINT = re.compile(r"\s*print\(.+\)  # (.+)")
_encode = msgspec.json.Encoder(decimal_format="number").encode


class Block(NamedTuple):
    """A block of Python."""

    line: int
    """Line of the README on which the code begins."""
    code: str
    output: str | None
    """What it prints, where the README shows that below."""

    def parsed(self) -> ast.Module:
        """The code, with the line numbers of the README."""
        return ast.parse("\n" * (self.line - 1) + self.code, str(README))

    def is_runnable(self) -> bool:
        """Whether the extras that it imports are installed."""
        return all(
            find_spec(alias.name) is not None
            for node in ast.walk(self.parsed())
            if isinstance(node, ast.Import)
            for alias in node.names
            if alias.name in OPTIONAL
        )

    def methods(self) -> set[str]:
        """The methods that it calls, such as `invoices.create`."""
        chains = (
            ast.unparse(node).split(".")
            for node in ast.walk(self.parsed())
            if isinstance(node, ast.Attribute)
        )
        ends = (
            [".".join(chain[start:]) for start in range(1, len(chain))]
            for chain in chains
        )
        found = (next((end for end in each if end in METHODS), "") for each in ends)
        return {each for each in found if each}


def _blocks() -> list[Block]:
    fences = [*_FENCE.finditer(TEXT)]
    found: list[Block] = []
    for fence, below in zip(fences, [*fences[1:], None], strict=True):
        if fence[1] == "python":
            line = TEXT.count("\n", 0, fence.start(2)) + 1
            is_output = below is not None and below[1] == "text"
            found.append(
                Block(line, fence[2], below[2] if below and is_output else None)
            )
    return found


BLOCKS = _blocks()
SHOWN = {name for block in BLOCKS for name in block.methods()}


class Provider(Server):
    """Answers each operation with its documented reply, and notes which were called."""

    def __init__(self) -> None:
        super().__init__()
        self.called: set[str] = set()
        self.unclear: set[str] = set()

    def _reply(self, request: Request) -> Answer:
        fitting = [
            (_path(operation), name)
            for name, operation in _MOST_EXACT_FIRST
            if operation.method == request.method
            and re.fullmatch(_path(operation), request.path)
        ]
        if not fitting:
            return Answer(501, b"the contract knows no such call", {})
        # Paths that differ in the names of their variables alone cannot be told apart.
        same = [name for path, name in fitting if path == fitting[0][0]]
        new = (name for name in same if name in SHOWN and name not in self.called)
        name = next(new, same[0])
        # A call of `/users/{id}` may have the URL of `/users/me`.
        others = {each for path, each in fitting if path != fitting[0][0]}
        if others and (name in self.called or name not in SHOWN):
            self.unclear |= {name, *others}
        self.called.add(name)
        return self._documented(METHODS[name], request)

    def _documented(self, operation: Operation[Any], request: Request) -> Answer:
        replies = {str(status): each for status, each in operation.replies.items()}
        status = next(iter(replies), "204")
        number = status_code(operation, status)
        shown = reply_examples(operation.name, status)
        if status not in replies:
            return Answer(number, b"", {})
        reply = replies[status]
        if isinstance(reply, tuple):  # the first of several media types is shown
            reply = reply[0]
        media_type = str(getattr(reply, "media_type", "application/json"))
        if not shown:
            content = b"{}" if "json" in media_type else b""
            return Answer(number, content, {"Content-Type": media_type})
        payload: Json = next(iter(shown.values()))
        if _continues(operation, request):
            payload = _last_page(operation, payload)
        is_text = isinstance(payload, str) and "json" not in media_type
        content = payload.encode() if is_text else _encode(payload)
        return Answer(number, content, {"Content-Type": media_type})


def _path(operation: Operation[Any]) -> str:
    """The pattern of an operation's path."""
    # Variables of a server may hold several parts of a path.
    server = _pattern(_server(operation), ".+")
    return server + _pattern(operation.path.partition("?")[0], "[^/]+")


def _pattern(template: str, variable: str) -> str:
    return re.sub(r"\\\{.*?\\\}", variable, re.escape(template))


def _server(operation: Operation[Any]) -> str:
    """The path of the server that an operation has for itself; most have none."""
    url: str = getattr(getattr(operation, "server", None), "url", "")
    path = url.partition("://")[2].partition("/")[2] if "://" in url else url
    return f"/{path.strip('/')}" if path.strip("/") else ""


def _continues(operation: Operation[Any], request: Request) -> bool:
    """Whether a request asks for another page than the first.

    Where a page has the URL of the next one, there is only one: it may lead anywhere.
    """
    paging = getattr(operation, "pagination", None)
    names = [getattr(paging, kind, None) for kind in ("page", "offset", "cursor")]
    if getattr(paging, "next", ()) and not any(names):
        return True
    sent = {name for name, _ in request.query}
    return any(
        parameter.name in names and parameter.wire in sent
        for parameter in operation.parameters
    )


def _last_page(operation: Operation[Any], payload: Json) -> Json:
    """The documented page without items, and without the cursor of another."""
    paging = getattr(operation, "pagination", None)
    following = getattr(paging, "next", ())
    if following:
        return _without(payload, following, None)
    reply = next(iter(operation.replies.values()))
    return _without(payload, getattr(reply, "unwrap", ()), [])


def _without(payload: Json, steps: tuple[str, ...], empty: Json) -> Json:
    if not steps:
        return empty
    inner = payload.get(steps[0]) if isinstance(payload, dict) else None
    return {**payload, steps[0]: _without(inner, steps[1:], empty)}


class Run(NamedTuple):
    """What came of running all blocks, one after the other, in one namespace."""

    printed: list[tuple[int, str]]
    """Line of the README and text of each print."""
    called: set[str]
    """Methods that the provider was called by."""
    unclear: set[str]
    """Methods of which it cannot know that."""
    blocks: int
    """How many blocks ran; those for an extra that is not installed do not."""


def _environment(url: str) -> Iterator[tuple[str, str]]:
    """The environment that the README speaks of."""
    contract = import_module(f"{PACKAGE}.contract").CONTRACT
    yield contract.base_url_env, url
    for scheme in contract.security.values():
        for credential in scheme.credentials:
            yield credential.env, f"some-{credential.argument}"
        if getattr(scheme, "issuer", None) is not None:
            yield scheme.issuer.env, f"{url}{TOKENS}{scheme.issuer.argument}"
    for credential in contract.webhook_secrets:
        yield credential.env, f"some-{credential.argument}"
    for server in contract.servers:
        for variable in server.variables:
            yield variable.env, variable.name


def fake_provider() -> Any:
    """The fake of this package, which knows nothing yet."""
    client = import_module(f"{PACKAGE}.contract").CONTRACT.name
    return getattr(import_module(f"{PACKAGE}.testing"), f"Fake{client}")()


def _recorder(printed: list[tuple[int, str]]) -> Callable[..., None]:
    def record(*values: object) -> None:
        line = sys._getframe(1).f_lineno
        printed.append((line, " ".join(map(str, values))))

    return record


@pytest.fixture(scope="module")
def run() -> Run:
    """All code of the README, run against a provider that answers as documented."""
    printed: list[tuple[int, str]] = []
    namespace: dict[str, object] = {"print": _recorder(printed)}
    with pytest.MonkeyPatch.context() as patch, Provider() as provider:
        for name, value in _environment(provider.url):
            patch.setenv(name, value)
        runnable = [each for each in BLOCKS if each.is_runnable()]
        for block in runnable:
            exec(compile(block.parsed(), str(README), "exec"), namespace)
        for name, function in [*namespace.items()]:
            if name.startswith("test_") and callable(function):
                fake = fake_provider()
                with fake.client() as client:
                    function(fake, client)
    return Run(printed, provider.called, provider.unclear, len(runnable))


def test_the_readme_has_code_and_it_runs(run: Run) -> None:
    assert run.blocks


def test_every_method_that_the_readme_calls_reaches_the_provider(run: Run) -> None:
    assert run.called - run.unclear == SHOWN - run.unclear


def test_the_readme_prints_what_stands_beside_its_prints(run: Run) -> None:
    expected = {
        number: found[1]
        for number, line in enumerate(LINES, 1)
        if (found := _PRINT.fullmatch(line))
    }
    first = dict(reversed(run.printed))  # a loop prints each item, and shows one
    assert {line: first.get(line) for line in expected} == expected


def test_the_readme_prints_what_it_shows_below_its_code(run: Run) -> None:
    for block in BLOCKS:
        if block.output is not None:
            lines = range(block.line, block.line + block.code.count("\n"))
            printed = [text for line, text in run.printed if line in lines]
            assert "\n".join(printed) == block.output.rstrip("\n")


def test_the_code_of_the_readme_passes_strict_type_checks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = pytest.importorskip("mypy.api")
    monkeypatch.chdir(ROOT)
    file = tmp_path / "code_of_the_readme.py"
    file.write_text("\n\n".join(each.code for each in BLOCKS), "utf-8")
    report, errors, _ = api.run(["--strict", "--python-version=3.11", str(file)])
    assert not errors
    assert [line for line in report.splitlines() if file.name in line] == []


def test_the_readme_names_every_method() -> None:
    assert [name for name in METHODS if f"`{name}(" not in TEXT] == []


def test_the_readme_names_every_error() -> None:
    names = import_module(f"{PACKAGE}.errors").__all__
    assert [name for name in names if f"`{name}`" not in TEXT] == []


@pytest.mark.skipif(
    not any(block.methods() for block in BLOCKS), reason="no method is shown"
)
def test_limits_in_the_readme_are_those_of_the_client() -> None:
    options = import_module(f"{PACKAGE}._runtime.options")
    retry = import_module(f"{PACKAGE}._runtime.retry_policy")
    assert f"{options.Timeout().total:g} seconds in total" in TEXT
    assert f"exceed {retry.LONGEST_RETRY_AFTER:g} seconds" in TEXT
    for limit, seconds in msgspec.structs.asdict(options.Timeout()).items():
        assert f"| `{limit}` | {seconds:g} s |" in TEXT

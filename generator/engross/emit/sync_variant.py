"""The sync modules of the runtime, derived from the async ones.

Each async module of the runtime is ordinary Python. Its sync variant is the same text without
`async` and `await`, with other names: a pure, deterministic transformation of words.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from typing import Final

from engross.emit.imports import Imports

_NAMES: Final = {
    "AsyncAfterReply": "AfterReply",
    "AsyncBeforeAttempt": "BeforeAttempt",
    "AsyncIterable": "Iterable",
    "AsyncIterator": "Iterator",
    "AsyncPager": "Pager",
    "AsyncSecret": "Secret",
    "AsyncStreamedResponse": "StreamedResponse",
    "AsyncStreaming": "Streaming",
    "Lock": "allocate_lock",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "aclose": "close",
    "aiter_raw": "iter_raw",
    "anext": "next",
    "async_forms": "forms",
    "async_paged_forms": "paged_forms",
    "async_raw": "raw",
    "async_raw_form": "raw_form",
    "async_raw_page": "raw_page",
    "async_streamed": "streamed",
    "async_streamed_form": "streamed_form",
    "async_streamed_page": "streamed_page",
    "awaited": "unawaited",
    "get_running_loop": "getpid",
}
"""Words that no rule covers."""

_MODULES: Final = {
    ("asyncio", "sleep"): ("time", "sleep"),
    ("asyncio", "Lock"): ("_thread", "allocate_lock"),
    ("asyncio", "get_running_loop"): ("os", "getpid"),
}
"""Names that come from another module."""

_LIBRARIES: Final = {
    "httpx2.AsyncClient": "httpx2.Client",
    "pyreqwest.client.Client": "pyreqwest.client.SyncClient",
    '"AsyncClient"': '"Client"',
    '"pyreqwest", "Client"': '"pyreqwest", "SyncClient"',
    "tasks of one event loop": "threads",
}
"""Phrases of one module, by what replaces them."""

_PYREQWEST: Final = (
    "Client",
    "ClientBuilder",
    "RequestBuilder",
    "Response",
    "StreamRequest",
)
"""Classes of pyreqwest that have a sync variant of their own."""

_LOOP_THAT_YIELDS: Final = re.compile(r"( +)for (\w+) in (.+):\n +yield \2\n")
"""What only an async generator has to write as a loop."""

_WORD: Final = re.compile(r"\w+")
_KEYWORDS: Final = re.compile(r"\basync (?=def\b|with\b|for\b)|\bawait ")


def sync_path(path: str) -> str:
    """Return the path of the sync variant of an async module; any other path unchanged."""
    folder, slash, name = path.rpartition("/")
    if "_runtime" not in folder:
        return path
    return f"{folder}{slash}{_word(name.removesuffix('.py'))}.py"


def sync_variant(source: str) -> str:
    """Return the sync variant of an async module."""
    is_pyreqwest = "from pyreqwest.client import" in source
    for phrase, replacement in _LIBRARIES.items():
        source = source.replace(phrase, replacement)
    text = _without_awaitable(_KEYWORDS.sub("", source))
    lines = text.splitlines(keepends=True)
    for block, indent in reversed(_import_blocks(ast.parse(text))):
        rendered = _imports(block, is_pyreqwest=is_pyreqwest).render(indent=indent)
        first, last = block[0].lineno - 1, block[-1].end_lineno
        lines[first:last] = [f"{' ' * indent}{rendered}\n"]
    renamed = _WORD.sub(lambda match: _word(match[0]), "".join(lines))
    if is_pyreqwest:
        for name in _PYREQWEST:
            renamed = re.sub(rf"(?<![\w.]){name}\b", f"Sync{name}", renamed)
    renamed = _LOOP_THAT_YIELDS.sub(r"\1yield from \3\n", renamed)
    return renamed.replace("without blocking", "blocking")


def _word(word: str) -> str:
    if word in _NAMES:
        return _NAMES[word]
    if re.match("Async[A-Z]", word):
        return word.replace("Async", "Sync", 1)
    word = re.sub("^async_", "sync_", word)
    word = re.sub("_async$", "_sync", word)
    word = re.sub("^OpenedAsync", "OpenedSync", word)
    return "sync" if word == "async" else word


def _without_awaitable(text: str) -> str:
    """Return a text in which `Awaitable[X]` is `X`."""
    while (start := text.find("Awaitable[")) >= 0:
        depth, end = 1, start + len("Awaitable[")
        while depth:
            depth += {"[": 1, "]": -1}.get(text[end], 0)
            end += 1
        inner = text[start + len("Awaitable[") : end - 1]
        text = text[:start] + inner + text[end:]
    return text


Import = ast.Import | ast.ImportFrom


def _import_blocks(tree: ast.Module) -> list[tuple[Sequence[Import], int]]:
    """Return the imports of a module, those below `if TYPE_CHECKING` apart."""
    blocks: list[tuple[Sequence[Import], int]] = []
    top = [node for node in tree.body if isinstance(node, Import)]
    if top:
        blocks.append((top, 0))
    for node in tree.body:
        if isinstance(node, ast.If):
            nested = [inner for inner in node.body if isinstance(inner, Import)]
            if nested:
                blocks.append((nested, 4))
    return blocks


def _imports(nodes: Iterable[Import], *, is_pyreqwest: bool) -> Imports:
    imports = Imports()
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                imports.add_module(alias.name, alias.asname or "")
            continue
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "Awaitable":
                continue
            place, name = _MODULES.get((module, alias.name), (module, alias.name))
            place = "." * node.level + _word(place.lstrip(".")) if node.level else place
            name = _word(name)
            if is_pyreqwest and name in _PYREQWEST and "pyreqwest" in place:
                name = name if place.startswith(".") else f"{name}"
            imports.add(place, name)
    return imports

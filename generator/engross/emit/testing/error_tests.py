"""`test_errors.py`: every way in which a call can fail, and what it raises."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

from engross.contract.ir import Contract, Failure, Operation, RetryMode
from engross.contract.media_types import essence
from engross.data import dataclass
from engross.emit.example_calls import CallWriter, NamedCall
from engross.emit.imports import Imports
from engross.emit.testing.answers import answer_to, result_class, simplest
from engross.emit.testing.model_tests import call_source, calls_source
from engross.emit.testing.scope import Scope
from engross.emit.testing.tests_source import (
    items,
    parametrized,
    reply_source,
    row,
    value_at,
)
from engross.layout import Expression, Group, Item, lay_out, literal, string
from engross.source.expression import Expression as RuntimeExpression
from engross.source.expression import Part

_WORDS = "words for people"


@dataclass(frozen=True, slots=True)
class ErrorsView:
    """What `test_errors.py` holds; an empty part is left out.

    Attributes:
        call: a call that any reply can be given to.
        refusal: a body with the provider's `code`; empty where the contract has no codes.
        words: message in that body; empty where the contract says of none.
        request_id: header that names the request.
        codes: table of codes, statuses and classes.
        failure: status and class of a failure in a reply of success.
        unknown_failure: whether a failure can carry a code that the contract does not know.
        is_json: whether the call returns JSON.
        status: status of a successful reply to the call.
        misfit: JSON that is no reply to the call.
        safe: table of calls that are repeated.
        unsafe: table of calls that are not.
        keyed: table of calls whose repetition the provider recognizes.
    """

    imports: str
    call: str
    refusal: str
    words: str
    request_id: str
    codes: str
    failure: str
    unknown_failure: bool
    is_json: bool
    status: int
    misfit: str
    safe: str
    unsafe: str
    keyed: str


def errors_view(scope: Scope) -> ErrorsView | None:
    """The view of `test_errors.py`; None where nothing can be called."""
    contract = scope.contract
    imports = scope.imports()
    imports.add_module("pytest")
    imports.add(".package", "APIStatusError", "Client")
    imports.add(".server", "Server")
    imports.add(scope.names.package, "errors")
    writer = CallWriter(scope.names, imports)
    # A reply to HEAD has no body that could say what is wrong.
    operation = simplest(
        each for each in scope.operations if each.http_method != "HEAD"
    )
    if operation is None:
        return None
    made = writer.first(operation).on("client")
    if operation.pagination is not None:
        made = Group("list(", (Item("", made),), ")")
    answer = answer_to(operation, scope)
    is_json = answer.expected is not None and not any(
        _is_text_page(media.media_type)
        for reply in operation.successes
        for media in reply.whole
    )
    refusal = _refusal(contract)
    if refusal:
        imports.add(".json_values", "Json")
    safe = _calls(scope, imports, RetryMode.SAFE)
    unsafe = _calls(scope, imports, RetryMode.UNSAFE)
    keyed = _keyed_calls(scope, imports) if refusal else ""
    if keyed:
        imports.add(".json_values", "plain")
    if safe or unsafe or keyed:
        imports.add(".package", "instant_waits")
    return ErrorsView(
        imports=imports.render(),
        call=lay_out(made, indent=4),
        refusal=refusal,
        words=_WORDS if contract.errors.message else "",
        request_id=contract.errors.request_id_header or "X-Request-Id",
        codes=_codes(scope),
        failure=_failure(scope),
        unknown_failure=_may_be_unknown(contract),
        is_json=is_json,
        status=answer.status,
        misfit=_misfit(operation, scope) if is_json else "",
        safe=safe,
        unsafe=unsafe,
        keyed=keyed,
    )


def _codes(scope: Scope) -> str:
    contract = scope.contract
    rows = [
        row(
            string(each.code),
            str(each.status or 400),
            f"errors.{scope.names.error(each)}",
        )
        for each in contract.errors.classes
    ]
    if not rows or not contract.errors.code:
        return ""
    return parametrized(("code", "status", "error"), rows)


def _calls(scope: Scope, imports: Imports, mode: RetryMode) -> str:
    """A table of the calls that may, or must not, be repeated."""
    found: list[tuple[str, NamedCall]] = []
    for operation in scope.operations:
        if operation.retry.mode is not mode or operation.pagination is not None:
            continue
        status = ""
        if mode is RetryMode.SAFE:
            shown = answer_to(operation, scope).shown
            if shown is None or shown.method != scope.names.method(operation):
                continue
            status = shown.status
        found.append((status, NamedCall.first(operation, scope.names)))
    if not found:
        return ""
    imports.add(".documented", "Call")
    names = ("call", "status") if mode is RetryMode.SAFE else ("call",)
    rows = [
        each
        for status, same in groupby(found, key=itemgetter(0))
        for each in _rows(
            [made for _, made in same],
            status,
            imports,
            is_dense=scope.contract.is_large,
        )
    ]
    return parametrized(names, rows, ids="str")


def _rows(
    made: list[NamedCall], status: str, imports: Imports, *, is_dense: bool
) -> list[Expression]:
    """The rows of calls, with the status of their replies if there is one."""
    dense = calls_source(made, imports) if is_dense and len(made) > 1 else None
    if dense is None:
        sources = map(call_source, made)
        return [row(each, string(status)) if status else each for each in sources]
    if not status:
        return [Group(f"*{dense.opening}", dense.items, ")", compact=True)]
    imports.add("itertools", "repeat")
    return [Group("*zip(", items(dense, f"repeat({string(status)})"), ")")]


def _keyed_calls(scope: Scope, imports: Imports) -> str:
    """A table of calls whose repetition is recognized, where the contract shows what is read."""
    by_id = {each.operation_id: each for each in scope.operations}
    statuses = {each.code: each.status or 400 for each in scope.contract.errors.classes}
    rows: list[Expression] = []
    for operation in scope.operations:
        retry = operation.retry
        read = by_id.get(retry.read.operation) if retry.read is not None else None
        if retry.mode is not RetryMode.KEYED or read is None or retry.key is None:
            continue
        made, answer = NamedCall.first(operation, scope.names), answer_to(read, scope)
        key = _at(made.body, retry.key)
        if (
            answer.shown is None
            or key is None
            or str(key) not in str(answer.shown.value)
        ):
            continue
        imports.add(".documented", "Call", "reply_example")
        imports.add(".json_values", "Json")
        for code in retry.done[:1]:
            status = str(statuses.get(code, 400))
            values = (string(code), status, reply_source(answer.shown))
            value = reply_source(answer.shown, answer.steps)
            rows.append(row(call_source(made), *values, value))
    names = ("call", "code", "status", "found", "value")
    return parametrized(names, rows) if rows else ""


def _at(body: object, expression: RuntimeExpression) -> object:
    """Return the value that an expression reads from a wire body."""
    if expression.part is not Part.BODY:
        return None
    return value_at(body, expression.pointer.tokens)


def _is_text_page(media_type: str | None) -> bool:
    """Whether what comes as `text/html` is read as a documented media type."""
    documented = essence(media_type or "")
    return documented == "*/*" or documented.startswith("text/")


# Bodies


def _refusal(contract: Contract) -> str:
    """A body that carries a code, as the contract's pointers say."""
    errors = contract.errors
    if not errors.code:
        return ""
    tree: dict[str, object] = {}
    if errors.failure is not None:
        _plant(tree, errors.failure.at.tokens, _mark(errors.failure))
    if errors.message:
        _plant(tree, errors.message[0].tokens, string(_WORDS))
    _plant(tree, errors.code[0].tokens, "code")
    return lay_out(_written(tree), indent=4, before="return ")


def _plant(tree: dict[str, object], steps: tuple[str, ...], leaf: str) -> None:
    for step in steps[:-1]:
        inner = tree.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        tree = inner
    tree[steps[-1]] = leaf


def _written(tree: object) -> Expression:
    """A tree of pointers as JSON: steps that are all numbers make a list."""
    if not isinstance(tree, dict):
        return str(tree)
    if all(key.isdigit() for key in tree):
        return Group("[", items(*(_written(each) for each in tree.values())), "]")
    members = (Item(f"{string(key)}: ", _written(each)) for key, each in tree.items())
    return Group("{", tuple(members), "}")


def _mark(failure: Failure) -> str:
    written = literal(failure.equals[0])
    return written if isinstance(written, str) else string(str(failure.equals[0]))


def _failure(scope: Scope) -> str:
    """Return code and class of a failure that can come with a status of success."""
    contract = scope.contract
    failure = contract.errors.failure
    if failure is None or not contract.errors.code:
        return ""
    for each in contract.errors.classes:
        if not _marks_failure(contract) or each.code in failure.equals:
            return f"{string(each.code)}, errors.{scope.names.error(each)}"
    return ""


def _marks_failure(contract: Contract) -> bool:
    """Whether the code itself is what tells a failure."""
    failure = contract.errors.failure
    return failure is not None and contract.errors.code[0] == failure.at


def _may_be_unknown(contract: Contract) -> bool:
    has_failure = contract.errors.failure is not None and bool(contract.errors.code)
    return has_failure and not _marks_failure(contract)


def _misfit(operation: Operation, scope: Scope) -> str:
    """JSON of another form than the call returns; empty where anything fits."""
    is_model = result_class(operation.result, scope.names)
    return "[]" if operation.pagination is not None or is_model else ""

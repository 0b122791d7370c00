"""The exceptions of a client, by provider code and by status."""

from __future__ import annotations

import json
from collections.abc import Mapping

from engross.contract.ir import Contract, Operation
from engross.emit.client import error_base
from engross.emit.documentation import sentence
from engross.emit.naming import PythonNames
from engross.emit.naming.reserved import STATUS_CLASSES
from engross.emit.readme.markdown import code, prose, table

_SERVER_ERRORS = "5XX"


def codes(contract: Contract, names: PythonNames) -> str:
    """Return the table of the provider's codes, each with its class."""
    return table(
        ("Status", "Code", "Exception", "Base class", "Meaning"),
        (
            (
                str(error.status or "any"),
                code(error.code),
                code(names.error(error)),
                code(error_base(error)),
                prose(sentence(error.meaning)),
            )
            for error in contract.errors.classes
        ),
    )


def statuses(contract: Contract) -> str:
    """Return the table of error statuses, each with its class and documented meaning."""
    classes = {str(status): name for status, name in STATUS_CLASSES.items()}
    classes[_SERVER_ERRORS] = "InternalServerError"
    meanings: dict[str, dict[str, None]] = {status: {} for status in classes}
    for operation in contract.operations:
        for reply in operation.replies:
            status = reply.status if reply.status.isdigit() else reply.status.upper()
            if not status.startswith(("1", "2", "3")):
                text = prose(sentence(reply.docs.description))
                meanings.setdefault(status, {})[text] = None
    rows = []
    for status, texts in sorted(meanings.items()):
        class_name = classes.get(status) or _class_of(status)
        meaning = " ".join(texts) or _undocumented(status, meanings)
        rows.append((_SHOWN.get(status, status), code(class_name), meaning))
    return table(("Status", "Exception", "Meaning"), rows)


_SHOWN = {"DEFAULT": "any other", "4XX": "other 4XX"}


def _undocumented(status: str, meanings: Mapping[str, object]) -> str:
    """Return the meaning of a status that the contract does not name."""
    for wider in (f"{status[0]}XX", "DEFAULT"):
        if wider in meanings and wider != status and meanings[wider]:
            return f"Same as {_SHOWN.get(wider, wider)}."
    return "Not documented."


def _class_of(status: str) -> str:
    return "InternalServerError" if status.startswith("5") else "APIStatusError"


def failure(contract: Contract) -> str:
    """Return when a response with a success status is a failure; empty if never."""
    rule = contract.errors.failure
    if rule is None:
        return ""
    values = " or ".join(code(json.dumps(value)) for value in rule.equals)
    return f"{code(str(rule.at))} is {values}"


def caught(contract: Contract, names: PythonNames, operation: Operation) -> list[str]:
    """Return the exception to show a handler for: "already done" first, else any."""
    raised = operation.errors
    done = [error for error in raised if error.code in operation.retry.done]
    return [names.error(error) for error in (done or raised)[:1]]

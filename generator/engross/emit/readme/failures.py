"""What a client raises, by the provider's codes and by status."""

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
    """The provider's codes, each with its class."""
    return table(
        ("Status", "Code", "Class", "Is a", "Meaning"),
        (
            (
                str(each.status or "any"),
                code(each.code),
                code(names.error(each)),
                code(error_base(each)),
                prose(sentence(each.meaning)),
            )
            for each in contract.errors.classes
        ),
    )


def statuses(contract: Contract) -> str:
    """The statuses of errors, each with its class and with what the contract says of it."""
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
        said = " ".join(texts) or _unsaid(status, meanings)
        rows.append((_SHOWN.get(status, status), code(class_name), said))
    return table(("Status", "Class", "What the contract says"), rows)


_SHOWN = {"DEFAULT": "any other", "4XX": "other 4XX"}


def _unsaid(status: str, meanings: Mapping[str, object]) -> str:
    """What stands for a status that the contract does not name."""
    for wider in (f"{status[0]}XX", "DEFAULT"):
        if wider in meanings and wider != status and meanings[wider]:
            return f"As {_SHOWN.get(wider, wider)}."
    return "Not mentioned."


def _class_of(status: str) -> str:
    return "InternalServerError" if status.startswith("5") else "APIStatusError"


def failure(contract: Contract) -> str:
    """When a reply with a status of success means failure, as a clause; empty if never."""
    rule = contract.errors.failure
    if rule is None:
        return ""
    values = " or ".join(code(json.dumps(value)) for value in rule.equals)
    return f"{code(str(rule.at))} is {values}"


def caught(contract: Contract, names: PythonNames, operation: Operation) -> list[str]:
    """The class to show a handler for: 'already done' where there is one, else the first."""
    raised = operation.errors
    done = [error for error in raised if error.code in operation.retry.done]
    return [names.error(error) for error in (done or raised)[:1]]

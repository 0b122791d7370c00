"""What callers must do about changes that break them, or may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engross.diff.changes import Change
from engross.diff.rules import Rating, Way

_GIVE: Final = "Give it in every call."
_UPDATE: Final = "Update the package."

_ANY_WAY: Final[Mapping[str, str]] = {
    "contract-removed": "Remove the package.",
    "operation-removed": "Stop calling it.",
    "operation-moved": _UPDATE,
    "webhook-removed": "Remove what handles it.",
    "callback-removed": "Remove what handles it.",
    "parameter-moved": _UPDATE,
    "parameter-style-changed": _UPDATE,
    "body-encoding-changed": _UPDATE,
    "success-added": "Treat this status as a success.",
    "success-removed": "Do not wait for this status.",
    "security-tightened": "Give the credentials that it needs.",
    "security-scheme-changed": "Update the package, and check the credentials.",
    "server-changed": "Check which server you call.",
    "server-removed": "Use another server.",
    "server-variable-changed": "Check the values that you set.",
    "format-hint-changed": "Check that values fit.",
    "discriminator-changed": "Update the package, and check how you tell values apart.",
    "money-changed": "Check every amount.",
    "time-changed": _UPDATE,
    "idempotency-key-changed": "Give the key at its new place.",
    "pagination-changed": "Update the package, and check how you walk pages.",
    "envelope-changed": "Update the package, and check what you read of it.",
    "proof-changed": "Update the package, and check the secret.",
    "event-changed": _UPDATE,
    "retry-weakened": "Handle failures that were retried before.",
    "read-back-changed": "Check how you handle calls that were done before.",
    "error-location-changed": _UPDATE,
    "error-code-changed": "Check what you do about this status.",
    "error-code-removed": "Stop handling it.",
    "violation-code-changed": "Handle the new code.",
    "timezone-changed": "Check times without an offset.",
    "python-argument-moved": "Pass it at its new position.",
    "python-argument-removed": "Stop passing it.",
    "python-argument-renamed": "Use the new name.",
    "python-argument-required": "Pass it in every call.",
    "python-argument-type-changed": "Pass the new type.",
    "python-class-removed": "Stop using it.",
    "python-class-renamed": "Use the new name.",
    "python-client-renamed": "Use the new name.",
    "python-error-removed": "Catch another exception.",
    "python-field-removed": "Stop using it.",
    "python-field-required": "Set it in every instance.",
    "python-field-type-changed": "Use the new type.",
    "python-member-removed": "Stop using it.",
    "python-method-removed": "Stop calling it.",
    "python-method-renamed": "Use the new name.",
    "python-package-renamed": "Import the new name.",
    "python-result-changed": "Use the new result.",
    "python-setting-changed": "Change how you create the client.",
}

_BY_WAY: Final[Mapping[str, Mapping[Way, str]]] = {
    rule: {
        way: text
        for way, text in ((Way.REQUEST, sent), (Way.RESPONSE, received))
        if text
    }
    for rule, sent, received in (
        ("required-parameter-added", _GIVE, ""),
        ("parameter-required", _GIVE, ""),
        ("parameter-optional", "", "Expect responses without it."),
        ("parameter-removed", "Stop giving it.", "Do without it."),
        ("required-body-added", _GIVE, ""),
        ("body-required", _GIVE, ""),
        ("body-optional", "", "Expect messages without it."),
        ("body-removed", "Stop giving it.", "Do without it."),
        ("media-type-removed", "Send another type.", "Read another type."),
        ("required-property-added", _GIVE, "Expect it."),
        ("property-added", "", "Expect it."),
        ("property-required", _GIVE, ""),
        ("property-removed", "Stop giving it.", "Do without it."),
        ("required-property-removed", "Stop giving it.", "Do without it."),
        ("property-optional", "", "Expect responses without it."),
        ("read-only-added", "Stop giving it.", ""),
        ("write-only-added", "", "Do without it."),
        ("type-narrowed", "Send only these types.", ""),
        ("null-disallowed", "Do not send null.", ""),
        ("type-widened", "", "Handle the other types."),
        ("null-allowed", "", "Handle null."),
        ("type-changed", "Send the new type.", "Read the new type."),
        ("format-changed", "Send the new format.", "Read the new format."),
        ("const-changed", "Send the new value.", "Compare with the new value."),
        ("format-added", "Send only texts of this format.", ""),
        ("format-removed", "", "Expect other texts."),
        ("enum-value-removed", "Do not send it.", ""),
        ("enum-added", "Send only these values.", ""),
        ("enum-value-added", "", "Handle the new value."),
        ("enum-removed", "", "Handle other values."),
        ("known-value-removed", "Do not send it.", ""),
        ("default-changed", "Give the value if you relied on the default.", ""),
        ("limit-tightened", "Send only values within the limit.", ""),
        ("pattern-added", "Send only texts that match.", ""),
        ("limit-loosened", "", "Expect values beyond the old limit."),
        ("pattern-removed", "", "Expect texts that do not match."),
        ("pattern-changed", "Send only texts that match.", "Expect other texts."),
        ("content-encoding-changed", "Encode it so.", "Decode it so."),
        ("variant-removed", "Send another kind of value.", ""),
        ("variant-added", "", "Handle the new kind of value."),
        ("discriminator-value-removed", "Do not send it.", ""),
        ("discriminator-value-added", "", "Handle the new value."),
        ("additional-properties-forbidden", "Send no other properties.", ""),
        ("additional-properties-allowed", "", "Expect other properties."),
        ("condition-changed", "Check what you send.", "Check what you expect."),
        ("condition-added", "Check what you send.", ""),
        ("condition-removed", "", "Check what you expect."),
        ("rule-added", "Send only values that meet it.", ""),
        ("rule-changed", "Send only values that meet it.", ""),
        ("rule-removed", "", "Expect other values."),
    )
}


def advice(change: Change) -> str:
    """Return what callers must do about a change; nothing if it is compatible."""
    harmed = [way for way, each in change.ratings.items() if each > Rating.COMPATIBLE]
    if not harmed:
        return ""
    if change.rule in _ANY_WAY:
        return _ANY_WAY[change.rule]
    return " ".join(_BY_WAY[change.rule][way] for way in harmed)

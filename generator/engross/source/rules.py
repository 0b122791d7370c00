"""The rules of this layer: what each finding of text, structure and references means."""

from collections.abc import Mapping
from typing import Final

RULES: Final[Mapping[str, str]] = {
    # Text
    "control-character": "Text has no control characters.",
    "duplicate-key": "An object has each key once.",
    "empty-document": "A file holds data.",
    "invalid-encoding": "A file is UTF-8.",
    "json-syntax": "A `.json` file is JSON.",
    "multiple-documents": "A file holds one YAML document.",
    "too-deep": "Data is not nested beyond all use.",
    "too-large": "Aliases do not multiply data beyond all use.",
    "unknown-tag": "YAML tags stand for JSON data only.",
    "unusable-key": "Keys are scalars.",
    "unusable-merge": "Only mappings are merged by `<<`.",
    "unusable-number": "Numbers are finite and of a sane size.",
    "unusable-text": "Text is made of whole characters.",
    "yaml-syntax": "Any other file is YAML.",
    # Structure
    "bad-key": "Names have the form that OpenAPI asks for.",
    "bad-value": "Values are of those that their place allows.",
    "conflicting-keys": "Keys that exclude each other do not stand together.",
    "missing-key": "Objects have the keys that they need.",
    "unknown-key": "Objects have only keys that mean something.",
    "unsupported-version": "Documents are of OpenAPI 3.0, 3.1 or 3.2.",
    "wrong-type": "Values have the type that their place asks for.",
    # References
    "absolute-reference": "References to files are relative.",
    "circular-reference": "References lead to something in the end.",
    "dangling-reference": "References lead to something that exists.",
    "no-such-file": "Files that are named exist.",
    "outside-root": "Files that are read lie in the project.",
    "remote-reference": "References lead to files, not to the network.",
    "unreadable-file": "Files that are named can be read.",
    "wrong-reference": "References lead to the kind of object that their place takes.",
}
"""Each rule by its id, with what holds in a good document."""

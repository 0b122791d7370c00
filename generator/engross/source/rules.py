"""The rules of this layer: what each finding of text, structure and references means."""

from collections.abc import Mapping
from typing import Final

RULES: Final[Mapping[str, str]] = {
    # Text
    "control-character": "Text contains no control characters.",
    "duplicate-key": "An object has each key once.",
    "empty-document": "A file contains data.",
    "invalid-encoding": "A file is UTF-8.",
    "json-syntax": "A `.json` file is JSON.",
    "multiple-documents": "A file contains one YAML document.",
    "too-deep": "Data is nested at most 200 levels deep.",
    "too-large": "Aliases expand to a bounded amount of data.",
    "unknown-tag": "YAML tags are those of JSON data.",
    "unusable-key": "Keys are scalars.",
    "unusable-merge": "Only mappings are merged by `<<`.",
    "unusable-number": "Numbers are finite and of a reasonable size.",
    "unusable-text": "Text is made of whole characters.",
    "yaml-syntax": "Any other file is YAML.",
    # Structure
    "bad-key": "Names have the form that OpenAPI requires.",
    "bad-value": "Values are among those that are allowed.",
    "conflicting-keys": "Keys that exclude each other are not used together.",
    "missing-key": "Objects have their required keys.",
    "unknown-key": "Objects have only known keys.",
    "unsupported-version": "Documents are of OpenAPI 3.0, 3.1 or 3.2.",
    "wrong-type": "Values have the expected type.",
    # References
    "absolute-reference": "References to files are relative.",
    "circular-reference": "References end at something that is no reference.",
    "dangling-reference": "References point to something that exists.",
    "no-such-file": "Files that are referred to exist.",
    "outside-root": "Files are read from within the project only.",
    "remote-reference": "References point to files, not to other hosts.",
    "unreadable-file": "Files that are referred to can be read.",
    "wrong-reference": "References point to the kind of object that is expected.",
}
"""Each rule by its id, with what is true of a good document."""

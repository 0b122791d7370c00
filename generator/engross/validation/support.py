"""Names that the run-time support gives to emitted modules."""

from __future__ import annotations

from engross.schema.formats import FORMATS

LINEAR = "LinearPattern"
"""Name of what matches a pattern that Python's `re` may be slow with."""

# In the order of an import statement.
SUPPORT: tuple[str, ...] = (
    "MAX_DEPTH",
    "Memo",
    "Report",
    "Violation",
    *sorted(
        {
            "among",
            "both",
            "either",
            "escape",
            "exact",
            "for_all",
            "for_any",
            "holds",
            "holds_exactly",
            "instant",
            "integral",
            "item_at",
            "multiple",
            "now",
            "numeric",
            "quotient",
            "ratio",
            "remainder",
            "remembered",
            "same",
            "unique",
            "unix_instant",
            *FORMATS.values(),
        }
    ),
)

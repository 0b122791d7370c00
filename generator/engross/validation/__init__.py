"""JSON Schema 2020-12 -> straight-line Python."""

from engross.schema.schema_error import SchemaError
from engross.validation.cel import constant_verdict
from engross.validation.module import (
    Section,
    Support,
    assembled,
    compile_module,
    refusals,
    write_sections,
)
from engross.validation.rule_judge import judge_rules
from engross.validation.runtime import Violation
from engross.validation.units import Target, Units
from engross.validation.validator import Validator, compile_validator, validator_of

__all__ = [
    "SchemaError",
    "Section",
    "Support",
    "Target",
    "Units",
    "Validator",
    "Violation",
    "assembled",
    "compile_module",
    "compile_validator",
    "constant_verdict",
    "judge_rules",
    "refusals",
    "validator_of",
    "write_sections",
]

"""Rules in CEL, the Common Expression Language, -> Python source."""

from engross.validation.cel.cel_syntax import CelError
from engross.validation.cel.compiled_rule import CompiledRule, compile_rule
from engross.validation.cel.verdict import constant_verdict

__all__ = ["CelError", "CompiledRule", "compile_rule", "constant_verdict"]

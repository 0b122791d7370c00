"""Rules in CEL, the Common Expression Language, -> Python source."""

from engross.validation.cel.rule import CompiledRule, compile_rule
from engross.validation.cel.syntax import CelError

__all__ = ["CelError", "CompiledRule", "compile_rule"]

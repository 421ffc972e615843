"""The operators of comparisons. This enumeration is the one list of them.

A new operator also needs a method of `Expression` that makes it, a test in `evaluation`, a decision in the
place in what the services ask, and one in the sandbox; `tests/orm/criteria/test_operators.py` fails for as long as one
of these is missing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

__all__ = ["COMPLEMENTS", "Operator"]


class Operator(StrEnum):
    """The operators of the query language (all of them)."""

    EQUALS = "EQUALS"
    NOT_EQUALS = "NOT_EQUALS"
    GT = "GT"
    GTE = "GTE"
    LT = "LT"
    LTE = "LTE"
    BETWEEN = "BETWEEN"
    IN = "IN"
    NOT_IN = "NOT_IN"
    IS_NULL = "IS_NULL"
    IS_NOT_NULL = "IS_NOT_NULL"

    @property
    def takes_value(self) -> bool:
        """Whether a comparison with this operator has a value."""
        return self not in (Operator.IS_NULL, Operator.IS_NOT_NULL)


COMPLEMENTS: Final[dict[Operator, tuple[Operator, ...]]] = {
    Operator.EQUALS: (Operator.NOT_EQUALS,),
    Operator.NOT_EQUALS: (Operator.EQUALS,),
    Operator.IN: (Operator.NOT_IN,),
    Operator.NOT_IN: (Operator.IN,),
    Operator.IS_NULL: (Operator.IS_NOT_NULL,),
    Operator.IS_NOT_NULL: (Operator.IS_NULL,),
    Operator.GT: (Operator.LTE, Operator.IS_NULL),
    Operator.GTE: (Operator.LT, Operator.IS_NULL),
    Operator.LT: (Operator.GTE, Operator.IS_NULL),
    Operator.LTE: (Operator.GT, Operator.IS_NULL),
    Operator.BETWEEN: (Operator.LT, Operator.GT, Operator.IS_NULL),
}
"""The operators that together hold exactly where one does not.

BETWEEN has two bounds: LT takes the lower one, GT the upper one.
"""

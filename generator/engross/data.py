"""Dataclasses that cannot be changed, as type checkers see to it.

A frozen dataclass is made by a call of `object.__setattr__` for each field. Generation makes
millions of them, and a tenth of its time was spent there. So here only type checkers know
that they are frozen; at run time, they are made by plain assignments.
"""

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, eq=True, **options):
        """Return a class as `dataclasses.dataclass` does; hashed by value if frozen."""

        def made(cls):
            hashes = frozen and eq and "__hash__" not in vars(cls)
            return dataclasses.dataclass(cls, eq=eq, unsafe_hash=hashes, **options)

        return made if cls is None else made(cls)

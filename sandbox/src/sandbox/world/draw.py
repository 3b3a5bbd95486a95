"""Repeatable randomness: every draw follows from the seed and the name of what is drawn for.

Belongs here: numbers and ids out of a hash. Does not: any state, clock or process-wide generator, so a world comes
out the same however its time is sliced and whatever Python runs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """A stream of numbers that belongs to one name, such as (seed, "order", 17)."""

    __slots__ = ("_count", "_name")

    def __init__(self, *name: object) -> None:
        """Start the stream of `name`."""
        self._name = ":".join(map(str, name)).encode()
        self._count = 0

    def below(self, bound: int) -> int:
        """Return a whole number from 0 to bound - 1."""
        self._count += 1
        digest = blake2b(self._name + b"#%d" % self._count, digest_size=8).digest()
        return int.from_bytes(digest, "big") % bound

    def between(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + self.below(high - low + 1)

    def happens(self, permille: int) -> bool:
        """Return true in `permille` of a thousand cases."""
        return self.below(1000) < permille

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of the choices, all equally likely."""
        return choices[self.below(len(choices))]

    def weighted(self, weights: Sequence[int]) -> int:
        """Return an index, each as likely as its weight."""
        left = self.below(sum(weights))
        for index, weight in enumerate(weights):
            left -= weight
            if left < 0:
                return index
        raise AssertionError("weights sum to less than the number drawn below their sum")


def digits(prefix: str, *name: object, length: int = 19) -> str:
    """Return a decimal id of `length` characters that starts with `prefix` and follows from the name."""
    room = length - len(prefix)
    return prefix + str(Draw("id", prefix, *name).below(10**room)).zfill(room)

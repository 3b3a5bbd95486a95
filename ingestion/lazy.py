"""Names that a package offers and imports only when they are asked for.

Belongs here: that import. Does not: which names (each system's package).
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def offered(module: str, *names: str) -> Callable[[str], Any]:
    """Return a package's `__getattr__`: these names come from a module that imports dlt, which costs a second."""

    def attribute(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"{module.rpartition('.')[0]} has no attribute {name!r}")
        return getattr(import_module(module), name)

    return attribute

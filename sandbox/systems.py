"""What the server needs to know of a system it stands in for.

Belongs here: that description. Does not: the systems themselves (`installation` lists them).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp

from sandbox.faults import RenderError


@dataclass(frozen=True)
class System:
    """A system standing in. `entry` describes it for its base URL; `render` writes its own error bodies.

    `app` and `render` None: the system has files instead of a wire.
    """

    name: str
    kinds: tuple[str, ...]
    entry: Callable[[str], dict[str, Any]]
    app: ASGIApp | None = None
    render: RenderError | None = None

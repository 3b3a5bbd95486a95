"""The sandbox's control API, as the demo calls it.

Belongs here: one call. Does not: which calls are made, or the sandbox's process.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from tieout.errors import TieoutError


class SandboxError(TieoutError):
    """The sandbox could not be started or reached."""


def call_sandbox(base_url: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Call the control API and return its JSON answer.

    Raises:
        SandboxError: when nothing answers there, or the call is refused.
    """
    request = urllib.request.Request(  # noqa: S310 - the sandbox's own loopback address
        base_url + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=900) as reply:  # noqa: S310
            return json.loads(reply.read())
    except urllib.error.HTTPError as error:
        raise SandboxError(f"the sandbox refused {method} {path}: {error.read().decode()[:500]}") from None
    except OSError as error:
        raise SandboxError(f"no sandbox answers at {base_url}: {error}") from None

"""Every refusal that TikTok Shop documents, by endpoint, so that a fault can answer with any of them.

Belongs here: the list (`error_codes.csv`: method, path, code, HTTP status, message) and the reply to a request. Not:
refusals that follow from a record's state; the endpoints know those. Rows without a path are the common errors of the
gateway. Source: the error list of each endpoint's page in TikTok Shop Partner Center, and its page "Common errors"; the
HTTP status is documented for few of them (fact sheet tiktok_shop 2.1). Which of the codes of returns belong to which
of their calls, and some of their messages, are ours.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sandbox.tiktok_shop.envelope import envelope


@dataclass(frozen=True)
class DocumentedError:
    """One refusal. `method` and `path` (its version as {version}) are empty for the gateway's own."""

    method: str
    path: str
    code: int
    status: int
    message: str

    def meets(self, method: str, path: str) -> bool:
        """Return whether a request is for the endpoint that documents it."""
        literal = re.sub(r"\{\w+\}", "[^/]+", self.path)
        return self.method == method and re.fullmatch(literal, path) is not None


@cache
def documented_errors() -> tuple[DocumentedError, ...]:
    """Return all documented refusals."""
    text = (files("sandbox.tiktok_shop") / "error_codes.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(
        DocumentedError(row["method"], row["path"], int(row["code"]), int(row["status"]), row["message"])
        for row in rows
    )


def documented_codes() -> frozenset[str]:
    """Return the codes, each as text."""
    return frozenset(str(error.code) for error in documented_errors())


def refused_with(code: str, method: str, path: str) -> tuple[int, bytes]:
    """Return HTTP status and body of a refusal with this code, worded as the request's own endpoint documents it."""
    known = [error for error in documented_errors() if str(error.code) == code]
    error = next((each for each in known if each.meets(method, path)), known[0])
    return error.status, envelope(None, code=error.code, message=error.message)

"""Taking secrets and people out of text before it may reach an error or a log.

Vendors' messages sometimes quote what was sent. What cannot be distinguished from a name or an address (quoted free
text) is dropped whole; ids, field names and amounts stay, since they are what a person needs to find the fault.

Belongs here: text in, text out. Does not: deciding what to log.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "[hidden]"
MAX_LENGTH = 240

_SENSITIVE_NAME = (
    r"(?:access_?token|refresh_?token|app_?secret|client_?assertion|authorization|signature|sign|secret|password|"
    r"(?:full_?|first_?|last_?|buyer_?|recipient_?)?name|buyer_?nickname|addressee|attention|"
    r"(?:full_?)?address(?:_?detail|_?line)?_?\d?|addr(?:Text|Phone)?_?\d?|postal_?code|post_?town|zip|city|"
    r"phone(?:_?number)?|e-?mail|buyer_?email|iban|bank_?account)"
)
_PLAIN_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_RULES = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), HIDDEN),
    (
        re.compile(rf"""(?i)(["']?\b{_SENSITIVE_NAME}\b["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^,;&}}\]\n]+)"""),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(?i)\b(bearer|oauth)\s+\S+"), rf"\1 {HIDDEN}"),
    (re.compile(r"\b(?:ROW|GCP|TTP|US|EU)_[\w-]{12,}"), HIDDEN),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?"), HIDDEN),
    (re.compile(r"\b[0-9a-fA-F]{32,}\b"), HIDDEN),
    (re.compile(r"""\+\d[\d ().-]{6,}\d|\b\(?0\d{2,4}\)?[ -]\d{3,4}[ -]?\d{3,4}\b"""), HIDDEN),
    (re.compile(r"""(["'])(?=[^"']*[^\w.:\-"'/])[^"']+\1"""), rf"\1{HIDDEN}\1"),
)


def plain_id(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a vendor's request id or code whole, since people quote it to the vendor; "" when it is no such thing."""
    is_secret = any(secret and secret in text for secret in secrets)
    return text if _PLAIN_ID.fullmatch(text) and not is_secret else ""


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return at most 240 characters of `text` on one line, without `secrets`, people's data and signatures."""
    for secret in sorted({secret for secret in secrets if secret}, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    line = " ".join(text.split())
    return line if len(line) <= MAX_LENGTH else line[: MAX_LENGTH - 3] + "..."

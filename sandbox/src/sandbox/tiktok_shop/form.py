"""Bodies in multipart/form-data, which the vendor asks for where files are sent (fact sheet tiktok_shop 2.2).

Belongs here: reading a form's text fields, for which JSON is taken too, and its files. Does not: keeping files.
"""

from __future__ import annotations

from email.parser import BytesParser
from typing import Any

from sandbox.tiktok_shop.request import Request


def form_fields(request: Request) -> dict[str, Any]:
    """Return the text fields of a form, or the fields of a JSON object. Raises ApiError 36009022 for neither."""
    first = request.body.split(b"\r\n", 1)[0]
    if not first.startswith(b"--"):
        return request.json()
    head = b'Content-Type: multipart/form-data; boundary="' + first[2:] + b'"\r\n\r\n'
    form = BytesParser().parsebytes(head + request.body)
    found: dict[str, Any] = {}
    for part in form.walk():
        name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if isinstance(name, str) and part.get_filename() is None and isinstance(content, bytes):
            found[name] = content.decode(errors="replace")
    return found


def form_file(request: Request, name: str) -> bytes | None:
    """Return the file of a form under a name, as it was sent; None when there is none."""
    boundary = request.body.split(b"\r\n", 1)[0]
    for part in request.body.split(boundary)[1:] if boundary.startswith(b"--") else ():
        head, _, content = part.partition(b"\r\n\r\n")
        if f'name="{name}"'.encode() in head and b"filename=" in head:
            return content.removesuffix(b"\r\n")
    return None

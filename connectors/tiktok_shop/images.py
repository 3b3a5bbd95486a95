"""Photos that a decision names: uploaded first, and named by the `uri` they were given.

Belongs here: the call. Does not: where photos come from, or which are sent. Confidence: that the call takes a form
without shop_cipher, signed without its body, is high (fact sheet tiktok_shop 1.3, 1.5); its fields `data` and
`use_case`, what it answers, and that DESCRIPTION_IMAGE leaves an image as it is, medium (the vendor's page, as clients
have it); that a decision's `image_id` is this `uri`, low.
"""

from __future__ import annotations

from hashlib import sha256

from connectors.tiktok_shop import endpoints
from connectors.tiktok_shop.requester import Request, Requester
from connectors.transport.errors import MalformedReplyError
from connectors.transport.rows import Row

USE_CASE = "DESCRIPTION_IMAGE"


def upload(requester: Requester, shop_id: str, content: bytes, mime_type: str) -> Row:
    """Upload a photo and return what a decision says of it. Sent again, it is only there once more."""
    # The boundary of a form must not occur in it: its own digest does not.
    boundary = f"tieout-{sha256(content).hexdigest()}"
    request = Request(
        endpoints.UPLOAD_IMAGE,
        shop_id,
        body=_form(boundary, content, mime_type),
        headers={"content-type": f"multipart/form-data; boundary={boundary}"},
    )
    data = requester.detail(request).data
    if not isinstance(data.get("uri"), str) or not data["uri"]:
        raise MalformedReplyError("expected data.uri to be a text", **request.place)
    sides = {name: data[name] for name in ("width", "height") if isinstance(data.get(name), int)}
    return {"image_id": data["uri"], "mime_type": mime_type, **sides}


def _form(boundary: str, content: bytes, mime_type: str) -> bytes:
    name = f"photo.{mime_type.partition('/')[2]}"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="use_case"\r\n\r\n{USE_CASE}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="data"; filename="{name}"\r\n'
        f"Content-Type: {mime_type}\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode()

"""Images that a seller uploads, to name them in later calls (Upload Product Image 202309).

Belongs here: which images are taken, and what is kept of one. Does not: where they are named (`return_calls`); the
image itself is not kept, and its address is not served. Of the vendor's page: form fields `data` and `use_case`, the
answer's fields, 100 to 20,000 pixels a side; of clients: WEBP, 10 MB (the page had 5 MB once). Codes are ours.
"""

from __future__ import annotations

from hashlib import sha256

from sandbox.store import Body, Record, Store
from sandbox.tiktok_shop.envelope import invalid
from sandbox.tiktok_shop.form import form_fields, form_file
from sandbox.tiktok_shop.request import Request

KIND = "images"
USE_CASES = ("MAIN_IMAGE", "ATTRIBUTE_IMAGE", "DESCRIPTION_IMAGE", "CERTIFICATION_IMAGE", "SIZE_CHART_IMAGE")
LARGEST_BYTES, LEAST_PIXELS, MOST_PIXELS = 10_000_000, 100, 20_000
_JPEG_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}


def upload(request: Request) -> Body:
    """Answer POST /product/202309/images/upload; the same image again has the same `uri`.

    Raises:
        ApiError: 36009004 for a use case that is none, a file that is no image, or one of another size.
    """
    use_case, content = form_fields(request).get("use_case") or USE_CASES[0], form_file(request, "data")
    if use_case not in USE_CASES:
        raise invalid(f"param use_case is invalid, expected one of {', '.join(USE_CASES)}")
    if content is None:
        raise invalid("param data is missing, an image file is expected")
    if len(content) > LARGEST_BYTES:
        raise invalid(f"param data is invalid, at most {LARGEST_BYTES} bytes are allowed")
    mime_type, width, height = _measured(content)
    if not all(LEAST_PIXELS <= side <= MOST_PIXELS for side in (width, height)):
        raise invalid(f"param data is invalid, {LEAST_PIXELS} to {MOST_PIXELS} pixels a side are allowed")
    uri = f"tos-sandbox-{sha256(content).hexdigest()[:32]}"
    shown = {"uri": uri, "url": f"https://images.tiktokshop.example/{uri}", "width": width, "height": height}
    body = {**shown, "use_case": use_case, "_bytes": len(content), "_mime_type": mime_type}
    now = request.store.now
    request.store.put(Record("tiktok_shop", KIND, uri, body, created_at=now, updated_at=now))
    return {**shown, "use_case": use_case}


def uploaded(store: Store, image_id: object) -> Body | None:
    """Return what is kept of an image, by the `uri` it was given; None when there is none."""
    found = store.get("tiktok_shop", KIND, str(image_id))
    return None if found is None else found.body


def _measured(content: bytes) -> tuple[str, int, int]:
    """Return what kind of image it is, its width and its height, by its own bytes."""
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            return "image/png", _number(content, 16, 20), _number(content, 20, 24)
        if content.startswith(b"\xff\xd8\xff"):
            return "image/jpeg", *_of_jpeg(content)
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return "image/webp", *_of_webp(content)
    except IndexError:
        pass
    raise invalid("param data is invalid, a JPEG, PNG or WEBP is expected")


def _of_jpeg(content: bytes) -> tuple[int, int]:
    at = 2
    while content[at + 1] not in _JPEG_FRAMES:
        at += 2 + _number(content, at + 2, at + 4)
    return _number(content, at + 7, at + 9), _number(content, at + 5, at + 7)


def _of_webp(content: bytes) -> tuple[int, int]:
    if content[12:16] == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if content[12:16] == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(content[26:28], "little") & 0x3FFF, int.from_bytes(content[28:30], "little") & 0x3FFF


def _number(content: bytes, start: int, end: int) -> int:
    if len(content) < end:
        raise IndexError(end)
    return int.from_bytes(content[start:end], "big")

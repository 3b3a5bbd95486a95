"""Images on the wire: which are taken, by their own bytes, and how a refusal names them."""

from __future__ import annotations

import struct
import time
from typing import Any

import pytest

from sandbox.tiktok_shop import images
from sandbox.tiktok_shop.signing import request_signature
from sandbox.tiktok_shop.tokens import APP_KEY, APP_SECRET
from sandbox_tests.conftest import START
from sandbox_tests.tiktok_shop.returning import PATH, USED, delivered, reject

UPLOAD = "/product/202309/images/upload"


def png(width: int = 640, height: int = 480) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", width, height) + b"\x08\x02\0\0\0"


JPEG = b"\xff\xd8\xff\xe0\0\x04JF\xff\xc0\0\x11\x08" + struct.pack(">HH", 480, 640) + b"\x03"
WEBPS = (
    b"RIFF____WEBPVP8X" + bytes(8) + (639).to_bytes(3, "little") + (479).to_bytes(3, "little"),
    b"RIFF____WEBPVP8L" + bytes(4) + b"/" + (639 | 479 << 14).to_bytes(4, "little"),
    b"RIFF____WEBPVP8 " + bytes(7) + b"\x9d\x01\x2a" + struct.pack("<HH", 640, 480),
)


def upload(client: Any, content: bytes | None, **form: str) -> Any:
    query = [("app_key", APP_KEY), ("timestamp", str(int(time.time())))]
    sign = request_signature(APP_SECRET, UPLOAD, query=query, content_type="multipart/form-data")
    return client.http.post(
        client.tiktok + UPLOAD,
        params=[*query, ("sign", sign)],
        data=form or None,
        files={"data": ("photo", content)} if content is not None else {"other": ("photo", b"x")},
        headers={"x-tts-access-token": client.access_token()},
    ).json()


@pytest.mark.parametrize(
    ("content", "mime_type"),
    [(png(), "image/png"), (JPEG, "image/jpeg"), *((webp, "image/webp") for webp in WEBPS)],
)
def test_an_image_is_known_by_its_bytes_and_measured(client: Any, store: Any, content: bytes, mime_type: str) -> None:
    reply = upload(client, content, use_case="DESCRIPTION_IMAGE")
    assert reply["code"] == 0, reply
    shown = reply["data"]
    assert (shown["width"], shown["height"], shown["use_case"]) == (640, 480, "DESCRIPTION_IMAGE")
    kept = images.uploaded(store, shown["uri"])
    assert kept and (kept["_mime_type"], kept["_bytes"], kept["url"]) == (mime_type, len(content), shown["url"])
    assert upload(client, content)["data"]["uri"] == shown["uri"], "the same image is the same"


@pytest.mark.parametrize(
    ("content", "form", "says"),
    [
        (None, {}, "data is missing"),
        (b"%PDF-1.4", {}, "a JPEG, PNG or WEBP is expected"),
        (b"GIF89a" + bytes(20), {}, "a JPEG, PNG or WEBP is expected"),
        (png()[:18], {}, "a JPEG, PNG or WEBP is expected"),
        (b"\xff\xd8\xff\xe0\0\x04JF", {}, "a JPEG, PNG or WEBP is expected"),
        (png(99), {}, "100 to 20000 pixels"),
        (png() + bytes(10_000_000), {}, "at most 10000000 bytes"),
        (png(), {"use_case": "PROOF"}, "expected one of MAIN_IMAGE"),
    ],
)
def test_what_is_no_image_of_the_right_size_is_refused(
    client: Any, store: Any, content: bytes | None, form: dict[str, str], says: str
) -> None:
    reply = upload(client, content, **form)
    assert reply["code"] == 36009004 and says in reply["message"]
    assert not list(store.select("tiktok_shop", "images"))


def test_a_refusal_shows_the_images_it_names_and_takes_only_those_that_are_there(connected: Any) -> None:
    id = delivered(connected)
    connected.put("images", "i1", {"uri": "i1", "url": "https://images.example/i1", "width": 640, "height": 480})
    wanted = [{"image_id": "i1", "mime_type": "image/png"}]
    assert reject(connected, id, "REJECT_RECEIVED_PACKAGE", USED, images=[*wanted, {"image_id": "i2"}]) == 25001001
    assert reject(connected, id, "REJECT_RECEIVED_PACKAGE", USED, images=wanted * 7) == 25001001
    connected.store.set_now(START + 3 * 86_400)
    assert reject(connected, id, "REJECT_RECEIVED_PACKAGE", USED, images=wanted, comment="Worn.") == {}
    last = connected.call("GET", f"{PATH}/{id}/records")["records"][-1]
    shown = [{"url": "https://images.example/i1", "width": 640, "height": 480}]
    assert (last["note"], last["images"]) == ("Worn.", shown)

"""Uploading a photo: as a form, to no shop in particular, and named afterwards as TikTok Shop named it."""

import pytest

from connectors.transport.errors import MalformedReplyError

PHOTO = b"\x89PNG\r\n\x1a\n--not a boundary\r\n\xff"
ANSWER = {"uri": "tos/1", "url": "https://images.example/1", "width": 640, "height": 480, "use_case": "x"}


def test_a_photo_is_sent_byte_for_byte_as_a_form_and_named_by_its_uri(client, fake_shop, answer):
    fake_shop.routes["/product/202309/images/upload"] = lambda request: answer(ANSWER)
    assert client.upload_image("S1", PHOTO, "image/png") == {
        "image_id": "tos/1",
        "mime_type": "image/png",
        "width": 640,
        "height": 480,
    }
    sent = fake_shop.seen[-1]
    boundary = sent.headers["content-type"].removeprefix("multipart/form-data; boundary=").encode()
    first, use_case, data, last = sent.content.split(b"--" + boundary)
    assert (first, last) == (b"", b"--\r\n")
    assert use_case == b'\r\nContent-Disposition: form-data; name="use_case"\r\n\r\nDESCRIPTION_IMAGE\r\n'
    head, _, content = data.partition(b"\r\n\r\n")
    assert b'name="data"; filename="photo.png"' in head and b"Content-Type: image/png" in head
    assert content == PHOTO + b"\r\n"


def test_an_upload_that_failed_in_passing_is_sent_again(client, fake_shop, answer):
    replies = [answer(code=36009003, message="Internal error", status=500), answer(ANSWER)]
    fake_shop.routes["/product/202309/images/upload"] = lambda request: replies.pop(0)
    assert client.upload_image("S1", PHOTO, "image/png")["image_id"] == "tos/1"


def test_an_answer_that_names_no_photo_is_none(client, fake_shop, answer):
    fake_shop.routes["/product/202309/images/upload"] = lambda request: answer({"url": "https://images.example/1"})
    with pytest.raises(MalformedReplyError, match="expected data"):
        client.upload_image("S1", PHOTO, "image/png")

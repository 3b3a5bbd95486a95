"""Photos of a refusal: the first six in their order, and none that cannot be had holds it up."""

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from connectors.transport.errors import CredentialError
from connectors.transport.photos import Photo, PhotoError
from reverse_sync.destinations.tiktok_shop.return_photos import ReturnPhotos, open_return_photos

SECTION = """
[zigzag]
base_url = "https://api.zigzag.example/v1"
username = "northgate"
retailer_code = "NORTH"
shops = []
"""
START = datetime(2026, 2, 9, 12, tzinfo=UTC)


@dataclass
class FakeEnds:
    """Both ends: addresses that hold a photo, and TikTok Shop; each photo takes `seconds`."""

    missing: tuple = ()
    refused: tuple = ()
    seconds: int = 1
    now: datetime = START
    sent: list = field(default_factory=list)
    is_closed: bool = False

    def fetch(self, address):
        self.now += timedelta(seconds=self.seconds)
        if address in self.missing:
            raise PhotoError("the portal answered HTTP 404")
        return Photo(address.encode(), "image/png")

    def upload_image(self, shop_id, content, mime_type):
        if content.decode() in self.refused:
            raise CredentialError("a scope is missing", vendor="tiktok_shop")
        self.sent.append((shop_id, content, mime_type))
        return {"image_id": content.decode(), "mime_type": mime_type}

    def close(self):
        self.is_closed = True


def taken(ends, addresses):
    photos = ReturnPhotos(ends, ends, now=lambda: ends.now)
    found = [image["image_id"] for image in photos.uploaded("S", "r1", addresses)]
    photos.close()
    assert ends.is_closed
    return found


def test_the_first_six_are_sent_in_their_order():
    ends = FakeEnds()
    assert taken(ends, list("ehgacbdf")) == list("ehgacb")
    assert ends.sent[0] == ("S", b"e", "image/png")


def test_a_photo_that_cannot_be_had_is_left_out_and_said(caplog):
    assert taken(FakeEnds(missing=("b",), refused=("c",)), list("abcd")) == ["a", "d"]
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "return r1: a photo is left out of its refusal: the portal answered HTTP 404",
        "return r1: a photo is left out of its refusal: tiktok_shop: a scope is missing",
    ]


def test_photos_that_take_too_long_do_not_hold_the_refusal_up(caplog):
    assert taken(FakeEnds(seconds=61), list("abcd")) == ["a", "b"]
    assert "photos took too long; it is refused with 2 of them" in caplog.text


@pytest.mark.parametrize("hosts", ["", 'photo_hosts = ["Images.example:8443"]\n'])
def test_the_portals_own_host_is_known_and_those_that_are_named(make_settings, demo_config, tmp_path, hosts):
    folder = tmp_path / "with_portal"
    shutil.copytree(demo_config, folder)
    (folder / "tieout.toml").write_text((folder / "tieout.toml").read_text() + SECTION + hosts)
    settings = make_settings(config_dir=folder, zigzag__password="only-for-tests")
    photos = open_return_photos(settings, FakeEnds())
    known = "api.zigzag.example" + (", images.example:8443" if hosts else "")
    with pytest.raises(PhotoError, match=f"expected one of: {known}$"):
        photos._reader.fetch("https://elsewhere.example/1.png")
    photos.close()

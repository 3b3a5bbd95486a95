"""Photos are fetched from known hosts alone, without credentials, in bounds, and known by their first bytes."""

import httpx
import pytest

from connectors.transport import photos
from connectors.transport.photos import Photo, PhotoError, PhotoReader, host_of

PNG, JPEG, WEBP = b"\x89PNG\r\n\x1a\nrest", b"\xff\xd8\xff\xe0rest", b"RIFF____WEBPrest"
HOSTS = ("api.portal.example", "127.0.0.1:8715")
PLACE = "https://api.portal.example/photos/1.png?key=secret"


def sent(content, **headers):
    """Return an answer that is read as it arrives."""
    return httpx.Response(200, content=iter((content,)), headers=headers)


@pytest.fixture
def reader(make_wire):
    """Return a function that makes a reader, whose every request one function answers; requests are kept."""
    opened = []

    def make(answer):
        seen = []

        def serve(request):
            seen.append(request)
            found = answer(request) if callable(answer) else answer
            if isinstance(found, Exception):
                raise found
            return found if isinstance(found, httpx.Response) else sent(found)

        made = PhotoReader(HOSTS, make_wire(serve))
        opened.append(made)
        return made, seen

    yield make
    for each in opened:
        each.close()


@pytest.mark.parametrize(
    ("content", "mime_type"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")], ids=str
)
def test_a_photo_is_known_by_its_first_bytes(reader, content, mime_type):
    made, seen = reader(sent(content, **{"content-type": "text/html"}))
    assert made.fetch("https://API.portal.example/a.html") == Photo(content, mime_type)
    assert not {"authorization", "cookie"} & set(seen[0].headers)


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/1.png",
        "https://api.portal.example.evil.example/1.png",
        "https://api.portal.example@evil.example/1.png",
        "https://user:word@api.portal.example/1.png",
        "https://api.portal.example:8443/1.png",
        "http://127.0.0.1/1.png",
        "http://127.0.0.1:5432/1.png",
        "http://127.0.0.1:8715@evil.example/",
        "http://[::1]:8715/1.png",
        "http://2130706433:8715/1.png",
        "file:///etc/passwd",
        "ftp://api.portal.example/1.png",
        "//api.portal.example/1.png",
        "/photos/1.png",
        "api.portal.example",
        "https://",
        "https://api.portal.example\r\nHost: evil.example/",
        "https://api.portal.example\\@evil.example/",
        "",
    ],
)
def test_nothing_but_a_known_host_is_called(reader, address):
    made, seen = reader(PNG)
    with pytest.raises(PhotoError, match=r"expected one of: 127\.0\.0\.1:8715, api\.portal\.example"):
        made.fetch(address)
    assert seen == []


def test_no_host_is_known_unless_it_is_named(make_wire):
    made = PhotoReader((), make_wire(lambda request: httpx.Response(200, content=PNG)))
    with pytest.raises(PhotoError, match="expected one of: none"):
        made.fetch(PLACE)


@pytest.mark.parametrize("status", [301, 302, 307, 404, 401])
def test_a_redirect_is_not_followed_and_a_refusal_is_not_repeated(reader, status):
    made, seen = reader(httpx.Response(status, headers={"location": PLACE}, content=PNG))
    with pytest.raises(PhotoError, match=f"api.portal.example answered HTTP {status}") as caught:
        made.fetch(PLACE)
    assert len(seen) == 1 and "secret" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"<html>PNG", b"GIF89a...", b"RIFF____AVI rest", b"%PDF-1.7"])
def test_what_is_no_photo_is_refused_whatever_it_is_called(reader, content):
    made, _seen = reader(sent(content, **{"content-type": "image/png"}))
    with pytest.raises(PhotoError, match="no JPEG, PNG or WEBP"):
        made.fetch(PLACE)


def test_a_photo_is_read_up_to_its_bound_and_no_further(reader):
    largest = PNG + bytes(photos.MOST_BYTES - len(PNG))
    assert len(reader(largest)[0].fetch(PLACE).content) == photos.MOST_BYTES
    with pytest.raises(PhotoError, match="exceeds 5,000,000 bytes"):
        reader(largest + b"x")[0].fetch(PLACE)


def test_a_photo_that_trickles_in_is_given_up(reader, steady_time):
    def slowly():
        for _part in range(20):
            steady_time.sleep(1)
            yield PNG

    with pytest.raises(PhotoError, match="took more than 10 seconds"):
        reader(lambda request: httpx.Response(200, content=slowly()))[0].fetch(PLACE)


def test_what_failed_in_passing_is_tried_once_more(reader):
    answers = [httpx.ReadTimeout("late"), sent(PNG)]
    made, seen = reader(lambda request: answers.pop(0))
    assert (made.fetch(PLACE).content, len(seen)) == (PNG, 2)
    made, seen = reader(httpx.Response(503))
    with pytest.raises(PhotoError, match="HTTP 503"):
        made.fetch(PLACE)
    made, seen = reader(httpx.ConnectError("refused"))
    with pytest.raises(PhotoError, match="no complete photo"):
        made.fetch(PLACE)
    assert len(seen) == 2


def test_a_host_is_written_with_its_port_where_that_is_not_the_usual_one():
    assert host_of("https://API.example.com:443/v1") == host_of("http://api.example.com:80") == "api.example.com"
    assert host_of("http://127.0.0.1:8715") == "127.0.0.1:8715"

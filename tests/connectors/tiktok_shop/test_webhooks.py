import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from connectors.tiktok_shop.webhooks import verify
from connectors.transport.webhooks import RefusedError

VECTOR = b'{"type":1,"tts_notification_id":"1","shop_id":"2","timestamp":3,"data":{}}'
SIGNATURE = "e05debc4813d95e900f1c5ea53322f1885e61cedeac3743830fba8b6373a6b1b"
SHOP = "7495000000000000101"
BODY = VECTOR.replace(b'"2"', f'"{SHOP}"'.encode()).replace(b"{}", b'{"order_id":"571"}')


@pytest.fixture
def settings(make_settings):
    return make_settings(tiktok_shop__app_key="testkey", tiktok_shop__app_secret="testsecret")


def signed(body):
    return {"authorization": hmac.new(b"testsecret", b"testkey" + body, hashlib.sha256).hexdigest()}


def test_the_published_way_of_signing_is_accepted(settings):
    with pytest.raises(RefusedError, match="unreadable"):  # and not as forged: it names no order
        verify(settings, VECTOR, {"authorization": SIGNATURE})


def test_a_notification_says_what_changed_of_which_shop_and_when(settings):
    found = verify(settings, BODY, signed(BODY))
    assert (found.type, found.id, found.shop_id) == ("1", "1", SHOP)
    assert (found.entity, found.entity_id) == ("orders", "571")
    assert found.happened_at == datetime(1970, 1, 1, 0, 0, 3, tzinfo=UTC)


@pytest.mark.parametrize("shop", [b'"2"', b"null", b'["7495000000000000101"]', b"7495000000000000102"])
def test_one_of_a_shop_that_is_not_configured_is_foreign(settings, shop):
    body = BODY.replace(f'"{SHOP}"'.encode(), shop)
    with pytest.raises(RefusedError, match=f"foreign: .*expected one of {SHOP}"):
        verify(settings, body, signed(body))


@pytest.mark.parametrize("authorization", ["", "x", SIGNATURE.upper(), SIGNATURE[:-1], "Bearer " + SIGNATURE, "é"])
def test_any_other_authorization_is_refused(settings, authorization):
    with pytest.raises(RefusedError, match=r"forged: .*Authorization"):
        verify(settings, BODY, {"authorization": authorization})


def test_a_request_without_authorization_is_refused(settings):
    with pytest.raises(RefusedError, match="forged"):
        verify(settings, BODY, {})


def test_a_changed_body_is_refused(settings):
    with pytest.raises(RefusedError, match="forged"):
        verify(settings, VECTOR.replace(b'"2"', b'"3"'), {"authorization": SIGNATURE})


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"type":1}', b'{"type":"x","shop_id":"2","timestamp":3}', b"1", b"not json"]
    + [BODY.replace(b'"timestamp":3', b'"timestamp":' + b"9" * digits) for digits in (13, 30)]
    + [BODY.replace(b'{"order_id":"571"}', data) for data in (b"null", b"[]", b"{}", b'{"order_id":["571"]}')]
    + [BODY.replace(b'"571"', order) for order in (b'"../../../orders"', b"9" * 900_000, b"null", b'""')]
    + [
        BODY.replace(b'"type":1', b'"type":12'),
        BODY.replace(b'"type":1', b'"type":5').replace(b'{"order_id":"571"}', b"null"),
    ],
)
def test_a_signed_body_that_is_no_envelope_is_unreadable(settings, body):
    with pytest.raises(RefusedError, match=r"unreadable: .*expected an object"):
        verify(settings, body, signed(body))


@pytest.mark.parametrize(
    ("type", "data", "named"),
    [
        (1, b'{"order_id":"571"}', ("orders", "571")),
        (3, b'{"order_id":"571"}', ("orders", "571")),
        (11, b'{"order_id":"571","cancel_id":"9"}', ("orders", "571")),
        (12, b'{"order_id":"571","return_id":"4035"}', ("returns", "4035")),
        (12, b'{"order_id":"571","return_id":4035318504086604401}', ("returns", "4035318504086604401")),
        (5, b'{"product_id":17}', ("", "")),
        (6, b'{"message":"bye"}', ("", "")),
    ],
)
def test_what_is_announced_follows_from_the_type(settings, type, data, named):
    body = BODY.replace(b'"type":1', b'"type":%d' % type).replace(b'{"order_id":"571"}', data)
    found = verify(settings, body, signed(body))
    assert (found.entity, found.entity_id) == named


def test_a_shop_id_sent_as_a_number_keeps_every_digit(settings):
    body = BODY.replace(f'"{SHOP}"'.encode(), SHOP.encode())
    assert verify(settings, body, signed(body)).shop_id == SHOP


def test_without_a_notification_id_repeats_are_still_recognised(settings):
    body = BODY.replace(b'"tts_notification_id":"1",', b"")
    first, second = (verify(settings, body, signed(body)) for _ in range(2))
    assert first.id == second.id and len(first.id) == 64


def test_a_notification_keeps_nothing_of_a_buyer(settings):
    body = BODY.replace(b'"571"', b'"571","name":"Ann"')
    assert "Ann" not in repr(verify(settings, body, signed(body)))

import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from connectors.tiktok_shop.webhooks import WebhookError, verify_webhook

BODY = b'{"type":1,"tts_notification_id":"1","shop_id":"2","timestamp":3,"data":{}}'
SIGNATURE = "e05debc4813d95e900f1c5ea53322f1885e61cedeac3743830fba8b6373a6b1b"


def signed(body):
    return hmac.new(b"testsecret", b"testkey" + body, hashlib.sha256).hexdigest()


def test_the_published_way_of_signing_is_accepted():
    found = verify_webhook("testkey", "testsecret", BODY, SIGNATURE)
    assert (found.type, found.id, found.shop_id) == (1, "1", "2")
    assert found.timestamp == datetime(1970, 1, 1, 0, 0, 3, tzinfo=UTC)


@pytest.mark.parametrize("authorization", ["", "x", SIGNATURE.upper(), SIGNATURE[:-1], "Bearer " + SIGNATURE, "é"])
def test_any_other_authorization_is_refused(authorization):
    with pytest.raises(WebhookError, match="Authorization"):
        verify_webhook("testkey", "testsecret", BODY, authorization)


def test_a_changed_body_is_refused():
    with pytest.raises(WebhookError):
        verify_webhook("testkey", "testsecret", BODY.replace(b'"2"', b'"3"'), SIGNATURE)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"type":1}', b'{"type":"x","shop_id":"2","timestamp":3}', b"1"])
def test_a_signed_body_that_is_no_envelope_is_refused(body):
    with pytest.raises(WebhookError, match="expected an object"):
        verify_webhook("testkey", "testsecret", body, signed(body))


def test_a_shop_id_sent_as_a_number_keeps_every_digit():
    body = b'{"type":1,"tts_notification_id":"1","shop_id":7495000000000000101,"timestamp":3,"data":{}}'
    assert verify_webhook("testkey", "testsecret", body, signed(body)).shop_id == "7495000000000000101"


def test_without_a_notification_id_repeats_are_still_recognised():
    body = b'{"type":3,"shop_id":"2","timestamp":3,"data":{"order_id":"9"}}'
    first, second = (verify_webhook("testkey", "testsecret", body, signed(body)) for _ in range(2))
    assert first.id == second.id and len(first.id) == 64


def test_a_representation_shows_no_data():
    body = b'{"type":3,"shop_id":"2","timestamp":3,"data":{"name":"Ann"}}'
    assert "Ann" not in repr(verify_webhook("testkey", "testsecret", body, signed(body)))

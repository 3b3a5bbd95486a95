from datetime import UTC, datetime

import pytest

from connectors.tiktok_shop.signing import RequestSigner, sign
from connectors.transport.messages import Outgoing

CIPHER = "ROW_xkMbgAAAeVAQra0eZWebFQq5aIK"
HOOK_QUERY = (("app_key", "68xu9ks5p4i8"), ("shop_cipher", CIPHER), ("timestamp", "1696909648"))
OURS = (("app_key", "testkey"), ("timestamp", "1700000000"), ("shop_cipher", "GCP_abc"))

VECTORS = {
    "a documented request": (
        "e59af819cc",
        "/authorization/202309/shops",
        (("app_key", "29a39d"), ("timestamp", "1623812664")),
        b"",
        "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8",
    ),
    "b with cipher": (
        "e59af819cc",
        "/event/202309/webhooks",
        HOOK_QUERY,
        b"",
        "ed58e1b5e59865c22a7b828c1cab65007441f43cc91a6cb2f2cdc638e0995a37",
    ),
    "c with body": (
        "e59af819cc",
        "/event/202309/webhooks",
        HOOK_QUERY,
        b'{"address":"https://partner.tiktokshop.com","event_type":"PACKAGE_UPDATE"}',
        "cd0d6268252f4ba293bf7ea4c0a2873bf9beec600d22530638564ab301435f7a",
    ),
    "d smallest": (
        "app_secret",
        "/test-api",
        (("foo", "bar"),),
        b"",
        "d3cb7fe11ecae942802ceeca67e7cf10120cc12f1517d45fbc1c8cfe5413c80f",
    ),
    "e joined list": (
        "testsecret",
        "/order/202507/orders",
        (*OURS, ("ids", "1,2")),
        b"",
        "0222528960f37b9704ace2c19630037c14390b429e3786bf666ed6d525e5cacf",
    ),
    "f repeated keys keep their order": (
        "testsecret",
        "/order/202507/orders",
        (*OURS, ("ids", "2"), ("ids", "1")),
        b"",
        "38e5add14c3be1c54c44d0e5ecda0a6708fe5a8254ef207985920ae9eb12efc5",
    ),
    "g decoded values": (
        "testsecret",
        "/order/202309/orders/search",
        (*OURS, ("page_size", "20"), ("page_token", "a b+c/=é")),
        b'{"create_time_ge":1}',
        "93a3243bbf715b701ec1883ca832f41888658caedc93f668f71cc9efbba2ee64",
    ),
    "h multipart is signed without its body": (
        "testsecret",
        "/fulfillment/202309/files/upload",
        OURS,
        b"",
        "9d5b492cd2eac3c67a3f8144f7ff162d864e8b83351bb63c8783b22cc1198bec",
    ),
}


@pytest.mark.parametrize("vector", VECTORS)
def test_signatures_agree_with_published_and_recomputed_vectors(vector):
    secret, path, query, body, expected = VECTORS[vector]
    assert sign(secret, path, query, body) == expected


def test_the_signature_itself_and_the_access_token_are_not_signed():
    query = VECTORS["d smallest"][2]
    extra = (*query, ("sign", "x"), ("access_token", "y"))
    assert sign("app_secret", "/test-api", extra, b"") == VECTORS["d smallest"][4]


class OneToken:
    def current(self):
        return "token"

    def renew(self, stale):
        """Never needed here."""


def test_a_request_is_stamped_with_key_seconds_signature_and_token():
    signer = RequestSigner(
        "29a39d", "e59af819cc", tokens=OneToken(), now=lambda: datetime.fromtimestamp(1623812664.9, UTC)
    )
    path = "/authorization/202309/shops"
    stamp = signer.sign(Outgoing("GET", "https://h" + path, path, (), b""))
    assert dict(stamp.query) == {
        "app_key": "29a39d",
        "timestamp": "1623812664",
        "sign": "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8",
    }
    assert stamp.headers == {"x-tts-access-token": "token", "content-type": "application/json"}


def test_a_form_is_signed_without_its_body_and_stays_one():
    signer = RequestSigner("k", "s", tokens=OneToken(), now=lambda: datetime.fromtimestamp(1700000000, UTC))
    form = "multipart/form-data; boundary=b"
    stamps = [signer.sign(Outgoing("POST", "https://h/p", "/p", (), body, form)) for body in (b"one", b"other")]
    assert stamps[0].query == stamps[1].query
    assert stamps[0].headers["content-type"] == form

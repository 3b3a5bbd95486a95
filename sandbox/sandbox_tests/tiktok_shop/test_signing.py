"""Known answers of TikTok Shop's signatures (fact sheet tiktok_shop 1.5 and 8.2)."""

from __future__ import annotations

import pytest

from sandbox.tiktok_shop.signing import request_signature, webhook_signature

CIPHER = ("shop_cipher", "ROW_xkMbgAAAeVAQra0eZWebFQq5aIK")
EVENT = [("app_key", "68xu9ks5p4i8"), CIPHER, ("timestamp", "1696909648")]
TEST = [("app_key", "testkey"), ("timestamp", "1700000000"), ("shop_cipher", "GCP_abc")]
PUT_BODY = b'{"address":"https://partner.tiktokshop.com","event_type":"PACKAGE_UPDATE"}'
SEARCH = [*TEST, ("page_size", "20"), ("page_token", "a b+c/=é")]


@pytest.mark.parametrize(
    ("secret", "path", "query", "body", "content_type", "expected"),
    [
        (
            "e59af819cc",
            "/authorization/202309/shops",
            [("app_key", "29a39d"), ("timestamp", "1623812664")],
            b"",
            "",
            "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8",
        ),
        (
            "e59af819cc",
            "/event/202309/webhooks",
            EVENT,
            b"",
            "application/json",
            "ed58e1b5e59865c22a7b828c1cab65007441f43cc91a6cb2f2cdc638e0995a37",
        ),
        (
            "e59af819cc",
            "/event/202309/webhooks",
            EVENT,
            PUT_BODY,
            "application/json",
            "cd0d6268252f4ba293bf7ea4c0a2873bf9beec600d22530638564ab301435f7a",
        ),
        (
            "app_secret",
            "/test-api",
            [("foo", "bar")],
            b"",
            "",
            "d3cb7fe11ecae942802ceeca67e7cf10120cc12f1517d45fbc1c8cfe5413c80f",
        ),
        (
            "testsecret",
            "/order/202507/orders",
            [*TEST, ("ids", "1,2")],
            b"",
            "",
            "0222528960f37b9704ace2c19630037c14390b429e3786bf666ed6d525e5cacf",
        ),
        (
            "testsecret",
            "/order/202507/orders",
            [*TEST, ("ids", "2"), ("ids", "1")],
            b"",
            "",
            "38e5add14c3be1c54c44d0e5ecda0a6708fe5a8254ef207985920ae9eb12efc5",
        ),
        (
            "testsecret",
            "/order/202309/orders/search",
            SEARCH,
            b'{"create_time_ge":1}',
            "application/json",
            "93a3243bbf715b701ec1883ca832f41888658caedc93f668f71cc9efbba2ee64",
        ),
        (
            "testsecret",
            "/fulfillment/202309/files/upload",
            TEST,
            b"--x\r\nfile\r\n--x--",
            "multipart/form-data; boundary=x",
            "9d5b492cd2eac3c67a3f8144f7ff162d864e8b83351bb63c8783b22cc1198bec",
        ),
    ],
    ids=["docs", "get", "put_body", "one_key", "comma_list", "repeated_keys", "decoded_utf8", "multipart"],
)
def test_request_signature_matches_known_answers(
    secret: str, path: str, query: list[tuple[str, str]], body: bytes, content_type: str, expected: str
) -> None:
    assert request_signature(secret, path, query=query, content_type=content_type, body=body) == expected


def test_sign_and_access_token_are_not_signed() -> None:
    plain = request_signature("testsecret", "/order/202507/orders", query=TEST)
    with_more = [*TEST, ("sign", "x"), ("access_token", "y")]
    assert request_signature("testsecret", "/order/202507/orders", query=with_more) == plain


def test_webhook_signature_matches_known_answer() -> None:
    body = b'{"type":1,"tts_notification_id":"1","shop_id":"2","timestamp":3,"data":{}}'
    expected = "e05debc4813d95e900f1c5ea53322f1885e61cedeac3743830fba8b6373a6b1b"
    assert webhook_signature("testkey", "testsecret", body=body) == expected

import re

import pytest

from connectors.netsuite.oauth1 import TokenPassport, TokenSigner, authorization, base_string
from connectors.transport.messages import Outgoing

# The worked example of NetSuite's page on signatures for web services: its keys, nonce, time and result.
PASSPORT = TokenPassport(
    "123456",
    consumer_key="ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4",
    consumer_secret="d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5",
    token_id="2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc",
    token_secret="c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295",
)
URL = "https://123456.suitetalk.api.netsuite.com/services/rest/record/v1/employee/40"
REQUEST = Outgoing("GET", URL, "/services/rest/record/v1/employee/40", (), b"")


def parts(header):
    return dict(re.findall(r'(\w+)="([^"]*)"', header))


def test_the_documented_example_is_signed_as_documented():
    header = authorization(REQUEST, PASSPORT, nonce="fjaLirsIcCGVZWzBX0pg", timestamp=1508242306)
    assert header.startswith('OAuth realm="123456", ')
    assert parts(header)["oauth_signature"] == "B5OIWznZ2YP0OB7VrJrGkYsTh%2B8H%2B5T9Hag%2Bo92q0zY%3D"


def test_query_parameters_are_signed_sorted_and_encoded_twice():
    text = base_string("post", "https://h/suiteql", [("offset", "0"), ("limit", "1000"), ("q", "a b&c=é")])
    assert text == "POST&https%3A%2F%2Fh%2Fsuiteql&limit%3D1000%26offset%3D0%26q%3Da%2520b%2526c%253D%25C3%25A9"


@pytest.mark.parametrize("account", ["1234567_SB1", "1234567-sb1"])
def test_the_realm_is_the_account_as_netsuite_writes_it(account):
    passport = TokenPassport(account, "a", "b", "c", "d")
    assert parts(authorization(REQUEST, passport, nonce="n", timestamp=1))["realm"] == "1234567_SB1"


def test_every_try_has_a_nonce_of_its_own(steady_time):
    signer = TokenSigner(PASSPORT, now=steady_time.now)
    nonces = {parts(signer.sign(REQUEST).headers["Authorization"])["oauth_nonce"] for _ in range(50)}
    assert len(nonces) == 50
    assert all(len(nonce) == 20 for nonce in nonces)


def test_a_representation_shows_no_secret():
    assert PASSPORT.consumer_secret not in repr(PASSPORT) and PASSPORT.token_secret not in repr(PASSPORT)

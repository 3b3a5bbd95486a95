"""Token-based authentication: the vendor's printed vector, and every way a signature can be wrong."""

from __future__ import annotations

import secrets as random_source
import time
from urllib.parse import quote

import httpx
import pytest

from sandbox.netsuite.oauth1 import Nonces, TokenPair, base_string, refusal, sign

# The example of the vendor's help page "The Signature for Web Services and RESTlets".
HELP_PAGE = TokenPair(
    "ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4",
    "d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5",
    "2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc",
    "c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295",
    "123456",
)
HELP_URL = "https://123456.suitetalk.api.netsuite.com/services/rest/record/v1/employee/40"
HELP_SIGNATURE = "B5OIWznZ2YP0OB7VrJrGkYsTh+8H+5T9Hag+o92q0zY="
NOW = 1508242306


def oauth_parameters(pair: TokenPair, **changes):
    return {
        "oauth_consumer_key": pair.consumer_key,
        "oauth_token": pair.token_id,
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(NOW),
        "oauth_nonce": "fjaLirsIcCGVZWzBX0pg",
        "oauth_version": "1.0",
        **changes,
    }


def header(pair: TokenPair, oauth, *, url=HELP_URL, method="GET", realm="123456", signature=None):
    signature = signature or sign(base_string(method, url, oauth=oauth), pair.consumer_secret, pair.token_secret)
    parts = {"realm": realm, **oauth, "oauth_signature": signature}
    return "OAuth " + ", ".join(f'{name}="{quote(value, safe="")}"' for name, value in parts.items())


def verdict(text, *, url=HELP_URL, method="GET", nonces=None, now=NOW):
    return refusal(method, url, header=text, pair=HELP_PAGE, nonces=nonces or Nonces(), now=now)


def test_the_help_pages_example_signs_to_its_printed_signature():
    base = base_string("GET", HELP_URL, oauth=oauth_parameters(HELP_PAGE))
    assert sign(base, HELP_PAGE.consumer_secret, HELP_PAGE.token_secret) == HELP_SIGNATURE


def test_the_help_pages_request_is_let_in():
    assert verdict(header(HELP_PAGE, oauth_parameters(HELP_PAGE), signature=HELP_SIGNATURE)) is None


def test_an_unknown_oauth_parameter_is_signed_like_any_other():
    with_hash = oauth_parameters(HELP_PAGE, oauth_body_hash="abc=")
    assert verdict(header(HELP_PAGE, with_hash)) is None
    assert verdict(header(HELP_PAGE, with_hash, signature=HELP_SIGNATURE)) == "InvalidSignature"


def test_query_parameters_are_signed():
    url = HELP_URL + "?limit=5&q=memo%20IS%20%22a%20b%22"
    text = header(HELP_PAGE, oauth_parameters(HELP_PAGE), url=url)
    assert verdict(text, url=url) is None
    assert verdict(text, url=HELP_URL + "?limit=6") == "InvalidSignature"


def test_host_case_and_default_port_do_not_change_the_base_string():
    oauth = oauth_parameters(HELP_PAGE)
    shouted = HELP_URL.replace("https://123456.suitetalk", "HTTPS://123456.SuiteTalk").replace(".com/", ".com:443/")
    assert base_string("GET", shouted, oauth=oauth) == base_string("GET", HELP_URL, oauth=oauth)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"oauth_signature_method": "HMAC-SHA1"}, "UnknownAlgorithm"),
        ({"oauth_consumer_key": "other"}, "consumer_key_unknown"),
        ({"oauth_token": "other"}, "token_rejected"),
        ({"oauth_timestamp": str(NOW - 301)}, "InvalidTimestamp"),
        ({"oauth_timestamp": str(NOW + 301)}, "InvalidTimestamp"),
        ({"oauth_timestamp": "soon"}, "InvalidTimestamp"),
        ({"oauth_nonce": "short"}, "NonceUsed"),
        ({"oauth_nonce": ""}, "MissingTokenPassportRequiredFields"),
    ],
)
def test_each_wrong_parameter_has_its_own_name_in_the_audit_trail(changes, name):
    assert verdict(header(HELP_PAGE, oauth_parameters(HELP_PAGE, **changes))) == name


def test_a_foreign_realm_is_refused():
    assert verdict(header(HELP_PAGE, oauth_parameters(HELP_PAGE), realm="999")) == "permission_denied"


def test_a_nonce_serves_once_and_is_forgotten_after_the_clock_window():
    nonces = Nonces()
    text = header(HELP_PAGE, oauth_parameters(HELP_PAGE))
    assert verdict(text, nonces=nonces) is None
    assert verdict(text, nonces=nonces) == "NonceUsed"
    nonces.use("another", NOW, token="t", now=NOW + 700)
    assert len(nonces.seen) == 1


def test_a_live_call_signed_for_loopback_is_answered_and_its_replay_is_not(live):
    pair = TokenPair(**live.entry["oauth1"])
    url = f"{live.base_url}/services/rest/record/v1/currency?limit=2"
    oauth = oauth_parameters(pair, oauth_timestamp=str(int(time.time())), oauth_nonce=random_source.token_hex(10))
    headers = {"Authorization": header(pair, oauth, url=url, realm=live.entry["account"])}
    assert httpx.get(url, headers=headers).json()["count"] == 2
    replayed = httpx.get(url, headers=headers)
    assert replayed.status_code == 401
    assert replayed.json()["o:errorDetails"][0]["o:errorCode"] == "INVALID_LOGIN"


def test_behind_a_public_address_the_signature_is_for_that_address(live):
    pair, path = TokenPair(**live.entry["oauth1"]), "/services/rest/record/v1/currency?limit=2"
    live.store.set_meta("limits", {"netsuite": {"public_base_url": "https://netsuite.example"}})

    def asked(signed_for):
        oauth = oauth_parameters(pair, oauth_timestamp=str(int(time.time())), oauth_nonce=random_source.token_hex(10))
        headers = {"Authorization": header(pair, oauth, url=signed_for + path, realm=live.entry["account"])}
        return httpx.get(live.base_url + path, headers=headers)

    assert asked(live.base_url).status_code == 401
    assert asked("https://netsuite.example").json()["links"][0]["href"].startswith("https://netsuite.example/")

import json
from datetime import UTC, datetime

import pytest

from connectors.transport.webhooks import RefusedError
from connectors.zigzag.webhooks import verify

SECRET = "only-for-tests-5f2e"
PRINT = "ab" * 32
EVENT = {
    "eventId": "0c6f",
    "event": "return.graded",
    "occurredAt": "2026-03-01T12:00:00Z",
    "retailerCode": "NORTH",
    "data": {"returnId": "ZZ-7", "externalReturnRef": "4035", "orderNumber": "571"},
}


def body(**changed):
    return json.dumps(EVENT | changed).encode()


@pytest.fixture
def settings(make_settings, zigzag_config):
    return make_settings(config_dir=zigzag_config, zigzag__password="x", zigzag__webhook_secret=SECRET)


@pytest.fixture
def with_certificate(make_settings, zigzag_config):
    path = zigzag_config / "tieout.toml"
    path.write_text(path.read_text() + f'webhook_certificate_sha256 = "{PRINT}"\n')
    return lambda **secrets: make_settings(config_dir=zigzag_config, zigzag__password="x", **secrets)


def test_an_event_with_the_shared_secret_names_the_return_to_read(settings):
    found = verify(settings, body(), {"x-webhook-secret": SECRET})
    assert (found.id, found.type, found.entity, found.entity_id) == ("0c6f", "return.graded", "returns", "ZZ-7")
    assert (found.shop_id, found.happened_at) == ("", datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.mark.parametrize("sent", ["", "other", SECRET.upper(), SECRET + " "])
def test_any_other_secret_is_forged_whatever_the_body_is(settings, sent):
    for content in (body(), b"", b"not json"):
        with pytest.raises(RefusedError, match="forged") as raised:
            verify(settings, content, {"x-webhook-secret": sent})
        assert SECRET not in str(raised.value)


def test_without_a_configured_proof_nothing_is_taken(make_settings, zigzag_config):
    settings = make_settings(config_dir=zigzag_config, zigzag__password="x")
    for headers in ({}, {"x-webhook-secret": ""}, {"x-client-certificate-sha256": ""}):
        with pytest.raises(RefusedError, match="forged"):
            verify(settings, body(), headers)


def test_a_client_certificate_is_proof_by_itself_and_needed_beside_a_secret(with_certificate):
    shown = {"x-client-certificate-sha256": PRINT.upper()}
    assert verify(with_certificate(), body(), shown).entity_id == "ZZ-7"
    with pytest.raises(RefusedError, match="forged"):
        verify(with_certificate(), body(), {"x-client-certificate-sha256": "cd" * 32})
    both = with_certificate(zigzag__webhook_secret=SECRET)
    for headers in (shown, {"x-webhook-secret": SECRET}):
        with pytest.raises(RefusedError, match="forged"):
            verify(both, body(), headers)
    assert verify(both, body(), shown | {"x-webhook-secret": SECRET}).entity_id == "ZZ-7"


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{}", b"not json", body(occurredAt="yesterday"), body(occurredAt="2026-03-01T12:00:00"),
        body(occurredAt=3), body(data=None), body(data="ZZ-7"), body(occurredAt="0001-01-01T00:00:00+14:00"),
        body(data={}), body(data={"returnId": ["ZZ-7"]}), body(data={"returnId": "../ZZ-7"}), body(event=None),
        body(event=[]),
    ],
)  # fmt: skip
def test_what_is_no_envelope_is_unreadable(settings, content):
    with pytest.raises(RefusedError, match="unreadable"):
        verify(settings, content, {"x-webhook-secret": SECRET})


def test_an_event_without_id_is_known_by_its_content(settings):
    first, second = (verify(settings, body(eventId=None), {"x-webhook-secret": SECRET}) for _ in range(2))
    assert (len(first.id), first.id, first.entity_id) == (64, second.id, "ZZ-7")


@pytest.mark.parametrize(("changed", "reason"), [("retailerCode", "foreign"), ("event", "unknown")])
@pytest.mark.parametrize("value", ["return.exploded", "north"])
def test_another_retailer_and_an_event_of_no_document_are_named_as_such(settings, changed, reason, value):
    with pytest.raises(RefusedError, match=f"{reason}: ") as raised:
        verify(settings, body(**{changed: value}), {"x-webhook-secret": SECRET})
    assert raised.value.reason == reason

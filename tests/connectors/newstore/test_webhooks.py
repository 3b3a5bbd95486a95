"""An event of NewStore's stream is known by its key, and names the order to read."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from connectors.newstore.webhooks import verify
from connectors.transport.webhooks import RefusedError
from tieout.settings import NewStore

KEY = "only-for-tests-91c4"
SHOWN = {"authorization": f"Bearer {KEY}"}
EVENT = {
    "tenant": "northgate",
    "name": "order.completed",
    "published_at": "2026-03-01T12:00:00Z",
    "payload": {"id": "0b6d0f5e-7a51-4b7e-9d8f-3f1c5a9e2b10", "items": []},
}


def body(**changed):
    return json.dumps(EVENT | changed).encode()


@pytest.fixture
def with_key(make_settings):
    """Return a function that gives settings of a tenant whose event stream shows a key."""

    def make(key):
        section = {"base_url": "https://x.example", "token_url": "https://id.example/token", "tenant": "northgate"}
        newstore = NewStore(**section, shops=[], webhook_key=key and SecretStr(key))
        return make_settings().model_copy(update={"newstore": newstore})

    return make


@pytest.fixture
def settings(with_key):
    return with_key(KEY)


def test_an_event_names_the_order_that_changed(settings):
    found = verify(settings, body(), SHOWN)
    assert (found.type, found.entity, found.entity_id) == ("order.completed", "orders", EVENT["payload"]["id"])
    assert (found.shop_id, found.happened_at) == ("", datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("name", "payload", "entity", "record"),
    [
        ("fulfillment_request.items_completed", {"id": "f", "order_id": "o"}, "orders", "o"),
        ("return.processed", {"id": "r", "order_id": "o"}, "returns", "o"),
        ("return.processed", {"id": "r", "blind_order_id": "b"}, "returns", "b"),
        ("inventory_transaction.adjustment_created", {"id": "a", "chunk_number": 1}, "", ""),
        ("consumer_profile.deleted", {}, "", ""),
    ],
)
def test_what_is_read_because_of_an_event_is_its_order(settings, name, payload, entity, record):
    found = verify(settings, body(name=name, payload=payload), SHOWN)
    assert (found.entity, found.entity_id) == (entity, record)


def test_the_same_event_twice_is_one_notification_and_another_chunk_is_another(settings):
    def known(**payload):
        name = "inventory_transaction.adjustment_created"
        return verify(settings, body(name=name, payload={"id": "a", **payload}), SHOWN).id

    assert known(chunk_number=1) == known(chunk_number=1, items=[1])
    assert known(chunk_number=1) != known(chunk_number=2)
    assert len(known()) == 64


@pytest.mark.parametrize("sent", ["", KEY, f"bearer {KEY}", f"Bearer {KEY} ", "Bearer "])
def test_any_other_key_is_forged_whatever_the_body_is(settings, sent):
    for content in (body(), b"", b"not json"):
        with pytest.raises(RefusedError, match="forged") as raised:
            verify(settings, content, {"authorization": sent})
        assert KEY not in str(raised.value)


@pytest.mark.parametrize("key", [None, ""])
def test_without_a_configured_key_nothing_is_taken(with_key, key):
    for headers in ({}, {"authorization": ""}, {"authorization": "Bearer "}):
        with pytest.raises(RefusedError, match="forged"):
            verify(with_key(key), body(), headers)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{}", b"not json", body(published_at="yesterday"), body(published_at="2026-03-01T12:00:00"),
        body(payload=None), body(payload=[]), body(payload={}), body(payload={"id": ["o"]}),
        body(payload={"id": "../o"}), body(name=None), body(name=["order.completed"]),
    ],
)  # fmt: skip
def test_what_is_no_envelope_is_unreadable(settings, content):
    with pytest.raises(RefusedError, match="unreadable"):
        verify(settings, content, SHOWN)


def test_an_event_of_another_tenant_is_foreign_and_one_of_no_document_unknown(settings):
    with pytest.raises(RefusedError, match="foreign"):
        verify(settings, body(tenant="southgate"), SHOWN)
    with pytest.raises(RefusedError, match="unknown"):
        verify(settings, body(name="order.sneezed"), SHOWN)

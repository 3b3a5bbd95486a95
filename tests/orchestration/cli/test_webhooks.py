import asyncio
import hashlib
import hmac
import json

import httpx
import pytest
from sqlalchemy import select

from orchestration.cli.webhooks import MAX_BYTES, webhook_app
from tests.support.hostile_json import UNUSABLE
from tieout.state import State, webhook_inbox


@pytest.fixture
def settings(make_settings):
    return make_settings()


@pytest.fixture
def state(settings):
    opened = State(settings.database_url)
    yield opened
    opened.close()


@pytest.fixture
def client(settings, state):
    return post_to(settings, state)


def post_to(settings, state):
    transport = httpx.ASGITransport(webhook_app(settings, state))

    def post(content, headers):
        async def send():
            async with httpx.AsyncClient(transport=transport, base_url="http://receiver") as sender:
                return await sender.post("/webhooks/tiktok_shop", content=content, headers=headers)

        return asyncio.run(send())

    return post


def notification(number, order="571"):
    data = {"order_id": order, "order_status": "AWAITING_SHIPMENT", "update_time": 1}
    envelope = {"type": 1, "tts_notification_id": str(number), "shop_id": "7495000000000000101", "timestamp": 3}
    return json.dumps({**envelope, "data": data}).encode()


def deliver(client, body, secret=b"app-secret-for-tests"):
    signature = hmac.new(secret, b"key" + body, hashlib.sha256).hexdigest()
    return client(body, {"Authorization": signature})


def inbox(state):
    with state.reading() as connection:
        return [
            tuple(row) for row in connection.execute(select(webhook_inbox.c.notification_id, webhook_inbox.c.entity_id))
        ]


def test_a_signed_notification_is_stored_and_answered_with_an_empty_200(client, state):
    reply = deliver(client, notification(1))
    assert (reply.status_code, reply.content) == (200, b"")
    assert inbox(state) == [("1", "571")]


def test_doubled_and_reordered_deliveries_are_stored_once_each(client, state):
    for number in (3, 1, 2, 3, 1, 1):
        assert deliver(client, notification(number)).status_code == 200
    assert sorted(inbox(state)) == [("1", "571"), ("2", "571"), ("3", "571")]


@pytest.mark.parametrize("body", [notification(1), b"", b"not json", b"[]"])
def test_a_wrong_signature_is_refused_and_nothing_is_stored(client, state, body):
    assert deliver(client, body, secret=b"somebody else's").status_code == 401
    assert inbox(state) == []


def test_a_body_no_notification_has_is_refused(client, state):
    assert deliver(client, b"x" * (MAX_BYTES + 1)).status_code == 413
    assert inbox(state) == []


def test_beside_a_writer_that_does_not_let_go_the_answer_is_503_and_the_notification_is_taken_later(settings, state):
    hasty = State(settings.database_url, wait_seconds=0.2)
    receiver = post_to(settings, hasty)
    with state.transaction():
        reply = deliver(receiver, notification(1))
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "30")
    assert deliver(receiver, notification(1)).status_code == 200
    assert inbox(state) == [("1", "571")]
    hasty.close()


def test_a_body_larger_than_any_notification_is_refused(client):
    assert deliver(client, b"x" * (MAX_BYTES + 1)).status_code == 413


@pytest.mark.parametrize("text", UNUSABLE, ids=lambda text: text[:20])
def test_a_notification_that_holds_a_value_that_cannot_be_used_ends_no_receiver(client, state, text):
    body = notification(1).replace(b'"571"', text.encode("utf-8", "surrogatepass"))
    assert deliver(client, body).status_code == 200
    assert inbox(state) == [("1", "")]


def test_ids_that_nobody_would_keep_are_left_out(client, state):
    assert deliver(client, notification("x" * 500, order="9" * 500)).status_code == 200
    ((kept, order),) = inbox(state)
    assert (len(kept), order) == (64, "")

import asyncio
import hashlib
import hmac
import json
import logging
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select

from orchestration.cli.webhooks import MAX_BYTES, webhook_app
from tests.support.hostile_json import UNUSABLE
from tieout.state import State, webhook_counts, webhook_inbox

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AT = int(NOW.timestamp())
HOUR = 3600


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


def post_to(settings, state, now=NOW):
    transport = httpx.ASGITransport(webhook_app(settings, state, clock=lambda: now))

    def post(content, headers, system="tiktok_shop"):
        async def send():
            async with httpx.AsyncClient(transport=transport, base_url="http://receiver") as sender:
                return await sender.post(f"/webhooks/{system}", content=content, headers=headers)

        return asyncio.run(send())

    return post


def notification(number, order="571", at=AT, type=1, **data):
    data = {"order_id": order, "order_status": "AWAITING_SHIPMENT", "update_time": 1} | data
    envelope = {"type": type, "tts_notification_id": str(number), "shop_id": "7495000000000000101", "timestamp": at}
    return json.dumps({**envelope, "data": data}).encode()


def signature(body, secret=b"app-secret-for-tests"):
    return hmac.new(secret, b"key" + body, hashlib.sha256).hexdigest()


def deliver(client, body, secret=b"app-secret-for-tests", **headers):
    return client(body, {"Authorization": signature(body, secret), **headers})


def inbox(state):
    with state.reading() as connection:
        return [
            tuple(row) for row in connection.execute(select(webhook_inbox.c.notification_id, webhook_inbox.c.entity_id))
        ]


def counted(state):
    with state.reading() as connection:
        rows = connection.execute(select(webhook_counts)).mappings()
        return {(row["system"], row["day"], row["outcome"]): row["requests"] for row in rows}


def test_a_signed_notification_is_stored_and_answered_with_an_empty_200(client, state):
    reply = deliver(client, notification(1))
    assert (reply.status_code, reply.content) == (200, b"")
    with state.reading() as connection:
        (row,) = connection.execute(select(webhook_inbox)).mappings()
    assert (row["system"], row["entity"], row["entity_id"], row["handled_at"]) == ("tiktok_shop", "orders", "571", "")
    assert row["happened_at"] == row["received_at"] == "2026-03-01T12:00:00.000000+00:00"


@pytest.mark.parametrize(("type", "named"), [(1, "571"), (3, "571"), (11, "571"), (12, "4035"), (5, "")])
def test_what_is_read_again_follows_from_the_type(client, state, type, named):
    assert deliver(client, notification(1, type=type, return_id="4035", cancel_id="9")).status_code == 200
    assert inbox(state) == [("1", named)]


def test_doubled_and_reordered_deliveries_are_stored_once_each(client, state):
    for number in (3, 1, 2, 3, 1, 1):
        assert deliver(client, notification(number)).status_code == 200
    assert sorted(inbox(state)) == [("1", "571"), ("2", "571"), ("3", "571")]
    assert counted(state) == {("tiktok_shop", "2026-03-01", "stored"): 3}


@pytest.mark.parametrize("body", [notification(1), b"", b"not json", b"[]"])
def test_a_forged_request_is_refused_and_counted_and_nothing_is_stored(client, state, body):
    for _ in range(2):
        assert deliver(client, body, secret=b"somebody else's").status_code == 401
    assert inbox(state) == []
    assert counted(state) == {("tiktok_shop", "2026-03-01", "forged"): 2}


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'{"type":1}'])
def test_a_signed_body_that_is_no_envelope_is_refused_and_counted(client, state, body):
    assert deliver(client, body).status_code == 400
    assert counted(state) == {("tiktok_shop", "2026-03-01", "unreadable"): 1}


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 10_000_000])
def test_a_body_larger_than_any_notification_is_refused_and_counted(client, state, size):
    reply = deliver(client, b"x" * size)
    assert (reply.status_code, reply.headers["connection"]) == (413, "close")
    assert inbox(state) == []
    assert counted(state) == {("tiktok_shop", "2026-03-01", "too_large"): 1}


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "image/png"])
def test_the_signature_counts_and_not_what_the_content_is_called(client, state, content_type):
    assert deliver(client, notification(1), **{"Content-Type": content_type}).status_code == 200
    assert inbox(state) == [("1", "571")]


@pytest.mark.parametrize("system", ["nobody", "netsuite", "bank", "..", "transport"])
def test_a_system_that_sends_none_is_not_found_and_not_counted(client, state, system):
    assert client(b"{}", {}, system).status_code == 404
    assert counted(state) == {}


def test_a_burst_that_comes_a_week_late_is_taken_and_its_repetition_does_nothing(client, state):
    late = [notification(number, at=AT - 7 * 24 * HOUR + number) for number in range(2, 5)]
    for body in [notification(1), *late, *late]:
        assert deliver(client, body).status_code == 200
    assert sorted(name for name, _order in inbox(state)) == ["1", "2", "3", "4"]


def test_an_unknown_notification_older_than_ids_are_remembered_is_refused_by_the_vendors_clock(client, state):
    assert deliver(client, notification(1, at=AT - 30 * 24 * HOUR)).status_code == 200, "none is newer yet"
    assert deliver(client, notification(2)).status_code == 200
    assert deliver(client, notification(3, at=AT - 192 * HOUR)).status_code == 200
    assert deliver(client, notification(4, at=AT - 192 * HOUR - 1)).status_code == 401
    assert deliver(client, notification(1, at=AT - 30 * 24 * HOUR)).status_code == 401, "forgotten, and not taken again"
    assert sorted(name for name, _order in inbox(state)) == ["2", "3"]
    assert counted(state)["tiktok_shop", "2026-03-01", "too_old"] == 2


def test_a_notification_of_the_future_makes_no_other_too_old(client, state):
    for body in (notification(1, at=AT + 400 * 24 * HOUR), notification(2), notification(3, at=AT - 100 * HOUR)):
        assert deliver(client, body).status_code == 200
    assert len(inbox(state)) == 3


def test_days_are_counted_apart(settings, state):
    for days in (0, 0, 1):
        forged = deliver(post_to(settings, state, NOW + timedelta(days=days)), b"{}", secret=b"not ours")
        assert forged.status_code == 401
    assert counted(state) == {
        ("tiktok_shop", "2026-03-01", "forged"): 2,
        ("tiktok_shop", "2026-03-02", "forged"): 1,
    }


def test_beside_a_writer_that_does_not_let_go_the_answer_is_503_and_the_notification_is_taken_later(settings, state):
    hasty = State(settings.database_url, wait_seconds=0.2)
    receiver = post_to(settings, hasty)
    with state.transaction():
        reply = deliver(receiver, notification(1))
        assert deliver(receiver, b"{}", secret=b"not ours").status_code == 401, "refused whether it is counted or not"
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "30")
    assert deliver(receiver, notification(1)).status_code == 200
    assert inbox(state) == [("1", "571")]
    assert deliver(receiver, b"{}", secret=b"not ours").status_code == 401
    assert counted(state)["tiktok_shop", "2026-03-01", "forged"] == 2
    hasty.close()


def test_a_flood_of_forged_requests_is_one_line_and_few_writes(settings, state, caplog):
    app = webhook_app(settings, state, clock=lambda: NOW)

    async def flood():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://receiver") as sender:
            return await asyncio.gather(*(sender.post("/webhooks/tiktok_shop", content=b"{}") for _ in range(50)))

    with caplog.at_level(logging.WARNING):
        replies = asyncio.run(flood())
    assert {reply.status_code for reply in replies} == {401}
    assert counted(state) == {("tiktok_shop", "2026-03-01", "forged"): 50}
    assert 0 < len(caplog.records) < 10


@pytest.mark.parametrize("text", UNUSABLE, ids=lambda text: text[:20])
def test_a_notification_that_holds_a_value_that_cannot_be_used_ends_no_receiver(client, state, text):
    value = text.encode("utf-8", "surrogatepass")
    assert deliver(client, notification(1).replace(b'"571"', value)).status_code == 400
    assert deliver(client, notification(2).replace(b'"AWAITING_SHIPMENT"', value)).status_code == 200
    assert inbox(state) == [("2", "571")]


def test_an_id_that_nobody_would_keep_is_replaced_by_a_digest(client, state):
    assert deliver(client, notification("x" * 500)).status_code == 200
    ((kept, order),) = inbox(state)
    assert (len(kept), order) == (64, "571")


def test_one_of_another_shop_is_answered_200_counted_and_not_kept(client, state):
    body = notification(1).replace(b"7495000000000000101", b"999")
    assert [deliver(client, body).status_code for _ in range(2)] == [200, 200]
    assert inbox(state) == []
    assert counted(state) == {("tiktok_shop", "2026-03-01", "foreign"): 2}

"""Webhooks doubled, reordered, a week late, forged, replayed, huge, slow or lost: the end is that of polling alone.

Belongs here: the receiver beside a world of returns, and what is read in the end. Does not: one request
(tests/orchestration), or an envelope (tests/connectors).
"""

import hashlib
import hmac
import json
import shutil
import socket
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import func, select

from ingestion import ingest
from orchestration.accelerator.lineage import models_before
from orchestration.steps.steps import build_for_step
from sandbox.server import opened
from sandbox.store import Record
from sandbox.tiktok_shop import returns
from sandbox.zigzag import events, hub, return_calls
from sandbox.zigzag.returns import of_reference
from tests.support.stepped_tenant import quiet, served
from tests.support.waiting_returns import UK, US, Waiting, announce, ids_of
from tests.support.webhook_receiver import address_of, free_port, receiving, until
from tieout.state import webhook_counts, webhook_inbox
from tieout.warehouse import open_warehouse, warehouse_lock

SECRET = "only-for-tests-5f2e"
PROOF = {"tiktok_shop": "Authorization", "zigzag": "X-Webhook-Secret"}
DELIVERIES = "webhook_deliveries"
HOUR = 3_600
WEEK = 7 * 24 * HOUR
# The addresses of photos have the port on which a world is served.
RETURNS_READ = """
select shop_id, id, md5(regexp_replace(payload::varchar, 'http://[0-9.]+:[0-9]+', '', 'g')) from {}
qualify row_number() over (partition by shop_id, id order by observed_at desc, load_id desc) = 1 and not is_deleted
order by all
"""


def live_on(store, ids):
    """Let people, carriers and the hub do something to returns, each step with its webhook."""
    now = store.now
    for id in ids["approved"] + ids["to announce"]:
        if id in ids["approved"]:
            returns.decide(store, id, "APPROVE_RETURN", now)
        returns.announce(store, id)
        portal_id = announce(store, returns.get(store, id).body)
        label = {"trackingNumber": Waiting.tracking(id), "carrier": "Royal Mail"}
        return_calls.complete(store, portal_id, label)
        returns.mark_shipped(store, id, Waiting.tracking(id), now)
        returns.announce(store, id)
        hub.carrier_scan(store, Waiting.tracking(id), "collected", now, "GB")
    for id in ids["refused"]:
        returns.decide(store, id, "REJECT_REFUND", now)
        returns.announce(store, id)
    for id in ids["to label"]:
        [portal_return] = of_reference(store, id)
        return_calls.cancel_return(store, portal_return["returnId"])


def subscribe(store, port):
    """Let both systems send what a return causes to the port."""
    for shop in (UK, US):
        body = {"event_type": "RETURN_STATUS_CHANGE", "address": address_of(port, "tiktok_shop")}
        id = f"{shop}:RETURN_STATUS_CHANGE"
        store.put(Record("tiktok_shop", "webhook_subscriptions", id, body, shop, "", store.now, store.now))
    events.register(store, {"url": address_of(port, "zigzag"), "headers": {PROOF["zigzag"]: SECRET}})


def hold_back_and_lose(store):
    """Let webhooks come in an hour, every fourth a week late, and every fourth never; return the ids of the late ones.

    Within that hour the receiver begins, and nothing is sent before.
    """
    late = {}
    for system in PROOF:
        waiting = store.select(system, DELIVERIES)
        assert len(waiting) >= 8
        late[system] = {each.id for each in waiting[::4]}
        for number, each in enumerate(waiting):
            at = store.now + (WEEK if number % 4 == 0 else HOUR)
            store.put(replace(each, body={**each.body, "next_attempt_at": at}, updated_at=at))
        for each in waiting[1::4]:
            store.delete(system, DELIVERIES, each.id)
    return late


def deliveries(tenant, system, status):
    return [each for each in tenant.world.records(system, DELIVERIES) if each["status"] == status]


def disturb(tenant):
    """Let half of all webhooks come twice, and half after those that follow them."""
    for system in PROOF:
        for kind in ("duplicate_webhook", "reordered"):
            fault = {"system": system, "kind": kind, "match": "webhooks", "rate": 0.5, "count": None}
            tenant.world.call("POST", "/_sandbox/faults", fault)


def all_tried(tenant):
    """Return whether no delivery is due at this hour of the world."""
    now = tenant.now()
    return all(each["next_attempt_at"] > now for system in PROOF for each in deliveries(tenant, system, "PENDING"))


def post(port, system, content, proof):
    """Send a request with its proof; return the status."""
    request = Request(address_of(port, system), content, {PROOF[system]: proof}, method="POST")
    try:
        with urlopen(request, timeout=60) as reply:
            return reply.status
    except HTTPError as error:
        return error.code


def begin(port, length, content, proof):
    """Send the beginning of a long body; return the status that ends it."""
    head = (
        f"POST /webhooks/tiktok_shop HTTP/1.1\r\nHost: x\r\nAuthorization: {proof}\r\nContent-Length: {length}\r\n\r\n"
    )
    with socket.create_connection(port.getsockname(), timeout=60) as connection:
        connection.sendall(head.encode() + content)
        return int(connection.recv(100).split()[1])


def attack(tenant, port):
    """Send what must be refused, and what was sent before; nothing of it is kept."""
    before = inbox(tenant)
    app = tenant.settings.tiktok_shop
    key, secret = (each.get_secret_value().encode() for each in (app.app_key, app.app_secret))
    genuine, other = (deliveries(tenant, system, "DELIVERED")[0]["content"].encode() for system in PROOF)
    signed = hmac.new(secret, key + genuine, hashlib.sha256).hexdigest()
    named = json.loads(other)["data"]["returnId"].encode()
    assert post(port, "tiktok_shop", genuine, signed) == 200
    assert post(port, "zigzag", other, SECRET) == 200
    assert post(port, "tiktok_shop", genuine + b" ", signed) == 401
    assert post(port, "tiktok_shop", genuine, "0" * 64) == 401
    assert post(port, "zigzag", other.replace(named, b"R000999999"), "") == 401
    assert post(port, "zigzag", b"[]", SECRET) == 400
    assert begin(port, 10_000_000, b"x" * 1_000_001, signed) == 413
    assert begin(port, len(genuine), genuine[:9], signed) == 408
    until(lambda: sum(refused(tenant).values()) == 6)
    assert refused(tenant) == {"forged": 3, "unreadable": 1, "too_large": 1, "too_slow": 1}
    assert inbox(tenant) == before


def inbox(tenant):
    """Return what was received, and whether it was acted upon."""
    kept = webhook_inbox.c
    with tenant.state.reading() as connection:
        rows = connection.execute(select(kept.system, kept.notification_id, kept.handled_at != "")).all()
    return {(system, id): bool(is_handled) for system, id, is_handled in rows}


def refused(tenant):
    counts = webhook_counts.c
    query = select(counts.outcome, func.sum(counts.requests)).where(counts.outcome != "stored").group_by(counts.outcome)
    with tenant.state.reading() as connection:
        return {outcome: int(requests) for outcome, requests in connection.execute(query)}


def read(tenant):
    """Read both systems, and return what is known of returns now."""
    with warehouse_lock(tenant.settings):
        loads = ingest(tenant.settings, tenant.state, systems=list(PROOF), report=quiet)
    assert [load.problem for load in loads if load.problem] == []
    with open_warehouse(tenant.settings) as warehouse:
        tables = [f"raw_{system}.returns" for system in PROOF]
        return [warehouse.execute(RETURNS_READ.format(table)).fetchall() for table in tables]


def alarms(tenant):
    wanted = models_before(tenant.settings.home, "exceptions_build.exc_webhooks")
    build_for_step(tenant.settings, tenant.state, wanted, report=quiet)
    with open_warehouse(tenant.settings) as warehouse:
        return dict(warehouse.execute("select entity_id, actual from exceptions_build.exc_webhooks").fetchall())


@pytest.fixture
def polled(waiting_returns, tmp_path):
    """What is known at once, and after a week, without a webhook."""
    home = Path(shutil.copytree(waiting_returns, tmp_path / "polled"))
    with opened(home / "sandbox") as sandbox:
        live_on(sandbox.store, ids_of(home))
    with served(home) as tenant:
        tenant.advance(advance_hours=1)
        before = read(tenant)
        tenant.advance(advance_hours=7 * 24)
        return before, read(tenant)


def test_whatever_webhooks_do_the_end_is_that_of_polling_and_what_is_refused_is_seen(waiting_returns, tmp_path, polled):
    home = Path(shutil.copytree(waiting_returns, tmp_path / "home"))
    (home / "secrets" / "zigzag__webhook_secret").write_text(SECRET)
    with free_port() as port:
        with opened(home / "sandbox") as sandbox:
            subscribe(sandbox.store, port)
            live_on(sandbox.store, ids_of(home))
            late = hold_back_and_lose(sandbox.store)
        with served(home) as tenant:
            disturb(tenant)
            with receiving(tenant.settings, port, body_seconds=1.0):
                tenant.advance(advance_hours=1)
                until(lambda: all_tried(tenant))
                for system in PROOF:
                    came = deliveries(tenant, system, "DELIVERED")
                    assert any(each["sent"] > each["attempts"] for each in came)
                    assert len([of for of, _id in inbox(tenant) if of == system]) == len(came) > 3
                attack(tenant, port)
                found = [read(tenant)]
                assert all(inbox(tenant).values())
                tenant.advance(advance_hours=7 * 24)
                until(lambda: all_tried(tenant))
            for system, ids in late.items():
                assert ids <= {each["id"] for each in deliveries(tenant, system, "DELIVERED")}
            assert not all(inbox(tenant).values())
            found.append(read(tenant))
            assert all(inbox(tenant).values())
            assert tuple(found) == polled
            assert min(map(len, found[1])) > 5
            seen = alarms(tenant)
    assert seen["tiktok_shop/refused"].startswith("4 refused: forged, too large, too slow;")
    assert seen["zigzag/refused"].startswith("2 refused: forged, unreadable;")

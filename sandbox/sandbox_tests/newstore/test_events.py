"""The event stream: who listens, what is sent, what holds it, and what is replayed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from sandbox import deliveries, newstore
from sandbox.deliveries import Sender
from sandbox.faults import FaultBook
from sandbox.newstore import events
from sandbox.newstore.errors import WireError
from sandbox.store import Store
from sandbox_tests.newstore.conftest import DAY, MONDAY

URL = "http://127.0.0.1:9/hook"


@dataclass
class Listener:
    """Takes the place of the posting, and answers with its status."""

    status: str = "200"
    seen: list[tuple[str, dict[str, Any], dict[str, str]]] = field(default_factory=list)

    def __call__(self, address: str, content: bytes, headers: dict[str, str]) -> str:
        self.seen.append((address, json.loads(content), headers))
        return self.status

    def names(self) -> list[str]:
        return [envelope["name"] for _, envelope, _ in self.seen]


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Listener:
    found = Listener()
    monkeypatch.setattr(deliveries, "_sent", found)
    return found


def wanted(**more: Any) -> dict[str, Any]:
    return {"integration_type": "permanent", "callback_parameters": {"callback_url": URL}, **more}


def sender(store: Store) -> Sender:
    return Sender(store, FaultBook(), events.CHANNEL)


def quiet(store: Store) -> None:
    store.set_meta("limits", {"newstore": {"late_events_permille": 0, "double_events_permille": 0}})


def test_an_event_goes_to_who_wants_it_with_the_bearer_key(store: Store, listener: Listener) -> None:
    quiet(store)
    events.register(store, wanted(callback_parameters={"callback_url": URL, "api_key": "k"}))
    events.register(store, wanted(filter_conditions=["return.processed"]))
    events.emit(store, "order.created", {"id": "o-1"}, at=MONDAY)
    assert sender(store).deliver_due() == 1
    ((address, envelope, headers),) = listener.seen
    assert (address, headers) == (URL, {"Authorization": "Bearer k"})
    assert envelope == {
        "tenant": "northgate",
        "name": "order.created",
        "published_at": "2026-01-05T00:00:00Z",
        "payload": {"id": "o-1"},
    }
    assert events.integrations(store)["integrations"][0]["callback_parameters"].get("api_key") in {"***", None}


def test_a_refusal_holds_the_stream_of_its_integration_alone(store: Store, listener: Listener) -> None:
    quiet(store)
    first = events.register(store, wanted())["id"]
    for number in range(3):
        events.emit(store, "order.created", {"id": str(number)}, at=MONDAY)
    sending = sender(store)
    listener.status = "503"
    assert sending.deliver_due() == 1
    listener.status = "200"
    assert sending.deliver_due() == 0  # held
    other = events.register(store, wanted())["id"]
    events.emit(store, "order.opened", {"id": "9"}, at=MONDAY)
    assert sending.deliver_due() == 1
    assert listener.names()[-1] == "order.opened"
    store.set_now(MONDAY + 60)
    assert sending.deliver_due() == 4
    held = store.select("newstore", "webhook_deliveries", shop=first)
    assert {record.parent for record in held} == {"DELIVERED"} and sum(r.body["attempts"] for r in held) == 5
    assert store.count("newstore", "webhook_deliveries", shop=other) == 1


def test_events_come_late_twice_and_in_no_order(store: Store, listener: Listener) -> None:
    store.set_meta("limits", {"newstore": {"late_events_permille": 500, "double_events_permille": 500}})
    events.register(store, wanted())
    for number in range(40):
        events.emit(store, "order.created", {"id": f"{number:02d}"}, at=MONDAY)
    sending = sender(store)
    sending.deliver_due()
    assert 0 < len({envelope["payload"]["id"] for _, envelope, _ in listener.seen}) < 40
    store.set_now(MONDAY + 900)
    sending.deliver_due()
    ids = [envelope["payload"]["id"] for _, envelope, _ in listener.seen]
    assert len(set(ids)) == 40 and len(ids) > 40 and ids != sorted(ids)


def test_a_temporary_integration_replays_its_dates(store: Store, listener: Listener) -> None:
    quiet(store)
    for day in range(3):
        store.set_now(MONDAY + day * DAY)
        events.emit(store, "order.created", {"id": str(day)}, at=store.now)
    dates = {"start_date": "2026-01-06T00:00:00Z", "end_date": "2026-01-07T00:00:00Z"}
    events.register(store, wanted(integration_type="temporary", **dates))
    sender(store).deliver_due()
    assert [envelope["payload"]["id"] for _, envelope, _ in listener.seen] == ["1"]
    events.emit(store, "order.created", {"id": "later"}, at=store.now)
    assert sender(store).deliver_due() == 0
    with pytest.raises(WireError, match="start_date"):
        events.register(store, wanted(integration_type="temporary"))


def test_integrations_are_stopped_started_changed_forgotten_and_few(store: Store, listener: Listener) -> None:
    quiet(store)
    id = events.register(store, wanted(id="mine"))["id"]
    with pytest.raises(WireError, match="there is such"):
        events.register(store, wanted(id="mine"))
    assert events.switch(store, id, events.STOPPED)["state"] == "stopped"
    events.emit(store, "order.created", {"id": "unheard"}, at=MONDAY)
    events.switch(store, id, events.RUNNING)
    events.change_integration(store, id, {"filter_conditions": {"event_names": ["order.opened"]}})
    events.emit(store, "order.created", {}, at=MONDAY)
    events.emit(store, "order.opened", {}, at=MONDAY)
    assert sender(store).deliver_due() == 1 and listener.names() == ["order.opened"]
    events.emit(store, "order.opened", {}, at=MONDAY)
    events.forget(store, id)
    assert store.count("newstore", "webhook_deliveries", parent="PENDING") == 0
    for _ in range(25):
        events.register(store, wanted())
    with pytest.raises(WireError) as refused:
        events.register(store, wanted())
    assert refused.value.code == "integration_limit_reached"
    assert newstore.KINDS["integrations"].parent_field == "state"

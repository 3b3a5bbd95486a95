"""Every write of fulfilment killed at every boundary, and every reply lost: the same end state, each write once."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from orchestration.demo.demo import running_sandbox
from orchestration.demo.run import LIMITS
from orchestration.demo.shops import UK
from orchestration.demo.tenant import write_tenant
from reverse_sync import OutboxState, Plan, PlanAction
from reverse_sync.model import fingerprint
from tests.support.fulfilment_kills import FULFILMENT, WRITES, tracking
from tests.support.stepped_tenant import served
from tests.support.worlds import CONFIG, World

ROOT = Path(__file__).resolve().parents[2]
BY_SELLER = "FULFILLMENT_BY_SELLER"
EVENTS = ("leased", "sent", "read_back", "replied", "acknowledged")
TRADE = {"baskets": 150, "days": 4, "seed": 3, "fulfilment": "connected"}
ENDED = {OutboxState.ACKNOWLEDGED, OutboxState.WITHDRAWN}
LOST = {"upload a file": 1, "save orders": 2, "set stock": 5}
"""How many replies are lost of calls that must get through in the end, or whose vendor would be taken for down."""
UPLOADS = [
    {"system": "gxo", "method": operation, "match": "/in/940_", "kind": kind, "count": 1}
    for kind in ("lost_reply", "drop_request")
    for operation in ("open", "write", "stat")
]


def orders(tenant, *statuses):
    return {o["id"]: o for o in tenant.world.records("tiktok_shop", "orders") if o["status"] in statuses}


def change_order(tenant, number, **changes):
    body = {"update_time": tenant.now(), **changes}
    tenant.world.call("PATCH", f"/_sandbox/tiktok_shop/orders/{number}", body)


def some_of(plan):
    """Return a plan of two parcels and of every other row of most syncs: the others go on waiting."""
    sends = [row for row in plan.rows if row.action == PlanAction.SEND]
    parcels = [row for row in sends if row.sync == "tiktok_shop__shipments" and row.shop_id == UK]
    others = [row for row in sends if row.sync not in ("tiktok_shop__shipments", "tiktok_shop__labels")]
    rows = (*parcels[:2], *others[::2])
    return Plan(rows, plan.planned_at, fingerprint(rows), True)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """The home of a world in which something waits to be written by every sync of fulfilment."""
    home = tmp_path_factory.mktemp("waiting") / "home"
    with running_sandbox(home, port=0) as urls:
        World(home, urls).call("POST", "/_sandbox/trade", TRADE)
        World(home, urls).call("PUT", "/_sandbox/limits", LIMITS)
        write_tenant(CONFIG, home, urls["control"])
    with served(home) as tenant:
        for hours, chosen in ((33, lambda plan: plan), (7, some_of)):
            tenant.advance(advance_hours=hours)
            tenant.look()
            tenant.apply(chosen(tenant.plan()))
        tenant.advance(advance_hours=1)
        bring_about_the_rest(tenant)
        tenant.look()
    return home


def bring_about_the_rest(tenant):
    """Cancel and ask to cancel orders wherever they are, correct numbers, let a package of TikTok's wait."""
    at_gxo = {order["order"]: order["status"] for order in tenant.world.records("gxo", "orders")}
    cartons = {s["order"]: len(s["cartons"]) for s in tenant.world.records("gxo", "shipments")}
    processed = {o["GeneralInfo"]["ReferenceNum"]: o["Processed"] for o in tenant.world.records("linnworks", "orders")}
    files = [file["name"] for file in tenant.world.records("gxo", "files") if file["name"].startswith("940_")]
    sent = {name.split("_")[1] for name in files} | processed.keys()
    waiting = {n: o for n, o in orders(tenant, "AWAITING_SHIPMENT").items() if o["fulfillment_type"] == BY_SELLER}
    open_ = waiting | orders(tenant, "AWAITING_COLLECTION")

    left = sorted((n for n in waiting if cartons.get(n) or processed.get(n)), key=lambda n: cartons.get(n, 1))
    unsent = [n for n in waiting if n not in sent]
    stoppable = [n for n in open_ if at_gxo.get(n) in ("received", "allocated")]
    cancellable = [n for n in open_ if processed.get(n) is False]
    for number in (*stoppable[:2], *cancellable[:2]):
        change_order(tenant, number, status="CANCELLED", cancel_time=tenant.now())
    for number in (left[0], *unsent[:2]):
        ask_to_cancel(tenant, waiting[number])
    let_wait(tenant, next(waiting[n] for n in unsent[2:] if waiting[n]["shipping_type"] == "TIKTOK"))
    advise_again(tenant)


def ask_to_cancel(tenant, order):
    now, lines = tenant.now(), [line["id"] for line in order["line_items"]]
    request = {
        "cancel_id": f"4035{order['id'][-15:]}",
        "order_id": order["id"],
        "cancel_type": "BUYER_CANCEL",
        "cancel_status": "CANCELLATION_REQUEST_PENDING",
        "role": "BUYER",
        "create_time": now,
        "update_time": now,
        "seller_next_action_response": [{"action": "SELLER_RESPOND_BUYER_CANCEL", "deadline": now + 172_800}],
        "cancel_line_items": [{"order_line_item_id": line} for line in lines],
        "should_replenish_stock": True,
        "_line_ids": lines,
    }
    shop = order["_record"]["shop"]
    path = f"/_sandbox/tiktok_shop/cancellations/{request['cancel_id']}?shop={shop}&parent={order['id']}"
    tenant.world.call("PUT", path, request)
    change_order(tenant, order["id"], is_buyer_request_cancel=True, request_cancel_time=now)


def let_wait(tenant, order):
    """Let a package of an order that TikTok ships be there already, and wait to be arranged."""
    now, id = tenant.now(), f"1153{order['id'][-15:]}"
    package = {
        "package_id": id,
        "orders": [{"id": order["id"], "skus": []}],
        "package_status": "TO_FULFILL",
        "shipping_type": "TIKTOK",
        "tracking_number": "",
        "create_time": now,
        "update_time": now,
        "order_line_item_ids": [line["id"] for line in order["line_items"]],
        "warehouse_id": order["warehouse_id"],
        "_order_id": order["id"],
    }
    shop = order["_record"]["shop"]
    tenant.world.call("PUT", f"/_sandbox/tiktok_shop/packages/{id}?shop={shop}&parent={order['id']}", package)
    change_order(tenant, order["id"], packages=[{"id": id}])


def advise_again(tenant):
    """Let GXO name other numbers for the parcels that were sent to TikTok Shop, in files of new control numbers."""
    reported = {
        p["tracking_number"] for p in tenant.world.records("tiktok_shop", "packages") if p["shipping_type"] == "SELLER"
    }
    for file in tenant.world.records("gxo", "files"):
        named = sorted(number for number in reported if number in file["text"])
        if not (named and file["name"].startswith("945")):
            continue
        control, name = file["text"].split("*")[13], file["name"].replace("945_", "945_9", 1)
        text = file["text"].replace(control, f"{int(control) + 500_000:09d}")
        for number in named:
            text = text.replace(number, f"H1{number[2:]}")
        body = {**file, "folder": "out", "name": name, "text": text, "size": len(text), "written_at": tenant.now()}
        body = {key: value for key, value in body.items() if key not in ("id", "_record")}
        tenant.world.call("PUT", f"/_sandbox/gxo/files/out/{name}", body)


def end_state(tenant):
    """Return what vendors hold, once GXO has taken in its files: what means something, without ids and instants."""
    tenant.advance(advance_minutes=30)
    found = tenant.world.records
    return {
        "orders": {o["id"]: (o["status"], lines_of(o)) for o in found("tiktok_shop", "orders")},
        "packages": Counter(map(package_of, found("tiktok_shop", "packages"))),
        "cancellations": {c["order_id"]: c["cancel_status"] for c in found("tiktok_shop", "cancellations")},
        "stock": {sku["id"]: sku["warehouse_inventory"] for sku in found("tiktok_shop", "inventory")},
        "documents to GXO": Counter(document_of(f) for f in found("gxo", "files") if f["name"].startswith("940_")),
        "orders at GXO": {
            o["order"]: (o["status"], o["service"], o["tracking"], o["ship_to"], o["lines"])
            for o in found("gxo", "orders")
        },
        "orders in Linnworks": Counter(map(in_linnworks, found("linnworks", "orders"))),
    }


def lines_of(order):
    names = ("id", "display_status", "tracking_number", "shipping_provider_id")
    return [[line.get(name) for name in names] for line in order["line_items"]]


def package_of(package):
    names = ("_order_id", "package_status", "shipping_type", "tracking_number", "shipping_provider_id")
    return tuple(package.get(name) for name in names)


def document_of(file):
    """Return the order and purpose of a file to GXO, and what it says between its envelopes."""
    _, order, purpose, _ = file["name"].split("_")
    segments = [part.strip() for part in file["text"].split("~")]
    return order, purpose, tuple(part for part in segments if part.split("*")[0] not in ("ISA", "GS", "GE", "IEA"))


def in_linnworks(order):
    general = order["GeneralInfo"]
    items = tuple(sorted((item["SKU"], item["Quantity"], item["PricePerUnit"]) for item in order["Items"]))
    return general["ReferenceNum"], order["Processed"], general["HoldOrCancel"], tracking(order), items


def once_each(state):
    """Return how often there is a document of an order, an order in Linnworks, a label, and a package of a parcel."""
    documents = Counter((order, purpose) for order, purpose, *_ in state["documents to GXO"].elements())
    saved = Counter(reference for reference, *_ in state["orders in Linnworks"].elements())
    kept = [package for package in state["packages"].elements() if package[1] != "CANCELLED"]
    packages = Counter((order, "" if kind == "TIKTOK" else number) for order, _, kind, number, _ in kept)
    return {*documents.values(), *saved.values(), *packages.values()}


@pytest.fixture
def copied(template, tmp_path):
    """A copy of the world, being served."""
    with served(Path(shutil.copytree(template, tmp_path / "home"))) as tenant:
        yield tenant


@pytest.fixture(scope="module")
def undisturbed(template, tmp_path_factory):
    """What vendors hold when nothing is killed and no reply is lost."""
    with served(Path(shutil.copytree(template, tmp_path_factory.mktemp("undisturbed") / "home"))) as tenant:
        plan = tenant.plan()
        waiting = Counter(row.sync for row in plan.rows if row.action == PlanAction.SEND)
        assert waiting.keys() == FULFILMENT
        assert min(waiting.values()) >= 2
        # Parcels of several orders are reported at once, those of one order one after the other.
        parcels = [row.entity_key for row in plan.rows if row.sync == "tiktok_shop__shipments" and not row.held_because]
        assert max(Counter(key.split("/")[0] for key in parcels).values()) >= 2
        assert tenant.apply(plan).problems == []
        return end_state(tenant)


def test_whatever_waits_is_written_once(undisturbed):
    assert once_each(undisturbed) == {1}
    assert {"CANCELLATION_REQUEST_SUCCESS", "CANCELLATION_REQUEST_CANCEL"} <= {*undisturbed["cancellations"].values()}


def test_killed_at_every_boundary_the_end_is_the_same(copied, undisturbed):
    home, url = copied.settings.home, copied.world.urls["control"]
    command = [sys.executable, "-W", "ignore", "-m", "tests.support.fulfilment_kills", str(home), url]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500)
    assert (ended.returncode, ended.stderr) == (0, "")
    visited = set(json.loads(ended.stdout)["visited"])
    assert visited >= {f"{sync} {event}" for sync in FULFILMENT for event in EVENTS} | WRITES.keys()
    assert copied.states() <= ENDED
    assert end_state(copied) == undisturbed


def test_with_every_reply_lost_the_end_is_the_same(copied, undisturbed):
    faults = [*(write.fault("lost_reply", count=LOST.get(name)) for name, write in WRITES.items()), *UPLOADS]
    for fault in faults:
        copied.world.call("POST", "/_sandbox/faults", fault)
    while copied.apply(copied.plan()).rows:
        continue
    assert min(fault["hits"] for fault in copied.world.call("GET", "/_sandbox/faults")) >= 1
    assert copied.states() <= ENDED
    assert end_state(copied) == undisturbed

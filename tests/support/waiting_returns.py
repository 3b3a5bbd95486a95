"""A world in which returns wait for every step that the product takes: decided, announced, taken in, booked.

Belongs here: bringing such returns about in the stand-ins' own store, the tenant's rules for them, and what vendors
hold of returns in the end. Does not: running the product, or anything that goes wrong.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from orchestration.demo.demo import running_sandbox
from orchestration.demo.run import LIMITS
from orchestration.demo.shops import UK, US
from orchestration.demo.tenant import write_tenant
from sandbox.linnworks import intake, order_life
from sandbox.linnworks.parameters import Parameters, folded
from sandbox.server import opened
from sandbox.store import Store
from sandbox.tiktok_shop import returns
from sandbox.tiktok_shop.return_decisions import Detail
from sandbox.zigzag import hub, lists, orders, return_calls
from sandbox.zigzag.profile import RETAILERS, iso
from tests.support.stepped_tenant import served
from tests.support.worlds import CONFIG, World, made_once

TRADE = {
    **{"baskets": 300, "days": 4, "seed": 3, "fulfilment": "connected", "live_events": 0, "returns_permille": 0},
}
MADE = "returns.json"
Record = dict[str, Any]
REASON = "ecom_order_delivered_reason_"
POLICY = """\
shop_id,step,return_type,reason,grading,amount_up_to,earlier_returns_up_to,decision,percent,approval,valid_from,valid_to
*,request,RETURN_AND_REFUND,*,*,1000000,1000,approve,0,auto,,
*,request,RETURN_AND_REFUND,not_as_described,*,1000000,1000,offer_partial,50,auto,,
*,request,REFUND,*,*,1000000,1000,reject,0,auto,,
*,parcel,*,*,passed,1000000,1000,approve,0,auto,,
*,parcel,*,*,failed,1000000,1000,offer_partial,40,auto,,
*,parcel,*,changed_mind,failed,1000000,1000,reject,0,auto,,
"""
PAID_HERE = ("AWAITING_SHIPMENT", "FULFILLMENT_BY_SELLER")
GOODS, MONEY = "RETURN_AND_REFUND", "REFUND"


@dataclass
class Waiting:
    """The returns that were brought about, by what they wait for."""

    store: Store
    orders: dict[str, list[Record]]
    made: dict[str, list[str]] = field(default_factory=dict)

    def ask(self, name: str, *, type: str = GOODS, reason: str = "wrong_size", shop: str = UK, units: int = 1) -> str:
        """Let the buyer of an order that was delivered ask; return the return's id."""
        order = self.orders[shop].pop()
        lines = [line["id"] for line in order["line_items"]][:units]
        suffix = "_uk" if shop == UK else ""
        reason = f"{REASON}{reason}{suffix}"
        id = returns.request(self.store, order["id"], lines, type=type, reason=reason, now=self.store.now)
        self.made.setdefault(name, []).append(id)
        return id

    def approved(self, name: str, *, tracking: bool = True, **more: Any) -> str:
        """Let a return be approved by a person and, with `tracking`, have its label."""
        id = self.ask(name, **more)
        returns.decide(self.store, id, "APPROVE_RETURN", self.store.now)
        if tracking:
            way = {"tracking": self.tracking(id), "provider_id": "7117858858072016686", "provider": "Royal Mail"}
            returns.label(self.store, id, self.store.now, **way)
        return id

    def announced(self, name: str, *, label: bool = True, **more: Any) -> str:
        """Let an approved return be known to the portal and, with `label`, to its carrier."""
        id = self.approved(name, **more)
        portal_id = announce(self.store, returns.get(self.store, id).body)
        if label:
            way = {"trackingNumber": self.tracking(id), "carrier": "Royal Mail"}
            return_calls.complete(self.store, portal_id, way)
        return id

    def graded(self, name: str, *, condition: str = "A", disposition: str = "restock", **more: Any) -> str:
        """Let an announced return be posted, delivered and graded; the seller has to decide on it."""
        id = self.announced(name, **more)
        now, number = self.store.now, self.tracking(id)
        returns.mark_shipped(self.store, id, number, now)
        for code in ("collected", "delivered"):
            hub.carrier_scan(self.store, number, code, now, "GB")
        returns.mark_delivered(self.store, id, now)
        units = units_of(self.store, returns.get(self.store, id).body)
        found = [{"sku": sku, "quantity": count} for sku, count in sorted(units.items())]
        warehouse = "NTH1" if returns.get(self.store, id).shop == UK else "Default"
        portal_id = hub.receive(self.store, tracking_number=number, warehouse=warehouse, units=found, now=now)
        outcomes = [{**each, "condition": condition, "disposition": disposition} for each in found]
        hub.grade(self.store, portal_id, now, outcomes)
        return id

    def refunded(self, name: str, **more: Any) -> str:
        """Let a graded return be accepted by a person and refunded."""
        id = self.graded(name, **more)
        returns.decide(self.store, id, "APPROVE_RECEIVED_PACKAGE", self.store.now)
        returns.complete(self.store, id, self.store.now)
        return id

    @staticmethod
    def tracking(return_id: str) -> str:
        """Return the number of a return's label."""
        return f"RM{return_id[-9:]}GB"


@pytest.fixture(scope="session")
def waiting_returns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world in which returns wait for each of the four syncs; returns its home folder."""
    return made_once(tmp_path_factory, "waiting", _wait)


def ids_of(home: Path) -> dict[str, list[str]]:
    """Return the ids of the returns of such a world, by what they wait for."""
    return dict(json.loads((home / MADE).read_text()))


def _wait(home: Path) -> None:
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        world.call("POST", "/_sandbox/trade", TRADE)
        world.call("PUT", "/_sandbox/limits", LIMITS)
        world.call("POST", "/_sandbox/clock", {"advance_hours": 33})
        write_tenant(CONFIG, home, urls["control"])
        write_rules(home)
    (home / MADE).write_text(json.dumps(bring_about(home)))
    with served(home) as tenant:
        tenant.look()


def bring_about(home: Path) -> dict[str, list[str]]:
    """Let returns wait for each step in a world that is not served now; return their ids by what they wait for."""
    with opened(home / "sandbox") as sandbox:
        store = sandbox.store
        waiting = Waiting(store, {shop: _delivered(store, shop) for shop in (UK, US)})
        for _ in range(2):
            waiting.ask("approved", units=2)
            waiting.ask("refused", type=MONEY, reason="damaged")
            waiting.ask("offered", reason="not_as_described")
            waiting.graded("accepted")
            waiting.graded("offered a part", condition="D", disposition="dispose")
            waiting.graded("sent back", reason="no_need", condition="D", disposition="dispose")
            waiting.approved("to announce", tracking=False)
            waiting.approved("to announce with its label", units=2)
            waiting.announced("to label", label=False)
            for with_label in (True, False):
                name = f"to take back {'with' if with_label else 'without'} a label"
                id = waiting.announced(name, label=with_label, tracking=with_label)
                returns.cancel(store, id, store.now, role="BUYER", why="The buyer kept it")
            waiting.refunded("refunded")
            waiting.refunded("to take into stock", shop=US)
        id = waiting.ask("kept", type=MONEY, reason="damaged")
        returns.decide(store, id, "APPROVE_REFUND", store.now, detail=Detail())
        return waiting.made


def write_rules(home: Path) -> None:
    """Write the tenant's policy; the demo's settings let each refund of the UK shop have its credit memo."""
    (home / "config" / "return_policy.csv").write_text(POLICY)


def announce(store: Store, body: Record) -> str:
    """Make a return known to the portal, as whoever integrates it does; return its id there."""
    order = store.get("tiktok_shop", "orders", body["order_id"])
    assert order is not None
    country = "GB" if order.shop == UK else "US"
    lines = [line_of(line) for line in order.body["line_items"]]
    person = dict.fromkeys(("shippingFirstName", "address1", "city"), "TikTok Shop")
    about = {"orderNumber": order.id, "orderDate": iso(store.now), "email": "returns@northgate.example", "phone": "0"}
    orders.save(store, {**about, **person, "postcode": "0", "country": country, "lines": lines})
    units = units_of(store, body)
    asked = {"orderNumber": order.id, "retailerCode": RETAILERS[0], "skus": sorted(units)}
    opened_order = return_calls.open_return_order(store, asked)
    reason = next(iter(lists.reasons(store)))
    products = [{"productSku": s, "quantity": n, "returnReasonId": reason} for s, n in sorted(units.items())]
    given = {"returnOrderId": opened_order["returnOrderId"], "externalReturnRef": body["return_id"]}
    made = return_calls.create(store, {**asked, **given, "channel": "tiktok_shop", "products": products})
    return str(made["returns"][0]["returnId"])


def line_of(line: Record) -> Record:
    """Return an order's line as the portal takes it: one unit."""
    return {
        "sku": line["seller_sku"],
        "quantity": 1,
        "unitPrice": str(line["sale_price"]),
        "currency": line["currency"],
    }


def units_of(store: Store, body: Record) -> Counter[str]:
    """Count what comes back by SKU."""
    order = store.get("tiktok_shop", "orders", body["order_id"])
    assert order is not None
    return Counter(line["seller_sku"] for line in order.body["line_items"] if line["id"] in body["_line_ids"])


def _delivered(store: Store, shop: str) -> list[Record]:
    """Deliver a shop's paid orders of single products, and have Linnworks ship those of the US; the last first."""
    found = []
    for record in store.select("tiktok_shop", "orders", shop=shop):
        lines = record.body["line_items"]
        is_bundle = any(line.get("combined_listing_skus") for line in lines)
        if (
            record.body["status"] != "AWAITING_SHIPMENT"
            or is_bundle
            or record.body["fulfillment_type"] != "FULFILLMENT_BY_SELLER"
        ):
            continue
        if shop == US and not _shipped_by_linnworks(store, record.body):
            continue
        for line in lines:
            line["display_status"] = "DELIVERED"
        now = store.now
        changed = {**record.body, "status": "DELIVERED", "delivery_time": now, "update_time": now}
        store.put(store.indexed(record, changed))
        found.append(changed)
    return sorted(found, key=lambda order: len(order["line_items"]))


def _shipped_by_linnworks(store: Store, order: Record) -> bool:
    items = [
        {
            **{"ChannelSKU": line["seller_sku"], "ItemNumber": line["id"], "ItemTitle": line["product_name"]},
            **{"Qty": 1, "PricePerUnit": line["sale_price"]},
        }
        for line in order["line_items"]
    ]
    at = iso(store.now)
    wanted = {
        **{"Source": "TIKTOK", "SubSource": "Northgate US", "ReferenceNumber": order["id"], "ReceivedDate": at},
        **{"DispatchBy": at, "PaidOn": at, "PaymentStatus": "Paid", "OrderItems": items},
    }
    [id] = intake.create_orders(store, Parameters(folded({"orders": [wanted], "location": "Default"})))
    return bool(order_life.process(store, id, at=store.now)["Processed"])


def end_state(world: World) -> dict[str, Any]:
    """Return what vendors hold of returns: what means something, without numbers that they give themselves."""
    found = world.records
    return {
        "returns": {each["return_id"]: _decided(each) for each in found("tiktok_shop", "returns")},
        "portal returns": Counter(_portal_return(each) for each in found("zigzag", "returns")),
        "labels": Counter((each["trackingNumber"], each["carrier"]) for each in found("zigzag", "shipments")),
        "bookings": Counter(map(_booking, found("linnworks", "returns"))),
        "stock": {each["_record"]["id"]: each["StockLevel"] for each in found("linnworks", "stock_levels")},
        "documents": Counter(
            map(_document, [*found("netsuite", "creditMemo"), *found("netsuite", "cashRefund")]),
        ),
    }


def _decided(body: Record) -> tuple[Any, ...]:
    done = [(each["role"], each["description"]) for each in body["_records"]]
    return body["return_status"], body["refund_amount"]["refund_total"], body.get("partial_refund"), done


def _portal_return(body: Record) -> tuple[Any, ...]:
    lines = tuple(sorted((line["sku"], line["quantityRequested"], line["reasonCode"]) for line in body["lines"]))
    return body["externalReturnRef"], body["orderNumber"], body["status"], body["warehouseDC"], lines


def _booking(body: Record) -> tuple[Any, ...]:
    lines = [(line["ReturnItemSKU"], line["ReturnQuantity"], line["ScrapQuantity"]) for line in body["RMALines"]]
    return body["ExternalReference"], body["OrderId"], body["Actioned"], tuple(sorted(lines))


def _document(body: Record) -> tuple[Any, ...]:
    lines = [(line["item"]["id"], str(line["quantity"]), str(line["amount"])) for line in body["item"]["items"]]
    return body.get("externalId"), body["tranDate"], str(body["total"]), tuple(sorted(lines))


def references(state: dict[str, Any]) -> Sequence[int]:
    """Return how often each return is open in the portal, booked in Linnworks, and documented in the books."""
    open_ = [reference for reference, _order, status, *_ in state["portal returns"].elements() if status != "cancelled"]
    booked = [reference for reference, *_ in state["bookings"].elements()]
    documented = [reference for reference, *_ in state["documents"].elements()]
    return [count for names in (open_, booked, documented) for count in Counter(names).values()]

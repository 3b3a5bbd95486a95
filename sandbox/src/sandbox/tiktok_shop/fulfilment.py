"""What shipping does to an order: parcels are arranged, collected, delivered (fact sheet tiktok_shop 3.4, 4).

Belongs here: the changes, on the store; the world and the wire both call them. Does not: refusals and answers (see
`shipping`, `packages`), nor webhooks, which the caller sends. A function that is handed an order's body changes that
body and stores it. Instants are epoch seconds of the world.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import blake2b
from typing import Any

from sandbox.store import Body, Record, Store
from sandbox.tiktok_shop import inventory
from sandbox.tiktok_shop.amounts import fields, objects
from sandbox.tiktok_shop.logistics import provider
from sandbox.tiktok_shop.webhooks import emit

SHIPPABLE = "AWAITING_SHIPMENT"
CREATE_PACKAGE, SHIP_PACKAGE = "create_package", "ship_package"
_RANKS = (
    "UNPAID",
    "ON_HOLD",
    "AWAITING_SHIPMENT",
    "AWAITING_COLLECTION",
    "IN_TRANSIT",
    "DELIVERED",
    "COMPLETED",
)
_OPEN = ("TO_FULFILL", "PROCESSING")


def new_id(store: Store, prefix: str, *name: object) -> str:
    """Return a 19-digit id that follows from the world's seed and the name."""
    text = ":".join(map(str, ("id", prefix, fields(store.get_meta("world")).get("seed", 0), *name)))
    number = int.from_bytes(blake2b(f"{text}#1".encode(), digest_size=8).digest(), "big")
    room = 19 - len(prefix)
    return prefix + str(number % 10**room).zfill(room)


def mark_shipped(
    store: Store, order_body: Body, line_ids: Sequence[str], tracking: str, provider_id: str, at: int
) -> str:
    """Put lines (none named: all that wait) into a new package and return its id.

    The lines await collection; the order too once none waits any more, and is PARTIALLY_SHIPPING until then.

    Raises:
        LookupError: The order is not stored.
    """
    with store.transaction():
        record = _stored(store, order_body)
        carrier = provider(provider_id)
        name = carrier.name if carrier else ""
        lines = shippable(order_body, line_ids)
        package = _new_package(store, record.shop, order_body, lines, at=at)
        package.update(tracking_number=tracking, shipping_provider_id=provider_id, shipping_provider_name=name)
        put_package(store, record.shop, package, at)
        arrange(order_body, lines, package, at)
        put_order(store, record, order_body, at)
    return str(package["package_id"])


def wait_in_package(store: Store, order_body: Body, at: int) -> str | None:
    """Put an order that awaits the platform's shipment into a package that waits too; return its id.

    None where labels are bought by creating packages (`labels_by`), or where no line waits for the platform.

    Raises:
        LookupError: The order is not stored.
    """
    record = _stored(store, order_body)
    lines = shippable(order_body, [])
    by_seller = order_body.get("fulfillment_type") != "FULFILLMENT_BY_TIKTOK"
    if labels_by(store, record.shop) != SHIP_PACKAGE or order_body.get("shipping_type") != "TIKTOK":
        return None
    if not (lines and by_seller):
        return None
    with store.transaction():
        package = {**_new_package(store, record.shop, order_body, lines, at=at), "package_status": "TO_FULFILL"}
        put_package(store, record.shop, package, at)
        for line in lines:
            line.update(package_id=package["package_id"], package_status="TO_FULFILL")
        held = [each for each in objects(order_body.get("packages")) if each.get("id") != package["package_id"]]
        order_body["packages"] = [*held, {"id": package["package_id"]}]
        store.put(store.indexed(record, order_body))
    return str(package["package_id"])


def labels_by(store: Store, shop_id: str) -> str:
    """Return how a shop's labels of the platform are bought: CREATE_PACKAGE, unless the switch `labels` says otherwise.

    The vendor's pages disagree about the UK and EU: one has the order come with a package that is shipped by
    /packages/{id}/ship and no need to create one; the newest clients create packages there too (fact sheet 4.1).
    """
    chosen = fields(store.get_meta("limits", {}).get("tiktok_shop", {}).get("labels"))
    return str(chosen.get(shop_id, CREATE_PACKAGE))


def arrange(order_body: Body, lines: list[Body], package: Body, at: int) -> None:
    """Write a package that was arranged into its lines and its order."""
    for line in lines:
        line.update(
            display_status="AWAITING_COLLECTION",
            package_id=package["package_id"],
            package_status=package["package_status"],
            rts_time=at,
            tracking_number=package["tracking_number"],
            shipping_provider_id=package["shipping_provider_id"],
            shipping_provider_name=package["shipping_provider_name"],
        )
    held = [each for each in objects(order_body.get("packages")) if each.get("id") != package["package_id"]]
    order_body["packages"] = [*held, {"id": package["package_id"]}]
    order_body["rts_time"] = at
    order_body["tracking_number"] = package["tracking_number"]
    order_body["shipping_provider_id"] = package["shipping_provider_id"]
    order_body["shipping_provider"] = package["shipping_provider_name"]


def mark_collected(store: Store, order_id: str, at: int, *, package_ids: Collection[str] | None = None) -> bool:
    """Have the carrier scan the order's packages (or those named); True when the order is IN_TRANSIT now.

    What leaves is no longer committed. An order of which a line still waits stays as it is.
    """
    with store.transaction():
        record = store.get("tiktok_shop", "orders", order_id)
        if record is None:
            return False
        body = record.body
        moved = [p for p in packages_of(store, order_id, "PROCESSING") if package_ids is None or p.id in package_ids]
        for package in moved:
            put_package(store, record.shop, changed(package, package_status="FULFILLING", _collected_at=at), at)
        leaving = {package.id for package in moved}
        lines = [
            line
            for line in objects(body.get("line_items"))
            if line.get("package_id") in leaving and line.get("display_status") == "AWAITING_COLLECTION"
        ]
        for line in lines:
            line.update(display_status="IN_TRANSIT", package_status="FULFILLING")
        release_stock(store, body, lines, to_available=False)
        if lines:
            was = body.get("status")
            put_order(store, record, body, at)
            if body["status"] == "IN_TRANSIT" != was:
                body["collection_time"] = at
                put_order(store, record, body, at)
        return bool(body.get("status") == "IN_TRANSIT")


def mark_delivered(store: Store, order_id: str, at: int) -> None:
    """Complete an order's packages under way; its own status is the world's to move on."""
    with store.transaction():
        for package in packages_of(store, order_id, "FULFILLING"):
            put_package(store, package.shop, changed(package, package_status="COMPLETED"), at)


def shippable(order_body: Body, line_ids: Sequence[str]) -> list[Body]:
    """Return the lines that wait for shipment, of those named (none named: of all)."""
    return [
        line
        for line in objects(order_body.get("line_items"))
        if line.get("display_status") == SHIPPABLE and (not line_ids or str(line.get("id")) in line_ids)
    ]


def release_stock(store: Store, order_body: Body, lines: list[Body], *, to_available: bool) -> None:
    """End the commitment of lines, each once."""
    done = set(order_body.get("_released_line_ids") or [])
    for line in lines:
        if str(line.get("id")) not in done:
            warehouse = str(order_body.get("warehouse_id"))
            inventory.release(store, str(line.get("sku_id")), warehouse, 1, to_available)
    order_body["_released_line_ids"] = sorted(done | {str(line.get("id")) for line in lines})


def packages_of(store: Store, order_id: str, *statuses: str) -> list[Record]:
    """Return an order's packages, those of some statuses only when any is named."""
    found = store.select("tiktok_shop", "packages", parent=order_id)
    return [package for package in found if not statuses or package.body.get("package_status") in statuses]


def drop_lines(store: Store, record: Record, gone: Collection[str], at: int) -> list[str]:
    """Take cancelled lines out of packages not collected yet; return the ids of packages made anew.

    A package that keeps other lines is cancelled too, and made anew under a new id (fact sheet tiktok_shop 4.4).
    """
    made: list[str] = []
    for package in packages_of(store, record.id, *_OPEN):
        held = set(held_lines(package))
        if not held & set(gone):
            continue
        put_package(store, record.shop, changed(package, package_status="CANCELLED"), at)
        kept = [line for line in objects(record.body.get("line_items")) if str(line.get("id")) in held - set(gone)]
        others = [each for each in objects(record.body.get("packages")) if each.get("id") != package.id]
        record.body["packages"] = others
        if kept:
            anew = {**package.body, **_new_package(store, record.shop, record.body, kept, at=at)}
            for key in ("package_status", "tracking_number", "shipping_provider_id", "shipping_provider_name"):
                anew[key] = package.body.get(key, "")
            put_package(store, record.shop, anew, at)
            record.body["packages"] = [*others, {"id": anew["package_id"]}]
            for line in kept:
                line["package_id"] = anew["package_id"]
            made.append(anew["package_id"])
    return made


def put_order(store: Store, record: Record, body: Body, at: int) -> None:
    """Store an order whose lines changed, with the status that follows from them."""
    body["status"], body["update_time"] = status_of(body), at
    store.put(store.indexed(record, body))


def changed(package: Record, **changes: Any) -> Body:
    """Return a package's body with changes, under its own id whatever is there."""
    return {**package.body, "package_id": package.id, **changes}


def held_lines(package: Record) -> list[str]:
    """Return the ids of the lines in a package."""
    ids = package.body.get("order_line_item_ids")
    return [str(id) for id in ids] if isinstance(ids, list) else []


def put_package(store: Store, shop_id: str, body: Body, at: int) -> None:
    """Store a package as of an instant."""
    body["update_time"] = at
    record = Record("tiktok_shop", "packages", str(body["package_id"]), body, shop_id, created_at=at, updated_at=at)
    store.put(store.indexed(record, body))


def status_of(order_body: Body) -> str:
    """Return the status of an order as its lines make it: CANCELLED only when all of them are."""
    reported = [line.get("display_status") for line in objects(order_body.get("line_items"))]
    ranks = [_RANKS.index(status) for status in reported if status in _RANKS]
    if not ranks:
        return "CANCELLED" if "CANCELLED" in reported else str(order_body.get("status"))
    lowest = _RANKS[min(ranks)]
    return "PARTIALLY_SHIPPING" if lowest == SHIPPABLE and max(ranks) > min(ranks) else lowest


def announce_order(store: Store, shop_id: str, order_body: Body) -> None:
    """Send webhook 1 as of the order's change; it spells CANCELLED its own way and has no PARTIALLY_SHIPPING."""
    status = order_body.get("status")
    if status == "PARTIALLY_SHIPPING":
        return
    data = {
        "order_id": order_body.get("id"),
        "order_status": "CANCEL" if status == "CANCELLED" else status,
        "is_on_hold_order": bool(order_body.get("is_on_hold_order")),
        "update_time": order_body.get("update_time"),
    }
    at = order_body.get("update_time")
    emit(store, shop_id, 1, data, at=at if isinstance(at, int) else None)


def announce_packages(
    store: Store, shop_id: str, order_id: str, package_ids: Sequence[str], *, why: str, at: int
) -> None:
    """Send webhook 4; `why` is its sc_type, such as SPLIT or PARTLY_CANCEL_SPLIT."""
    rows = [{"package_id": id, "order_id_list": [order_id]} for id in package_ids]
    data = {"sc_type": why, "role_type": "ROLE_SELLER", "package_list": rows, "update_time": at}
    emit(store, shop_id, 4, data, at=at)


def _stored(store: Store, order_body: Body) -> Record:
    record = store.get("tiktok_shop", "orders", str(order_body["id"]))
    if record is None:
        raise LookupError(f"order {order_body['id']}: expected it to be stored, found none")
    return record


def _new_package(store: Store, shop_id: str, order: Body, lines: list[Body], *, at: int) -> Body:
    order_id = str(order["id"])
    count = store.count("tiktok_shop", "packages", parent=order_id)
    # The first package of an order has the id that the world itself would give it.
    id = new_id(store, "1153", "package", order_id, *([count] if count else []))
    tag = "SPLIT" if count or len(lines) < len(objects(order.get("line_items"))) else ""
    return {**package_body(shop_id, order, lines, id=id, at=at), "split_and_combine_tag": tag}


def package_body(shop_id: str, order: Body, lines: list[Body], *, id: str, at: int) -> Body:
    """Return a package of lines of an order, arranged at an instant and not collected yet."""
    order_id = str(order["id"])
    skus: dict[str, dict[str, Any]] = {}
    for line in lines:
        sku = {"id": line.get("sku_id"), "name": line.get("sku_name"), "image_url": line.get("sku_image", "")}
        row = skus.setdefault(str(line.get("sku_id")), {**sku, "quantity": 0})
        row["quantity"] += 1
    return {
        "package_id": id,
        "orders": [{"id": order_id, "skus": list(skus.values())}],
        "package_status": "PROCESSING",
        "package_sub_status": "",
        "has_multi_skus": len(skus) > 1,
        "note_tag": "",
        "shipping_provider_name": "",
        "shipping_provider_id": "",
        "shipping_type": order.get("shipping_type", ""),
        "delivery_option_name": order.get("delivery_option_name", ""),
        "delivery_option_id": order.get("delivery_option_id", ""),
        "tracking_number": "",
        "last_mile_tracking_number": "",
        "handover_method": "",
        "create_time": at,
        "update_time": at,
        "order_line_item_ids": [line.get("id") for line in lines],
        "recipient_address": order.get("recipient_address", {}),
        "warehouse_id": order.get("warehouse_id", ""),
        "_order_id": order_id,
        "_shop_id": shop_id,
    }

"""The account's orders, open and processed: finding, keeping and showing them.

Belongs here: records of orders and the shapes they are read in. Does not: what may be done to an order.
Fact sheet linnworks 4, 6: the GUID is the id, NumOrderId the human number; a reference is not unique.
"""

from __future__ import annotations

from typing import Any

from sandbox.linnworks import items, stock
from sandbox.linnworks.errors import WireError
from sandbox.linnworks.profile import SYSTEM, USER, guid, iso
from sandbox.store import Record, Store

Body = dict[str, Any]
OPEN, PROCESSED = "open", "processed"
UNPAID, PAID = 0, 1
PARKED_MARKER = 7

_PLACES = ("NumOrderId", "GeneralInfo.ReferenceNum", "GeneralInfo.SecondaryReference")


def index_references(store: Store) -> None:
    """Let orders be found by number and reference without reading every body."""
    with store.transaction():
        for place in _PLACES:
            name = "linnworks_" + place.replace(".", "_")
            store.connection.execute(
                f"create index if not exists {name} on record (json_extract(body, '$.{place}'))"
                f" where system = '{SYSTEM}' and kind = 'orders'"
            )


def get(store: Store, id: str) -> Body | None:
    """Return an order, or None."""
    record = store.get(SYSTEM, "orders", id)
    return None if record is None else record.body


def found(store: Store, id: str) -> Body:
    """Return an order. Raises WireError 400 when there is none."""
    body = get(store, id)
    if body is None:
        raise WireError(f"Order {id} was not found.")
    return body


def put(store: Store, body: Body) -> None:
    """Keep an order."""
    record = Record(SYSTEM, "orders", body["OrderId"], body)
    store.put(store.indexed(record, body))


def of_state(store: Store, state: str, **range: tuple[int | None, int | None]) -> list[Body]:
    """Return the open or the processed orders, oldest number first; `created`, `updated` as in `Store.select`."""
    bodies = [record.body for record in store.select(SYSTEM, "orders", parent=state, **range)]  # type: ignore[arg-type]
    return sorted(bodies, key=lambda body: stock.whole(body.get("NumOrderId")))


def at_location(store: Store, location: str | None) -> list[Body]:
    """Return the open orders of a location; None means all."""
    found = of_state(store, OPEN)
    return [body for body in found if location is None or body.get("FulfilmentLocationId") == location]


def by_reference(store: Store, reference: str) -> list[Body]:
    """Return orders whose reference or secondary reference this is, oldest number first."""
    return _matching(store, reference, _PLACES[1:])


def by_number(store: Store, number: int) -> Body | None:
    """Return the order of a number, or None."""
    return next(iter(_matching(store, number, _PLACES[:1])), None)


def _matching(store: Store, value: object, places: tuple[str, ...]) -> list[Body]:
    with store.transaction():
        ids = {
            str(row[0])
            for place in places
            for row in store.connection.execute(
                f"select id from record where system = '{SYSTEM}' and kind = 'orders' and deleted = 0"
                f" and json_extract(body, '$.{place}') = ?",
                (value,),
            )
        }
    bodies = [body for id in sorted(ids) if (body := get(store, id))]
    return sorted(bodies, key=lambda body: stock.whole(body.get("NumOrderId")))


def is_open(body: Body) -> bool:
    """Return whether an order is in the open book."""
    return bool(body.get("_state") == OPEN)


def is_parked(body: Body) -> bool:
    """Return whether an order is parked."""
    return bool(body["GeneralInfo"].get("IsParked"))


def remember(body: Body, kind: str, note: str, *, at: int) -> Body:
    """Return the order with one more row in its audit trail."""
    row = {
        "Date": iso(at), "Type": kind, "Note": note, "User": USER,
        "fkOrderHistoryTypeId": kind.upper().replace(" ", "_"), "Tag": "", "TypeDescription": kind,
    }  # fmt: skip
    return {**body, "_trail": [*body.get("_trail", []), row]}


def with_note(store: Store, body: Body, text: str, *, internal: bool, at: int, by: str = USER) -> Body:
    """Return the order with one more note."""
    number = len(body["Notes"]) + 1
    row = {
        "OrderNoteId": guid("note", body["OrderId"], number), "OrderId": body["OrderId"], "NoteDate": iso(at),
        "Internal": internal, "Note": text, "CreatedBy": by, "NoteTypeId": 0,
    }  # fmt: skip
    general = {**body["GeneralInfo"], "Notes": number}
    return {**body, "Notes": [*body["Notes"], row], "GeneralInfo": general}


def property_row(order: str, number: int, *, name: str, value: str, kind: str) -> Body:
    """Return an extended property as the wire shows it."""
    return {"RowId": guid("property", order, number, name), "Name": name, "Value": value, "Type": kind}


def details(store: Store, body: Body) -> Body:
    """Return an order as OrderDetails; open orders show the stock of this moment."""
    shown = {key: value for key, value in body.items() if not key.startswith("_")}
    if not is_open(body):
        return shown
    location = str(body.get("FulfilmentLocationId"))
    rows = [_with_stock(store, row, location) for row in body.get("Items") or []]
    general = {**body["GeneralInfo"], "StockAllocationType": allocation(store, body)}
    return {**shown, "Items": rows, "GeneralInfo": general}


def open_order(store: Store, body: Body) -> Body:
    """Return an order as the OpenOrder of the older list."""
    full = details(store, body)
    short = allocation(store, body) in {"Insuffient", "Partial"}
    state = "Insufficient_Stock" if short else "Sufficient_Stock"
    kept = ("NumOrderId", "GeneralInfo", "ShippingInfo", "CustomerInfo", "TotalsInfo", "FolderName", "Items")
    return {
        **{name: full[name] for name in kept},
        "TaxInfo": {"TaxNumber": full.get("TaxId") or ""},
        "IsPostFilteredOut": False,
        "CanFulfil": not short,
        "Fulfillment": {"FulfillmentState": state, "PurchaseOrderState": "Insufficient_PO"},
        "HasItems": bool(full["Items"]),
        "TotalItemsSum": sum(stock.whole(row.get("Quantity")) for row in full["Items"]),
        "OrderId": full["OrderId"],
    }


def low_fidelity(body: Body) -> Body:
    """Return an open order as the cheap snapshot has it; there `OrderId` is the number (fact sheet linnworks 4)."""
    general = body["GeneralInfo"]
    names = {"StockItemId": "StockItemId", "SKU": "SKU", "BarcodeNumber": "BarcodeNumber", "Quantity": "Quantity"}
    rows = [
        {
            **{name: row.get(key) for name, key in names.items()},
            "ItemTitle": row.get("Title"),
            "CompositeChild": [
                {"StockItemId": part.get("StockItemId"), "SKU": part.get("SKU"), "Quantity": part.get("Quantity"),
                 "BarcodeNumber": part.get("BarcodeNumber"), "ItemTitle": part.get("Title")}
                for part in row.get("CompositeSubItems") or []
            ],
            "ContainsComposites": bool(row.get("CompositeSubItems")),
            "ProductIdentifiers": [],
        }
        for row in body.get("Items") or []
    ]  # fmt: skip
    return {
        "Items": rows, "OrderId": body["NumOrderId"], "pkOrderID": body["OrderId"], "Status": general["Status"],
        "ReferenceNum": general["ReferenceNum"], "ExternalReference": general["ExternalReferenceNum"],
        "PostalTrackingNumber": body["ShippingInfo"]["TrackingNumber"], "OrderDate": general["ReceivedDate"],
        "DispatchBy": general["DespatchByDate"],
    }  # fmt: skip


def allocation(store: Store, body: Body) -> str:
    """Return how far stock covers an order: what it holds is there as long as nothing is oversold."""
    held = body.get("_held") or []
    if not held:
        return "NotAllocated"
    location = str(body.get("FulfilmentLocationId"))
    short = [each for each in held if stock.available(store, each["item"], location) < 0]
    return "Full" if not short else "Insuffient" if len(short) == len(held) else "Partial"


def _with_stock(store: Store, row: Body, location: str) -> Body:
    item = items.by_id(store, str(row.get("StockItemId") or ""))
    if item is None:
        return row
    level = stock.level(store, item, location)
    return {
        **row,
        "Level": level["StockLevel"],
        "InOrderBook": level["InOrders"],
        "AvailableStock": level["Available"],
        "MinimumLevel": level["MinimumLevel"],
    }

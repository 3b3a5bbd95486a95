"""A sales order's life: it commits stock, is picked, packed and shipped in parts, billed, and closed line by line."""

from __future__ import annotations

import pytest

from sandbox.netsuite import commitment
from sandbox_tests.netsuite.test_documents import read, refusal, written
from sandbox_tests.netsuite.test_transforms import made, status, transform

DAVENTRY, ONTARIO = {"id": "1"}, {"id": "2"}
LEVELS = (
    "SELECT location, quantityonhand, quantitycommitted, quantityavailable, quantitybackordered"
    " FROM inventoryitemlocations WHERE item = ? ORDER BY location"
)


def stocked(client, name, units, location=DAVENTRY):
    answer = client.put(f"/record/v1/inventoryItem/eid:{name}", json={"itemId": name, "cost": 1.5})
    if units:
        line = {"item": {"externalId": name}, "location": location, "adjustQtyBy": units}
        written(client, "inventoryAdjustment", {
            "subsidiary": {"id": "1"}, "account": {"externalId": "ACC-5900"}, "inventory": {"items": [line]},
        })  # fmt: skip
    return answer.headers["location"].rsplit("/", 1)[1]


def ordered(client, *lines, **body):
    items = [{"item": {"externalId": name}, "quantity": quantity, "rate": 5} for name, quantity in lines]
    return written(client, "salesOrder", {
        "entity": {"externalId": "CUST-TTS-UK"}, "location": DAVENTRY, "item": {"items": items}, **body,
    })  # fmt: skip


def level(query, item, location="1"):
    (row,) = [row for row in query(LEVELS, item) if row["location"] == location]
    return [row[f"quantity{name}"] for name in ("onhand", "committed", "available", "backordered")]


def line(client, location, number=1):
    return next(line for line in read(client, location)["item"]["items"] if line.get("line") == number)


def test_an_order_commits_what_is_there_and_waits_for_the_rest(client, query):
    item = stocked(client, "SOAP", 3)
    first, second = ordered(client, ("SOAP", 2)), ordered(client, ("SOAP", 2))
    assert level(query, item) == ["3", "3", "0", "1"]
    assert level(query, item, "2") == ["0", "0", "0", "0"]
    held = line(client, second)
    assert (held["quantityCommitted"], held["quantityBackOrdered"]) == (1.0, 1.0)
    client.patch(first, json={"item": {"items": [{"line": 1, "isClosed": True}]}})
    assert (status(client, first), level(query, item)) == ("Closed", ["3", "2", "1", "0"])
    assert line(client, second)["quantityCommitted"] == 2.0


def test_an_order_pending_approval_commits_nothing_until_it_is_approved(client, query):
    item = stocked(client, "SOAP", 3)
    order = ordered(client, ("SOAP", 2), orderStatus={"id": "A"})
    assert (status(client, order), level(query, item)) == ("Pending Approval", ["3", "0", "3", "0"])
    assert "Pending Approval" in refusal(transform(client, order, "itemFulfillment"))
    client.patch(order, json={"orderStatus": {"id": "B"}})
    assert (status(client, order), level(query, item)) == ("Pending Fulfillment", ["3", "2", "1", "0"])


def test_a_fulfilment_is_picked_packed_and_shipped_and_only_then_leaves_the_stock(client, query):
    item = stocked(client, "SOAP", 3)
    order = ordered(client, ("SOAP", 2), otherRefNum="576")
    fulfilment = made(client, order, "itemFulfillment", externalId="F-1")
    assert (status(client, fulfilment), status(client, order)) == ("Picked", "Pending Fulfillment")
    assert level(query, item) == ["3", "2", "1", "0"]
    client.patch(fulfilment, json={"shipStatus": {"id": "B"}})
    packages = [{"packageTrackingNumber": "JD0001", "packageWeight": 1.5}, {"packageTrackingNumber": "JD0002"}]
    answer = client.patch(fulfilment, json={"shipStatus": {"id": "C"}, "package": {"items": packages}})
    assert answer.status_code == 204, answer.text
    assert (status(client, fulfilment), status(client, order)) == ("Shipped", "Pending Billing")
    assert level(query, item) == ["1", "0", "1", "0"]
    body = read(client, order)
    assert (body["linkedTrackingNumbers"], body["actualShipDate"]) == ("JD0001 JD0002", "2026-01-05")
    found = query(
        "SELECT t.status, n.trackingnumber FROM transaction t"
        " JOIN nexttransactionlinelink l ON l.nextdoc = t.id AND l.linktype = 'ShipRcpt'"
        " JOIN trackingnumbermap m ON m.transaction = t.id JOIN trackingnumber n ON n.id = m.trackingnumber"
        " JOIN transaction o ON o.id = l.previousdoc WHERE o.otherrefnum = '576' AND t.type = 'ItemShip' ORDER BY n.id"
    )
    assert found == [{"status": "C", "trackingnumber": "JD0001"}, {"status": "C", "trackingnumber": "JD0002"}]
    (row,) = query(
        "SELECT quantity, quantityshiprecv, quantitypicked, isfullyshipped FROM transactionline"
        " WHERE item = ? AND mainline = 'F' AND quantityshiprecv > 0",
        item,
    )
    assert row == {"quantity": "-2", "quantityshiprecv": "2", "quantitypicked": "2", "isfullyshipped": "T"}


def test_an_order_ships_in_parts_and_is_not_fulfilled_beyond_what_is_committed(client, query):
    item = stocked(client, "SOAP", 3)
    order = ordered(client, ("SOAP", 5))
    too_many = {"items": [{"orderLine": 1, "quantity": 4}]}
    assert "exceeds the 3 committed" in refusal(transform(client, order, "itemFulfillment", item=too_many))
    made(client, order, "itemFulfillment", shipStatus={"id": "C"})
    assert (status(client, order), level(query, item)) == ("Pending Billing/Partially Fulfilled", ["0", "0", "0", "2"])
    stocked(client, "SOAP", 10)
    assert level(query, item) == ["10", "2", "8", "0"]
    client.patch(order, json={"item": {"items": [{"line": 1, "quantity": 4}]}})
    assert level(query, item) == ["10", "1", "9", "0"]
    below = client.patch(order, json={"item": {"items": [{"line": 1, "quantity": 2}]}})
    assert "below the 3 that item fulfillments hold" in refusal(below)
    assert "linked to by one or more" in refusal(client.delete(order))


def test_a_line_that_is_not_wanted_is_left_out_and_stays_open(client):
    stocked(client, "SOAP", 3)
    stocked(client, "TEA", 3)
    order = ordered(client, ("SOAP", 1), ("TEA", 1))
    left_out = {"items": [{"orderLine": 2, "itemReceive": False}]}
    fulfilment = made(client, order, "itemFulfillment", shipStatus={"id": "C"}, item=left_out)
    assert [each["itemName"] for each in read(client, fulfilment)["item"]["items"]] == ["SOAP"]
    assert line(client, order, 2)["quantityFulfilled"] == 0.0
    client.patch(order, json={"item": {"items": [{"line": 2, "isClosed": True}]}})
    assert status(client, order) == "Pending Billing"
    made(client, order, "invoice")
    assert status(client, order) == "Billed"


def test_removing_a_fulfilment_puts_the_goods_back(client, query):
    item = stocked(client, "SOAP", 3)
    order = ordered(client, ("SOAP", 2))
    fulfilment = made(client, order, "itemFulfillment", shipStatus={"id": "C"})
    backwards = client.patch(fulfilment, json={"shipStatus": {"id": "A"}})
    assert "can not go back" in refusal(backwards)
    assert client.delete(fulfilment).status_code == 204
    assert (status(client, order), level(query, item)) == ("Pending Fulfillment", ["3", "2", "1", "0"])
    assert client.delete(order).status_code == 204
    assert level(query, item) == ["3", "0", "3", "0"]


def test_a_kit_commits_its_members_and_ships_as_lines_that_name_it(client, query):
    soap, tea = stocked(client, "SOAP", 5), stocked(client, "TEA", 4)
    members = [{"item": {"externalId": "SOAP"}, "quantity": 1}, {"item": {"externalId": "TEA"}, "quantity": 2}]
    client.put("/record/v1/kitItem/eid:SET", json={"itemId": "SET", "member": {"items": members}})
    order = ordered(client, ("SET", 3))
    assert (level(query, soap), level(query, tea)) == (["5", "3", "2", "0"], ["4", "4", "0", "2"])
    held = line(client, order)
    assert (held["quantityCommitted"], held["quantityBackOrdered"]) == (2.0, 1.0)
    fulfilment = made(client, order, "itemFulfillment", shipStatus={"id": "C"})
    shipped = [(each["itemName"], each["quantity"], each.get("kitMemberOf"))
               for each in read(client, fulfilment)["item"]["items"]]  # fmt: skip
    assert shipped == [("SET", 2.0, None), ("SOAP", 2.0, 1), ("TEA", 4.0, 1)]
    assert (level(query, soap), level(query, tea)) == (["3", "1", "2", "0"], ["0", "0", "0", "2"])
    assert query("SELECT item, quantity FROM kititemmember ORDER BY item") == [
        {"item": soap, "quantity": "1"}, {"item": tea, "quantity": "2"},
    ]  # fmt: skip
    components = query("SELECT item, quantity FROM transactionline tl JOIN transaction t ON t.id = tl.transaction"
                       " WHERE t.type = 'SalesOrd' AND kitcomponent = 'T' ORDER BY item")  # fmt: skip
    assert components == [{"item": soap, "quantity": "-3"}, {"item": tea, "quantity": "-6"}]


def test_an_upsert_by_external_id_makes_one_order(client, query):
    stocked(client, "SOAP", 3)
    body = {"entity": {"id": "501"}, "location": DAVENTRY,
            "item": {"items": [{"line": 1, "item": {"externalId": "SOAP"}, "quantity": 1, "rate": 5}]}}  # fmt: skip
    for _ in range(2):
        assert client.put("/record/v1/salesOrder/eid:TTS-576", json=body).status_code == 204
    assert query("SELECT externalid, foreigntotal, status FROM transaction WHERE type = 'SalesOrd'") == [
        {"externalid": "TTS-576", "foreigntotal": "5", "status": "B"}
    ]


@pytest.mark.parametrize(("rate", "discount", "total"), [("-1.50", -1.5, 8.5), ("-10%", -1.0, 9.0)])
def test_discounts_and_tax_details_count_in_the_total(client, rate, discount, total):
    stocked(client, "SOAP", 3)
    details = {"items": [{"taxDetailsReference": "1", "taxAmount": 2, "taxBasis": 10}]}
    order = ordered(client, ("SOAP", 2), discountRate=rate, taxDetailsOverride=True, taxDetails=details)
    body = read(client, order)
    assert (body["discountTotal"], body["taxTotal"], body["total"]) == (discount, 2.0, total + 2)
    assert read(client, made(client, order, "invoice"))["total"] == total + 2


def test_the_location_of_an_item_reads_its_quantities(client, live):
    item = stocked(client, "SOAP", 3)
    ordered(client, ("SOAP", 1))
    places = client.get(f"/record/v1/inventoryItem/{item}/locations", params={"expandSubResources": "true"}).json()
    assert [(each["locationId"], each["quantityAvailable"]) for each in places["items"]] == [(1, 2.0), (2, 0.0)]
    assert len(commitment.waiting(live.store)) == 1

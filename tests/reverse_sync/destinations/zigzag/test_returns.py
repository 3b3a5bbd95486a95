"""Returns in ZigZag: made once whatever reply is lost, labelled, taken back, and never written over."""

from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace

import pytest

from connectors.transport.errors import OutcomeUnknownError, RejectedError
from reverse_sync.destinations.zigzag.returns import ZigZagReturns, refuse_return
from reverse_sync.model import Change, Proposal

SHOP = "7495000000000000101"


@dataclass
class FakeZigZag:
    """An account; `lost` names a call that is done and whose reply never comes."""

    lost: str = ""
    doubled: str = ""
    rows: list = field(default_factory=list)
    calls: list = field(default_factory=list)
    errors: list = field(default_factory=list)

    def returns_by_reference(self, reference):
        return [row for row in self.rows if row["externalReturnRef"] == reference]

    def upsert_order(self, order):
        self._called("upsert_order", order)

    def open_return_order(self, order_number, retailer_code, skus):
        self._called("open_return_order")
        return {"returnOrderId": 7, "reasons": [{"reasonId": 3, "code": "size"}], "errors": self.errors}

    def create_return(self, body):
        lines = [{"sku": p["productSku"], "quantityRequested": p["quantity"]} for p in body["products"]]
        row = {
            **{"returnId": "Z1", "orderNumber": body["orderNumber"], "externalReturnRef": body["externalReturnRef"]},
            **{"status": "created", "shipments": [], "lines": lines},
        }
        self.rows.append(row)
        self._called("create_return", body)
        return [row]

    def record_label(self, return_id, tracking_number, carrier):
        row = next(row for row in self.rows if row["returnId"] == return_id)
        row["shipments"].append({"shipmentNumber": 9, "trackingNumber": tracking_number})
        row["status"] = "label_issued"
        self._called("record_label", carrier)

    def cancel_shipment(self, number):
        self.rows[0]["status"] = "cancelled"
        self._called("cancel_shipment")

    def cancel_return(self, return_id):
        self.rows[0]["status"] = "cancelled"
        self._called("cancel_return")

    def _called(self, name, body=None):
        self.calls.append((name, body))
        if self.doubled == name:
            codes = {"create_return": "duplicate_reference", "record_label": "label_exists"}
            raise RejectedError("it is there", vendor="zigzag", code=codes[name])
        if self.lost == name:
            self.lost = ""
            raise OutcomeUnknownError("no answer came", vendor="zigzag")

    def close(self):
        self.calls.clear()

    @property
    def names(self):
        return [name for name, _ in self.calls]


@pytest.fixture
def account():
    return FakeZigZag()


@pytest.fixture
def returns(account, monkeypatch):
    settings = SimpleNamespace(
        zigzag=SimpleNamespace(retailer_code="NORTH", placeholder_email="returns@north.example"),
        shop=lambda shop_id: SimpleNamespace(region="GB"),
    )
    destination = ZigZagReturns(account, settings)
    monkeypatch.setattr(destination, "_account", lambda: settings.zigzag)
    return destination


def desired(state="announced", **changed):
    return {
        **{"return_id": "r1", "order_id": "o1", "state": state, "reason_code": "size", "currency": "GBP"},
        **{"lines": [{"sku": "A", "quantity": 2}], "ordered_at": "2026-01-02T03:04:05"},
        "order_lines": [{"sku": "A", "price": "4.00"}, {"sku": "A", "price": "4.00"}, {"sku": "B", "price": "1.00"}],
        **({"tracking_number": "T1", "carrier": "Evri"} if state == "labelled" else {}),
        **changed,
    }


def change(*args, **kwargs):
    return Change("zigzag__returns", "r1", SHOP, desired(*args, **kwargs), "hash", "key")


def test_a_return_is_announced_under_tiktok_shops_id_with_its_order_and_no_buyer(returns, account):
    assert returns.write(change()) == "Z1"
    assert account.names == ["upsert_order", "open_return_order", "create_return"]
    order, created = account.calls[0][1], account.calls[2][1]
    assert [(line["sku"], line["quantity"], line["unitPrice"]) for line in order["lines"]] == [
        ("A", 2, "4.00"),
        ("B", 1, "1.00"),
    ]
    assert (order["shippingFirstName"], order["email"]) == ("TikTok Shop", "returns@north.example")
    assert created["products"][0]["returnReasonId"] == 3
    assert (created["externalReturnRef"], created["channel"]) == ("r1", "tiktok_shop")
    assert returns.read_back(change()).vendor_id == "Z1"


@pytest.mark.parametrize("lost", ["upsert_order", "create_return", "record_label"])
def test_a_lost_reply_makes_one_return_with_one_label(returns, account, lost):
    account.lost = lost
    with pytest.raises(OutcomeUnknownError):
        returns.write(change("labelled"))
    if returns.read_back(change("labelled")) is None:
        returns.write(change("labelled"))
    assert returns.read_back(change("labelled")).difference == ""
    assert (len(account.rows), len(account.rows[0]["shipments"])) == (1, 1)


@pytest.mark.parametrize("doubled", ["create_return", "record_label"])
def test_what_a_doubled_request_has_done_already_is_done(returns, account, doubled):
    account.doubled = doubled
    assert returns.write(change("labelled")) == "Z1"
    assert (len(account.rows), len(account.rows[0]["shipments"])) == (1, 1)


def test_an_announced_return_is_given_its_label_once_there_is_one(returns, account):
    returns.write(change())
    assert returns.read_back(change("labelled")) is None
    returns.write(change("labelled"))
    returns.write(change("labelled"))
    assert account.names.count("record_label") == 1


def test_a_parcel_without_a_carriers_name_has_its_number_all_the_same(returns, account):
    returns.write(change("labelled", carrier=None))
    assert account.calls[-1] == ("record_label", "other")


@pytest.mark.parametrize(("state", "call"), [("announced", "cancel_return"), ("labelled", "cancel_shipment")])
def test_what_is_over_before_it_was_posted_is_taken_back(returns, account, state, call):
    returns.write(change(state))
    assert returns.read_back(change("over")) is None
    returns.write(change("over"))
    assert account.names[-1] == call
    assert returns.read_back(change("over")).difference == ""


def test_what_is_on_its_way_stays(returns, account):
    returns.write(change("labelled"))
    account.rows[0]["status"] = "in_transit"
    returns.write(change("over"))
    assert "cancel_shipment" not in account.names


@pytest.mark.parametrize(
    ("field_changed", "value", "reason"),
    [
        ("orderNumber", "o9", "of order o9"),
        ("lines", [{"sku": "B", "quantityRequested": 2}], "expected {'A': 2}"),
    ],
)
def test_what_zigzag_holds_otherwise_is_not_written_over(returns, account, field_changed, value, reason):
    returns.write(change())
    account.rows[0][field_changed] = value
    with pytest.raises(RejectedError, match=reason) as caught:
        returns.write(change("labelled"))
    assert caught.value.code == "EDITED"
    assert reason in returns.read_back(change("labelled")).difference
    assert "record_label" not in account.names


def test_a_reason_that_zigzag_does_not_have_names_those_it_has(returns, account):
    with pytest.raises(RejectedError, match="it has size") as caught:
        returns.write(change(reason_code="colour"))
    assert (caught.value.code, account.rows) == ("NO_REASON", [])


def test_goods_that_cannot_be_returned_are_said(returns, account):
    account.errors = [{"sku": "A", "code": "not_returnable"}]
    with pytest.raises(RejectedError, match="not_returnable"):
        returns.write(change())
    assert account.rows == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, ""),
        ({"state": "over", "lines": []}, ""),
        ({"state": "lost"}, "expected a state"),
        ({"return_id": ""}, "expected return_id"),
        ({"lines": []}, "expected lines"),
        ({"lines": [{"sku": "A", "quantity": 0}]}, "expected lines"),
        ({"state": "labelled"}, "expected a tracking number"),
    ],
)
def test_a_return_that_says_too_little_is_refused(make_settings, changed, reason):
    proposal = Proposal("zigzag__returns", "r1", SHOP, desired() | changed, "hash", Decimal(0), "GBP")
    refused = refuse_return(make_settings(), proposal)
    assert reason in refused if reason else refused == ""

"""Returned units in Linnworks: what is booked and taken in, what is refused, and how an unknown outcome is settled."""

from copy import deepcopy
from dataclasses import dataclass, field

import pytest
from pydantic import SecretStr

from connectors.transport.errors import OutcomeUnknownError, RejectedError, TransientError
from reverse_sync.destinations.linnworks.restocks import LinnworksRestocks, refuse_restock
from reverse_sync.model import Change, Observation, Proposal
from tieout.settings import Linnworks

ORDER, SHOP, RETURN = "576812345678901234", "7495000000000000202", "4035227007614292567"
ACCOUNT = Linnworks(token=SecretStr("only-for-tests"), shops={SHOP: "Shop US"})
DESIRED = {
    **{"location": "Default", "lines": [{"quantity": 2, "sku": "A"}], "order_id": ORDER, "return_id": RETURN},
    "returns_of_order": [RETURN, "another return", "another"],
}


@dataclass
class Page:
    rows: list


@dataclass
class FakeBook:
    """Books every return that it is asked to, as Linnworks does; loses the answers named in `losing`."""

    orders: list[dict] = field(default_factory=list)
    bookings: list[dict] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    losing: set[str] = field(default_factory=set)
    fails: BaseException | None = None
    comes_twice: bool = False
    leaves_out: bool = False
    shows_late: bool = False

    def locations(self):
        places = {"Default": "place-1", "Annex": "place-2"}
        return Page([{"LocationName": name, "StockLocationId": id} for name, id in places.items()])

    def orders_by_reference(self, reference):
        return [deepcopy(row) for row in self.orders if row["GeneralInfo"]["ReferenceNum"] == reference]

    def returns_of_order(self, order_id):
        shown = [] if self.shows_late and self.asked else self.bookings
        return [deepcopy(row) for row in shown if row["OrderId"] == order_id]

    def book_return(self, order_id, lines, *, reference):
        self.asked.append("book")
        lines = lines[:-1] if self.leaves_out else lines
        self.bookings.append(booking(len(self.bookings) + 1, *lines, order_id=order_id, reference=reference))
        if self.comes_twice:
            raise RejectedError("ReturnQuantity 2 is more than the 1 that can still be returned", vendor="linnworks")
        if "book" in self.losing:
            raise OutcomeUnknownError("sent, but no complete reply")
        return str(self.bookings[-1]["RMAHeaderId"])

    def action_return(self, order_id, return_id):
        self.asked.append("action")
        if self.fails:
            raise self.fails
        held = next(row for row in self.bookings if str(row["RMAHeaderId"]) == return_id)
        assert (held["OrderId"], held["Actioned"]) == (order_id, False)
        held["Actioned"] = True
        if self.comes_twice:
            raise RejectedError("Return is already actioned", vendor="linnworks")
        if "action" in self.losing:
            raise OutcomeUnknownError("sent, but no complete reply")

    def close(self):
        self.orders.clear()


def booking(number, *lines, order_id="id-1", reference=RETURN, actioned=False):
    kept = [dict(line) for line in lines]
    header = {"RMAHeaderId": number, "OrderId": order_id, "ExternalReference": reference, "Actioned": actioned}
    return {**header, "RMALines": kept}


def line(row_id="id-1.1", quantity=2, *, place="place-1", **more):
    return {"OrderItemRowId": row_id, "ReturnLocation": place, "ReturnQuantity": quantity, "ScrapQuantity": 0, **more}


def order(order_id="id-1", *items, processed=True, cancelled=False, number=100001, sub_source="Shop US"):
    rows = [
        {"RowId": f"{order_id}.{n}", "ChannelSKU": sku, "SKU": f"own {sku}", "Quantity": quantity}
        for n, (sku, quantity) in enumerate(items or (("A", 3), ("B", 1)), 1)
    ]
    general = {"Source": "TIKTOK", "SubSource": sub_source, "ReferenceNum": ORDER, "HoldOrCancel": cancelled}
    return {"OrderId": order_id, "NumOrderId": number, "Processed": processed, "GeneralInfo": general, "Items": rows}


def change(*lines, **more):
    wanted = {"lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines]} if lines else {}
    return Change("linnworks__restocks", RETURN, SHOP, {**DESIRED, **wanted, **more}, "hash", "key-of-the-intent")


@pytest.fixture
def book():
    return FakeBook([order()])


@pytest.fixture
def restocks(book):
    return LinnworksRestocks(book, ACCOUNT)


def refusal(restocks, wanted):
    with pytest.raises(RejectedError) as caught:
        restocks.write(wanted)
    return caught.value.code, caught.value.message


def test_a_return_is_booked_under_its_id_at_its_location_and_actioned(restocks, book):
    assert restocks.write(change(("A", 2), ("B", 1))) == "1"
    [held] = book.bookings
    assert (held["ExternalReference"], held["Actioned"], book.asked) == (RETURN, True, ["book", "action"])
    booked = [(row["OrderItemRowId"], row["ReturnQuantity"], row["ScrapQuantity"]) for row in held["RMALines"]]
    assert booked == [("id-1.1", 2, 0), ("id-1.2", 1, 0)]
    assert {row["ReturnLocation"] for row in held["RMALines"]} == {"place-1"}
    assert {row["RefundAmount"] for row in held["RMALines"]} == {0}
    assert restocks.read_back(change(("A", 2), ("B", 1))) == Observation("1")


def test_a_second_run_writes_nothing(restocks, book):
    assert restocks.write(change()) == restocks.write(change()) == "1"
    assert (len(book.bookings), book.asked) == (1, ["book", "action"])


def test_what_a_doubled_request_has_done_already_is_done(restocks, book):
    book.comes_twice = True
    assert restocks.write(change()) == "1"
    assert restocks.read_back(change()) == Observation("1")
    assert book.asked == ["book", "action"]


@pytest.mark.parametrize("actioned", [True, False])
def test_units_that_a_person_booked_under_no_returns_id_are_not_booked_again(restocks, book, actioned):
    book.bookings = [booking(7, line("id-1.1", 1), reference="back from buyer", actioned=actioned)]
    code, message = refusal(restocks, change(("A", 1)))
    assert code == "BOOKED_BY_HAND" and "booking 7 in Linnworks, reference back from buyer" in message
    assert book.asked == []
    assert restocks.write(change(("B", 1))) == "2"
    book.bookings = [booking(7, line("id-1.1", 1), actioned=actioned)]
    assert restocks.write(change(("A", 1))) == "7"
    assert len(book.bookings) == 1


def test_two_bookings_under_one_return_are_named_and_not_actioned(restocks, book):
    book.bookings = [booking(7, line("id-1.1", 1)), booking(8, line("id-1.1", 1))]
    code, message = refusal(restocks, change(("A", 1)))
    assert (code, "(booking 7,8)" in message, book.asked) == ("EDITED", True, [])


def test_a_booking_whose_answer_was_lost_is_actioned_and_not_made_again(restocks, book):
    book.losing = {"book"}
    with pytest.raises(OutcomeUnknownError):
        restocks.write(change())
    assert restocks.read_back(change()) is None
    assert restocks.write(change()) == "1"
    assert (len(book.bookings), book.asked) == (1, ["book", "action"])


def test_an_action_whose_answer_was_lost_is_found_done(restocks, book):
    book.losing = {"action"}
    with pytest.raises(OutcomeUnknownError):
        restocks.write(change())
    assert restocks.read_back(change()) == Observation("1")
    assert book.asked == ["book", "action"]


@pytest.mark.parametrize("fails", [TransientError("busy"), KeyboardInterrupt()], ids=["put off", "killed"])
def test_a_run_that_ends_between_booking_and_action_leaves_one_booking_to_the_next_run(restocks, book, fails):
    book.fails = fails
    with pytest.raises(type(fails)):
        restocks.write(change())
    book.fails = None
    assert LinnworksRestocks(book, ACCOUNT).read_back(change()) is None
    assert LinnworksRestocks(book, ACCOUNT).write(change()) == "1"
    assert [row["Actioned"] for row in book.bookings] == [True]


def test_a_booking_that_is_not_shown_yet_is_in_doubt(restocks, book):
    book.shows_late = True
    with pytest.raises(OutcomeUnknownError, match="not shown yet"):
        restocks.write(change())
    assert book.asked == ["book"]


def test_a_booking_that_left_a_line_out_is_not_actioned(restocks, book):
    book.leaves_out = True
    code, message = refusal(restocks, change(("A", 2), ("B", 1)))
    assert code == "EDITED" and message.endswith("B")
    assert book.asked == ["book"]


@pytest.mark.parametrize(
    "rows",
    [
        [line(quantity=1)],
        [line(quantity=2, ScrapQuantity=1)],
        [line(place="place-2")],
        [line(), line("id-1.2", 1)],
        [line("of-another-order", ReturnItemSKU="Z")],
        [],
    ],
)
def test_other_units_under_the_return_are_reported_and_never_corrected(restocks, book, rows):
    book.bookings = [booking(7, *rows)]
    assert restocks.read_back(change()) is None
    assert refusal(restocks, change())[0] == "EDITED"
    book.bookings[0]["Actioned"] = True
    seen = restocks.read_back(change())
    assert seen.vendor_id == "7" and "other units, or another location" in seen.difference
    assert book.asked == []


def test_a_line_that_was_taken_off_a_booking_does_not_count(restocks, book):
    book.bookings = [booking(7, line(), line("id-1.2", 1, Deleted=True), actioned=True)]
    assert restocks.read_back(change()) == Observation("7")


def test_nothing_is_read_back_where_linnworks_holds_no_such_return(restocks, book):
    book.bookings = [booking(7, line(), reference="another return", actioned=True)]
    assert restocks.read_back(change()) is None
    book.orders.clear()
    assert restocks.read_back(change()) is None


def test_units_are_taken_from_every_line_of_the_sku_that_has_some_left(restocks, book):
    book.orders = [order("id-1", ("A", 1), ("A", 2), ("A", 1))]
    book.bookings = [booking(7, line("id-1.1", 1), reference="another return")]
    restocks.write(change(("A", 3)))
    assert [(row["OrderItemRowId"], row["ReturnQuantity"]) for row in book.bookings[1]["RMALines"]] == [
        ("id-1.2", 2),
        ("id-1.3", 1),
    ]


def test_a_line_is_known_by_linnworks_own_sku_too(restocks, book):
    restocks.write(change(("own A", 1)))
    assert [row["OrderItemRowId"] for row in book.bookings[0]["RMALines"]] == ["id-1.1"]
    assert restocks.read_back(change(("own A", 1))) == Observation("1")


def test_of_a_split_order_the_part_that_has_the_units_takes_them_back(restocks, book):
    book.orders = [order("id-2", ("A", 3), number=100002), order("id-1", ("B", 1))]
    restocks.write(change())
    assert book.bookings[0]["OrderId"] == "id-2"
    code, message = refusal(restocks, change(("A", 1), ("B", 1), return_id="another"))
    assert code == "NOT_IN_ORDER" and "order 100001 has no SKU A" in message and "order 100002 has no SKU B" in message
    book.bookings += [booking(8, line("id-1.1", 1), reference="another", actioned=True)]
    book.bookings += [booking(9, line("id-2.1", 1), order_id="id-2", reference="another", actioned=True)]
    assert restocks.write(change(("A", 1), ("B", 1), return_id="another")) == "8,9"


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([("Z", 1)], "order 100001 has no SKU Z"),
        ([("A", 4)], "order 100001 has 3 of 4 units of A left to return"),
        ([("A", 1), ("B", 2), ("Z", 1)], "1 of 2 units of B left to return and no SKU Z"),
    ],
)
def test_units_that_the_order_does_not_have_are_named_and_not_booked(restocks, book, lines, text):
    code, message = refusal(restocks, change(*lines))
    assert code == "NOT_IN_ORDER" and text in message
    assert book.asked == []


@pytest.mark.parametrize(
    "held", [[], [order(processed=False)], [order(cancelled=True)], [order(sub_source="Another shop")]]
)
def test_only_an_order_of_this_shop_that_was_processed_takes_units_back(restocks, book, held):
    book.orders = held
    code, message = refusal(restocks, change())
    assert code == "NO_ORDER" and ORDER in message
    assert book.asked == []


def test_a_location_is_known_by_its_name_whatever_its_case(restocks, book):
    restocks.write(change(location="ANNEX"))
    assert book.bookings[0]["RMALines"][0]["ReturnLocation"] == "place-2"
    code, message = refusal(restocks, change(location="Nowhere"))
    assert code == "NO_LOCATION" and "location Nowhere" in message


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, ""),
        ({"lines": []}, "has no lines"),
        ({"lines": [{"sku": "A", "quantity": 0}]}, "quantity 0 of A"),
        ({"lines": [{"sku": "A", "quantity": 1000}]}, "quantity 1000 of A"),
        ({"lines": [{"sku": "A", "quantity": "2"}]}, "quantity '2' of A"),
        ({"lines": [{"sku": "A", "quantity": True}]}, "quantity True of A"),
        ({"lines": [{"sku": "", "quantity": 1}]}, "lacks its SKU"),
        ({"return_id": ""}, "lacks its return_id"),
        ({"order_id": None}, "lacks its order_id"),
        ({"location": ""}, "lacks its location"),
    ],
)
def test_what_must_never_go_out_is_refused_whatever_the_model_says(make_settings, changes, text):
    settings = make_settings().model_copy(update={"linnworks": ACCOUNT})
    proposal = Proposal("linnworks__restocks", RETURN, SHOP, {**DESIRED, **changes}, "hash", 0, "USD")
    assert (refuse_restock(settings, proposal) == "") if not text else (text in refuse_restock(settings, proposal))
    other = Proposal("linnworks__restocks", RETURN, "1", DESIRED, "hash", 0, "USD")
    assert "shop 1 is not in Linnworks" in refuse_restock(settings, other)

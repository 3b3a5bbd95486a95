"""Whatever JSON a vendor sends, a reader either takes a page whole, row by row, or refuses it with one error.

Each vendor's reply is damaged a few hundred times; with MUTANTS=20000 in the environment, as often as that.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from connectors.linnworks import errors as linnworks_errors
from connectors.linnworks.client import LinnworksClient
from connectors.netsuite import errors as netsuite_errors
from connectors.netsuite.client import NetSuiteClient
from connectors.newstore import errors as newstore_errors
from connectors.newstore.client import NewStoreClient
from connectors.tiktok_shop import errors as tiktok_errors
from connectors.tiktok_shop.client import TikTokShopClient
from connectors.transport.errors import ConnectorError
from connectors.transport.messages import Call, Reply
from connectors.zigzag import errors as zigzag_errors
from connectors.zigzag.client import ZigZagClient
from ingestion.load_context import Origin, Reading, id_of, instant_in, valid_versions
from ingestion.quarantine import Quarantine
from ingestion.raw import create_raw_tables
from ingestion.versions import Version, to_table
from tests.support.hostile_json import MARK, STRANGE, UNUSABLE, with_damaged_bytes, with_value, written

MUTANTS = int(os.environ.get("MUTANTS", "400"))
AT = datetime(2026, 1, 10, 12, tzinfo=UTC)
SHOP = "7495000000000000101"

ORDERS = [
    {
        "id": str(576461413000000000 + number),
        "status": "AWAITING_SHIPMENT",
        "create_time": 1_768_000_000,
        "update_time": 1_768_000_100 + number,
        "payment": {"currency": "GBP", "total_amount": "12.30", "tax": "2.05"},
        "line_items": [{"id": f"{number}-1", "seller_sku": "GROC-1", "sale_price": "12.30", "is_gift": False}],
        "recipient_address": {"full_address": "1 High Street", "district_info": [{"address_name": "Leeds"}]},
    }
    for number in range(3)
]
ITEMS = [
    {
        "OrderId": f"00000000-0000-4000-8000-00000000000{number}",
        "Processed": False,
        "GeneralInfo": {"ReferenceNum": f"57646141300000000{number}", "HoldOrCancel": False},
        "TotalsInfo": {"TotalCharge": 12.3, "Tax": 2.05},
        "Items": [{"SKU": "GROC-1", "Quantity": 1, "PricePerUnit": 12.3, "CompositeSubItems": []}],
    }
    for number in range(3)
]
RETURNS = [
    {
        "returnId": f"R00010000{number}",
        "externalReturnRef": f"403531850408660400{number}",
        "status": "graded",
        "updatedAt": "2026-01-10T12:00:00Z",
        "shipments": [{"shipmentNumber": 900_001, "events": [{"code": "collected", "at": "2026-01-09T12:00:00Z"}]}],
        "lines": [{"lineId": "1", "sku": "GROC-1", "quantityRequested": 1, "quantityReceived": 1, "images": []}],
        "refund": {"status": "ready", "amount": "12.30", "currency": "GBP"},
    }
    for number in range(3)
]
JOURNALS = [
    {"links": [], "id": str(number + 10), "externalid": f"TTS-{number}", "exchangerate": 1.25, "memo": "January"}
    for number in range(3)
]


TILLS = [
    {
        "id": f"7b6f2f7e-0000-4000-8000-00000000000{number}",
        "orderId": "n-1",
        "isBlind": False,
        "returnedAt": "2026-01-10T12:00:00",
        "currency": "GBP",
        "totalRefundAmount": 12.3,
        "items": {"nodes": [{"id": "1", "productId": "GROC-1", "quantity": 1, "refundAmount": 12.3}]},
    }
    for number in range(3)
]


@dataclass
class OneReply:
    """An API that answers every call with the same bytes, checked as the vendor's are."""

    content: bytes
    check: Callable[[Reply], ConnectorError | None]

    def send(self, call: Call) -> Reply:
        reply = Reply("vendor", call, 200, {}, self.content, AT)
        if error := self.check(reply):
            raise error
        return reply


@dataclass(frozen=True)
class Reader:
    """How a vendor's page is made and read, and what its records are called."""

    rows: list[dict[str, Any]]
    body: Callable[[list[Any]], Any]
    read: Callable[[bytes], list[Any]]
    key: str = "id"


def read_tiktok(content: bytes) -> list[Any]:
    client = TikTokShopClient(OneReply(content, tiktok_errors.classify_reply))
    client._requester._shops = {SHOP: SimpleNamespace(cipher="C")}
    return [row for page in client.search_orders(SHOP, updated_from=None) for row in page.rows]


def read_linnworks(content: bytes) -> list[Any]:
    sessions = SimpleNamespace(current=lambda: "T https://eu.example")
    api = OneReply(content, lambda reply: linnworks_errors.classify_reply(reply, sessions_renew=True))
    client = LinnworksClient(sessions, lambda server: api)
    return client._some_orders(["1"])[0]


def read_netsuite(content: bytes) -> list[Any]:
    client = NetSuiteClient(OneReply(content, netsuite_errors.classify_reply))
    return [row for page in client.suiteql("SELECT 1 ORDER BY 1") for row in page.rows]


def read_newstore(content: bytes) -> list[Any]:
    api = OneReply(content, newstore_errors.classify_reply)
    client = NewStoreClient(api, SimpleNamespace(), SimpleNamespace(now=lambda: AT))  # type: ignore[arg-type]
    return client.returns_of_orders(["n-1"]).rows


def read_zigzag(content: bytes) -> list[Any]:
    client = ZigZagClient(OneReply(content, zigzag_errors.classify_reply))
    return [row for page in client.returns(updated_from=None) for row in page.rows]


READERS = {
    "tiktok_shop": Reader(
        ORDERS,
        lambda rows: {"code": 0, "message": "Success", "data": {"orders": rows, "total_count": len(rows)}},
        read_tiktok,
    ),
    "linnworks": Reader(ITEMS, lambda rows: rows, read_linnworks, "OrderId"),
    "zigzag": Reader(
        RETURNS,
        lambda rows: {"page": 1, "pageSize": 100, "totalCount": len(rows), "returns": rows},
        read_zigzag,
        "returnId",
    ),
    "newstore": Reader(
        TILLS, lambda rows: {"data": {"returns": {"totalCount": len(rows), "nodes": rows}}}, read_newstore
    ),
    "netsuite": Reader(
        JOURNALS, lambda rows: {"items": rows, "totalResults": len(rows), "hasMore": False}, read_netsuite
    ),
}


@dataclass
class Outcome:
    """What became of one page."""

    versions: list[Version]
    aside: list[dict[str, Any]]
    rows: int

    @property
    def landed(self) -> dict[str, bytes | None]:
        return {version.id: version.payload for version in self.versions}


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        create_raw_tables(connection)
        yield connection


def checked(warehouse, reader: Reader, content: bytes) -> Outcome:
    """Return what a page becomes.

    Raises:
        ConnectorError: when it cannot be read at all.
    """
    found = [{**row, "id": row.get(reader.key)} for row in reader.read(content)]
    quarantine = Quarantine(warehouse)
    run = SimpleNamespace(system="vendor", quarantine=quarantine)
    origin = Origin("orders", AT, SHOP)
    versions = list(
        valid_versions(run, origin, found, reading=Reading(), updated_at=instant_in("update_time"))  # type: ignore[arg-type]
    )
    assert to_table(versions, "load").num_rows == len(versions)
    aside = [json.loads(version.payload or b"") for version in quarantine._rejected.values()]
    assert to_table(list(quarantine._rejected.values()), "load").num_rows == len(aside)
    return Outcome(versions, aside, len(found))


def landed(warehouse, reader: Reader) -> dict[str, bytes | None]:
    return checked(warehouse, reader, written(reader.body(reader.rows))).landed


@pytest.mark.parametrize("vendor", READERS)
@pytest.mark.parametrize("text", UNUSABLE, ids=lambda text: text[:20])
def test_a_value_that_cannot_be_used_quarantines_its_record_and_no_other(warehouse, vendor, text):
    reader = READERS[vendor]
    whole = landed(warehouse, reader)
    bad = {**reader.rows[1], "extra": {"sizes": [1, MARK + text]}}
    outcome = checked(warehouse, reader, written(reader.body([reader.rows[0], bad, reader.rows[2]])))
    sound = {row[reader.key] for row in (reader.rows[0], reader.rows[2])}
    assert outcome.landed == {key: payload for key, payload in whole.items() if key in sound}
    (aside,) = outcome.aside
    assert aside["record_id"] == reader.rows[1][reader.key]
    assert aside["field"].startswith("extra.sizes[1]")
    assert aside["value"] and aside["reason"] and aside["remedy"]
    assert len(aside["value"]) <= 80


@pytest.mark.parametrize("vendor", READERS)
@pytest.mark.parametrize("row", [None, 1, "text", [], [1], True])
def test_a_row_that_is_no_object_is_quarantined_and_no_other(warehouse, vendor, row):
    reader = READERS[vendor]
    outcome = checked(warehouse, reader, written(reader.body([*reader.rows, row])))
    assert outcome.landed == landed(warehouse, reader)
    assert [aside["field"] for aside in outcome.aside] == ["id"]


@pytest.mark.parametrize("vendor", READERS)
@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\nb", "\uff11\uff12", None, [], {}, True])
def test_a_record_whose_id_can_be_none_is_quarantined(warehouse, vendor, key):
    reader = READERS[vendor]
    rows = [reader.rows[0], {**reader.rows[1], reader.key: key}]
    outcome = checked(warehouse, reader, written(reader.body(rows)))
    assert set(outcome.landed) == {reader.rows[0][reader.key]}
    assert [aside["field"] for aside in outcome.aside] == ["id"]


@pytest.mark.parametrize("vendor", READERS)
def test_no_mutant_of_a_page_crashes_its_reader_or_loads_in_part(warehouse, vendor):
    reader = READERS[vendor]
    random = Random(f"{vendor}/{MUTANTS}")
    whole = landed(warehouse, reader)
    content = written(reader.body(reader.rows))
    for number in range(MUTANTS):
        rows = deepcopy(reader.rows)
        if number % 2:
            mutant, sound = with_damaged_bytes(content, random), set()
        else:
            at = random.randrange(len(rows))
            rows[at] = with_value(rows[at], random, random.choice(UNUSABLE + STRANGE))
            mutant, sound = (
                written(reader.body(rows)),
                {row[reader.key] for row in reader.rows} - {reader.rows[at][reader.key]},
            )
        try:
            outcome = checked(warehouse, reader, mutant)
        except ConnectorError:
            assert not sound, mutant[:2_000]
            continue
        assert len(outcome.versions) + len(outcome.aside) == outcome.rows, mutant[:2_000]
        assert all(outcome.landed.get(key) == whole[key] for key in sound), mutant[:2_000]


def test_ids_of_rows_are_text_that_can_be_one():
    assert id_of({"id": 7}) == id_of({"id": " 7 "}) == "7"
    assert id_of({"id": "a\u200bb"}) == id_of({"id": "\u0667"}) == id_of({"id": "7" * 256}) == id_of({"id": None}) == ""

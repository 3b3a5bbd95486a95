"""Contradictions: a known id that comes with another business key. Such a file is quarantined, never merged.

Belongs here: comparing a record with the one that is known under its id. Does not: what its id is (records).

A repetition is: an advice of the same day with at least the same SKUs, whose parcels or whose units are still those (a
number may be corrected, a unit may be found missing, but not both at once: that is another parcel); a snapshot with
the same content; an acknowledgement, unless it takes back that a message was accepted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import duckdb
import orjson

from connectors.gxo.errors import X12Error
from ingestion.gxo.records import Record

_LATEST = """
select id, arg_max(payload, observed_at)
from raw_gxo.{entity}
where id in (select unnest($ids)) and not is_deleted
group by id
"""
_ELEMENTS = {"shipping_advices": 4, "stock_snapshots": 3, "functional_acknowledgements": 2}

Payload = Mapping[str, Any]


class KnownRecords:
    """The latest version of each record that this load concerns."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Start empty; records are read from raw when needed."""
        self._connection = connection
        self._payloads: dict[tuple[str, str], Payload] = {}

    def look_up(self, records: Iterable[Record]) -> None:
        """Read these records from raw; versions of this load take precedence."""
        wanted: dict[str, set[str]] = {}
        for record in records:
            if record.entity in _RULES and (record.entity, record.payload["id"]) not in self._payloads:
                wanted.setdefault(record.entity, set()).add(record.payload["id"])
        for entity, ids in wanted.items():
            query = _LATEST.format(entity=entity)  # one of our own names
            found = self._connection.execute(query, {"ids": sorted(ids)}).fetchall()
            self._payloads |= {(entity, id_): orjson.loads(payload) for id_, payload in found}

    def accept(self, records: Iterable[Record]) -> None:
        """Take a file's records as the latest versions, all of them or none.

        Raises:
            X12Error: at the first that contradicts what is known under its id.
        """
        added: dict[tuple[str, str], Payload] = {}
        for record in records:
            if rule := _RULES.get(record.entity):
                key = (record.entity, record.payload["id"])
                before = added.get(key) or self._payloads.get(key)
                if before and (reason := rule(before, record.payload)):
                    raise _fault(record, reason)
                added[key] = record.payload
        self._payloads |= added


def _fault(record: Record, reason: str) -> X12Error:
    return record.head.fault(reason, _ELEMENTS[record.entity])


def _advice(before: Payload, now: Payload) -> str:
    name = f"shipment {now['shipment_id']} of order {now['order_number']}"
    units_before, units = _units(before), _units(now)
    if not units_before:
        return ""
    if before["ship_date"] != now["ship_date"]:
        return f"{name} came before with day {before['ship_date']}, now {now['ship_date']}"
    if missing := sorted(units_before.keys() - units.keys() - _mentioned(now)):
        return f"{name} came before with {', '.join(missing[:3])}, which is not in it now"
    numbers_before, numbers = _numbers(before), _numbers(now)
    if units_before != units and numbers_before and numbers and not numbers_before & numbers:
        return f"{name} came before with other units in parcels of other numbers"
    return ""


def _units(advice: Payload) -> Counter[str]:
    units: Counter[str] = Counter()
    for line in advice["lines"]:
        units[line["sku"]] += line["shipped"]
    return +units


def _mentioned(advice: Payload) -> set[str]:
    return {line["sku"] for line in advice["lines"]}


def _numbers(advice: Payload) -> set[str]:
    return {number for carton in advice["cartons"] for number in carton["tracking_numbers"]}


def _snapshot(before: Payload, now: Payload) -> str:
    if before["content"] == now["content"]:
        return ""
    return f"snapshot {now['reference']} of {now['at']} came before with other quantities"


def _acknowledgement(before: Payload, now: Payload) -> str:
    if before["status"] in ("A", "E", "P") and now["status"] not in ("A", "E", "P"):
        return f"group {now['group_control_number']} was accepted before ({before['status']}), now {now['status']}"
    return ""


_RULES: dict[str, Callable[[Payload, Payload], str]] = {
    "shipping_advices": _advice,
    "stock_snapshots": _snapshot,
    "functional_acknowledgements": _acknowledgement,
}

"""What grades.csv says of units that a portal received, and when their parcels were first seen.

Belongs here: rows of a portal with the map's, and what is made of both. Does not: the portal's own words (unit tests
beside its models).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion.raw import create_raw_tables
from orchestration.accelerator.lineage import models_before
from orchestration.accelerator.replay import build_models
from tests.support.rebuilds import Payload, Row, land, open_made
from tieout.reading import Reading

TABLE = "intermediate.int_returns__portal_returns"
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def _returned(key: str, events: list[tuple[str, str]], **line: str | int) -> Row:
    scans = [{"code": code, "at": f"2026-01-{day}T10:00:00Z"} for code, day in events]
    shipment = {"shipmentNumber": 1, "trackingNumber": f"T-{key}", "status": "in_transit", "events": scans}
    lines = [{"lineId": "1", "sku": "A", "quantityRequested": 1, "quantityReceived": 1} | line]
    payload: Payload = {"status": "graded", "createdAt": "2026-01-05T10:00:00Z", "updatedAt": "2026-02-05T10:00:00Z"}
    return Row("raw_zigzag.returns", key, payload | {"shipments": [shipment], "lines": lines})


def _grade(
    key: str, condition: str, *, is_sellable: str, since: str = "", until: str = "", system: str = "zigzag"
) -> Row:
    codes = {"system": system, "condition": condition, "disposition": "restock", "is_sellable": is_sellable}
    return Row("raw_config.grades", key, codes | {"valid_from": since, "valid_to": until})


def test_a_grade_is_what_the_map_said_on_its_day_unknown_without_a_row_and_none_for_an_empty_box(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path))
    graded = {"condition": "B", "disposition": "restock"}
    delivered = [("label_created", "01"), ("collected", "02"), ("delivered", "05"), ("delivered", "06")]
    rows = [
        _returned("early", delivered, gradedAt="2026-01-31T10:00:00Z", **graded),
        _returned("late", [("label_created", "01")], gradedAt="2026-02-01T10:00:00Z", **graded),
        _returned("mistyped", [], gradedAt="2026-02-01T10:00:00Z", condition="b", disposition="restock"),
        _returned("waiting", []),
        _returned("empty", [], quantityReceived=0),
        _returned("missing", [], quantityReceived=0, gradedAt="2026-02-01T10:00:00Z", condition="F"),
        _grade("1", "B", is_sellable="yes", until="2026-01-31"),
        _grade("2", "B", is_sellable="no", since="2026-02-01"),
        _grade("3", "b", is_sellable="yes", system="other"),
    ]
    with open_made(tmp_path) as warehouse:
        create_raw_tables(warehouse)
    land(tmp_path, rows, NOW)
    build_models(Reading(home=tmp_path, config_dir=tmp_path), models_before(tmp_path, TABLE))
    with open_made(tmp_path) as warehouse:
        found = warehouse.execute(
            "select portal_return_id, sellable_units, unsellable_units, unknown_grades, is_graded,"
            f" day(first_scan_at), day(delivered_at) from {TABLE} order by portal_return_id"
        ).fetchall()
    assert found == [
        ("early", 1, 0, 0, True, 2, 5),
        ("empty", 0, 0, 0, True, None, None),
        ("late", 0, 1, 0, True, None, None),
        ("missing", 0, 0, 0, True, None, None),
        ("mistyped", 0, 0, 1, True, None, None),
        ("waiting", 0, 0, 0, False, None, None),
    ]

"""What can be claimed is listed by its time; the evidence of one case is a file with a source and a time per row."""

from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pytest
import typer
from typer.testing import CliRunner

from orchestration.cli import query_commands
from orchestration.warehouse.claims import claim_rows, write_claim
from orchestration.warehouse.publish import publish
from tests.orchestration.explain.test_explain import put
from tieout.errors import DataError

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def settings(make_settings, warehouse):
    settings = make_settings()
    put(warehouse, "audit.coverage", system="tiktok_shop", shop_id="S", window_to=AT)
    for code, kind, id, due in (
        ("FIN-18", "order", "A", None),
        ("RET-12", "return", "R2", datetime(2026, 2, 1, tzinfo=UTC)),
        ("RET-11", "return", "R1", datetime(2026, 1, 9, tzinfo=UTC)),
        ("RET-01", "return", "R1", AT),
    ):
        of_it = {"code": code, "shop_id": "S", "entity_type": kind, "entity_id": id, "severity": "S3", "owner": "FIN"}
        put(warehouse, "exceptions.open", **of_it, due_at=due, first_seen_at=AT, money_at_risk_amount=9, currency="GBP")
    for id, order in (("R1", "A"), ("R2", "B")):
        put(
            warehouse, "operations.returns", return_id=id, order_id=order, shop_id="S", requested_at=AT, refund_amount=9
        )
        put(warehouse, "operations.orders", order_id=order, shop_id="S", total_amount=Decimal("19.95"), created_at=AT)
        put(
            warehouse,
            "finance.order_lines",
            order_id=order,
            order_line_id=f"{order}1",
            shop_id="S",
            product_name="=1+1",
            created_at=AT,
        )
        put(
            warehouse,
            "finance.payout_lines",
            order_id=order,
            shop_id="S",
            fee_key="refund",
            amount=-9,
            statement_at=AT,
        )
        photos = {"event_name": "asked", "image_urls": [f"https://photos.example/{id}.jpg"]}
        event = {"return_id": id, "order_id": order, "shop_id": "S", "happened_at": AT}
        put(warehouse, "operations.return_events", **event, source="TikTok Shop", detail="too small", **photos)
        put(warehouse, "operations.return_events", **event, source="tieout", event_name="sent", detail='{"secret": 1}')
    publish(settings, warehouse)
    return settings


def test_claims_are_listed_by_their_time_and_nothing_else_is(settings):
    found = [(row["code"], row["entity_id"]) for row in claim_rows(settings, shop=None)]
    assert found == [("RET-11", "R1"), ("RET-12", "R2"), ("FIN-18", "A")]


@pytest.mark.parametrize("id", ["R1", "A"])
def test_the_evidence_of_a_case_is_one_file_of_that_case_alone(settings, tmp_path, id):
    written = write_claim(settings, id, to=tmp_path / "claims", force=False)
    book = openpyxl.load_workbook(tmp_path / "claims" / f"claim-{id}.xlsx")
    assert [row["sheet"] for row in written] == book.sheetnames
    sheets = {sheet.title: [[cell.value for cell in row] for row in sheet.rows] for sheet in book}
    for name, (header, *rows) in sheets.items():
        assert header[:2] == ["source", "at"]
        assert rows and all(row[:2] != [None, None] for row in rows), name
        assert all(row[1] == "2026-01-05 12:00:00 UTC" for row in rows if name != "parcels")
    assert sheets["order"][1][sheets["order"][0].index("total_amount")] == 19.95
    assert [row[-1] for row in sheets["photos"][1:]] == ["https://photos.example/R1.jpg"]
    assert "=1+1" in sheets["order lines"][1]
    everything = str(sheets)
    assert "too small" in everything and "secret" not in everything and "R2" not in everything
    assert sheets["claim"][1][sheets["claim"][0].index("code")] == {"R1": "RET-11", "A": "FIN-18"}[id]
    assert len(sheets["claim"]) == 2


def test_a_file_that_is_there_stays_and_an_id_without_a_claim_is_refused(settings, tmp_path):
    write_claim(settings, "R1", to=tmp_path, force=False)
    with pytest.raises(DataError, match="is there already"):
        write_claim(settings, "R1", to=tmp_path, force=False)
    assert write_claim(settings, "R1", to=tmp_path, force=True)[0]["rows"] == 1
    with pytest.raises(DataError, match="`tieout claims` lists the ids"):
        write_claim(settings, "R9", to=tmp_path, force=False)


def test_an_id_and_a_folder_come_together():
    app = typer.Typer()
    query_commands.register(app)
    done = CliRunner().invoke(app, ["claims", "R1"])
    assert done.exit_code == 2 and "an id and a folder go together" in done.output


def test_one_id_in_two_shops_is_two_claims(settings, warehouse, tmp_path):
    put(warehouse, "audit.coverage", system="tiktok_shop", shop_id="T", window_to=AT)
    theirs = {"shop_id": "T", "requested_at": AT}
    put(warehouse, "operations.returns", return_id="R1", order_id="C", **theirs, refund_amount=7)
    put(warehouse, "operations.orders", order_id="C", shop_id="T", total_amount=Decimal("7.00"), created_at=AT)
    claim = {"code": "RET-11", "entity_type": "return", "entity_id": "R1", "severity": "S3", "owner": "FIN"}
    put(warehouse, "exceptions.open", **claim, shop_id="T", first_seen_at=AT, money_at_risk_amount=7, currency="USD")
    publish(settings, warehouse)

    with pytest.raises(DataError, match="shops S, T have claims under 'R1': name one with --shop"):
        write_claim(settings, "R1", to=tmp_path, force=False)
    written = {row["sheet"]: row["rows"] for row in write_claim(settings, "R1", to=tmp_path, force=False, shop="T")}
    assert (written["claim"], written["order"], written["returns"], written["order lines"]) == (1, 1, 1, 0)

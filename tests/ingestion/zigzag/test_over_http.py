"""ZigZag over real sockets: what doctor says, what lands of a return, and what models make of it."""

from __future__ import annotations

import json
import shutil
from contextlib import closing

import pytest
import typer
from typer.testing import CliRunner

from connectors.transport.errors import RejectedError
from connectors.zigzag.client import open_zigzag
from orchestration.cli.commands import register
from orchestration.demo.demo import running_sandbox
from orchestration.demo.tenant import write_secrets
from tests.support import zigzag_tenant
from tests.support.raw_world import build
from tests.support.worlds import CONFIG, World
from tieout.settings import load_settings
from tieout.state import State
from tieout.warehouse import open_warehouse

ORDER, REFERENCE = "577000000000000001", "4035318504086604001"
TABLES = ("portal_returns", "portal_return_lines", "portal_parcels", "portal_scans", "held_records")
PATH = "/_sandbox/zigzag/returns/{}"


def order(number):
    line = {"unitPrice": "10.10", "currency": "GBP"}
    buyer = {"shippingFirstName": "Jo", "address1": "1 High St", "city": "Leeds", "postcode": "LS1 1AA"}
    reached = {"country": "GB", "email": "returns@northgate.example", "phone": "00000000000"}
    lines = [{"sku": "MUG", "quantity": 2, **line}, {"sku": "CUP", "quantity": 1, **line}]
    return {"orderNumber": number, "orderDate": "2026-01-05T00:00:00", **buyer, **reached, "lines": lines}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    home = tmp_path_factory.mktemp("zigzag")
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        write_secrets(home, urls["control"])
        config = shutil.copytree(CONFIG, home / "config")
        zigzag_tenant.add_account(world, config)
        yield world


@pytest.fixture(scope="module")
def client(world):
    settings = load_settings(world.home / "config", world.home)
    state = State(settings.database_url)
    with closing(state), open_zigzag(settings, state) as opened:
        yield opened


@pytest.fixture(scope="module")
def return_id(client):
    """A return of two lines under TikTok Shop's id, with the label that TikTok Shop issued."""
    client.upsert_order(order(ORDER))
    opened = client.open_return_order(ORDER, "NORTHGATE", ["MUG", "CUP"])
    reasons = {row["code"]: row["reasonId"] for row in opened["reasons"]}
    line = {"returnReasonId": reasons["WRONG_SIZE"], "returnOption": "refund", "returnReasonDetails": ""}
    body = {
        **{"orderNumber": ORDER, "retailerCode": "NORTHGATE", "returnOrderId": opened["returnOrderId"]},
        **{"externalReturnRef": REFERENCE, "channel": "tiktok_shop", "notes": ""},
        "products": [{"productSku": "MUG", "quantity": 2, **line}, {"productSku": "CUP", "quantity": 1, **line}],
    }
    [made] = client.create_return(body)
    client.record_label(made["returnId"], "H00TEST0001", "Evri")
    with pytest.raises(RejectedError) as caught:
        client.create_return(body)
    assert caught.value.code == "duplicate_reference"
    assert [row["returnId"] for row in client.returns_by_reference(REFERENCE)] == [made["returnId"]]
    return str(made["returnId"])


@pytest.fixture
def tieout(world, monkeypatch):
    """Run a command of the command line in the world, and return ZigZag's rows."""
    monkeypatch.setenv("TIEOUT_HOME", str(world.home))
    app = typer.Typer()
    register(app)

    def run(*arguments):
        done = CliRunner().invoke(app, [*arguments, "--json"])
        rows = json.loads(done.stdout)
        return [row for row in rows if "zigzag" in (row.get("system"), row.get("subject"))]

    return run


def rows_of(world, query):
    build(world.home, *(f"intermediate.int_zigzag__{name}" for name in TABLES))
    with open_warehouse(load_settings(world.home / "config", world.home)) as warehouse:
        return warehouse.execute(query).fetchall()


def test_doctor_reads_the_lists_and_finds_every_code_in_the_maps(tieout):
    (found,) = tieout("doctor")
    assert (found["verdict"], found["found"]) == ("ok", "9 reasons, 6 conditions, 6 dispositions")


def test_doctor_names_codes_that_either_side_lacks(world, tieout):
    grades = world.home / "config" / "grades.csv"
    kept = grades.read_text()
    grades.write_text(kept.replace("zigzag,F,", "zigzag,f,"))
    found = {row["found"].rpartition("/")[2] for row in tieout("doctor")}
    grades.write_text(kept)
    assert "grades.csv: no row for condition 'F'" in found
    assert "grades.csv:32: condition 'f' is none of ZigZag" in found


def test_a_return_lands_once_per_change_and_becomes_rows_of_the_roles(world, tieout, return_id):
    def landed():
        return {row["entity"]: (row["landed"], row["deleted"]) for row in tieout("ingest", "config", "zigzag")}

    assert landed() == {"returns": (1, 0), "reasons": (9, 0), "conditions": (6, 0), "dispositions": (6, 0)}
    assert set(landed().values()) == {(0, 0)}
    assert rows_of(
        world,
        "select return_reference, order_reference, status, is_blind, received_at, warehouse"
        " from intermediate.int_zigzag__portal_returns",
    ) == [(REFERENCE, ORDER, "labelled", False, None, "NTH1")]
    assert rows_of(world, "select tracking_number, carrier, status from intermediate.int_zigzag__portal_parcels") == [
        ("H00TEST0001", "Evri", "labelled")
    ]

    lines = world.call("GET", PATH.format(return_id))["lines"]
    graded = [
        {**line, "quantityReceived": received, "condition": condition, "disposition": "restock", "gradedAt": at}
        for line, received, condition, at in zip(
            lines, (2, 0), ("A", "AA"), ("2026-01-12T09:00:00Z", "2026-01-12T10:00:00Z"), strict=True
        )
    ]
    world.call("PATCH", PATH.format(return_id), {"status": "graded", "lines": graded})
    assert landed()["returns"] == (1, 0)
    found = rows_of(
        world,
        "select sku, requested, received, reason_code, condition, graded_at, on_day"
        " from intermediate.int_zigzag__portal_return_lines order by line_id",
    )
    assert [row[:5] for row in found] == [("MUG", 2, 2, "WRONG_SIZE", "A"), ("CUP", 1, 0, "WRONG_SIZE", "AA")]
    assert [(row[5].hour, row[6].isoformat()) for row in found] == [(9, "2026-01-12"), (10, "2026-01-12")]
    [(status, received_at)] = rows_of(world, "select status, received_at from intermediate.int_zigzag__portal_returns")
    assert (status, received_at is not None) == ("graded", True)


def test_a_status_that_no_document_names_is_held_and_one_that_is_gone_is_gone(world, tieout, return_id):
    world.call("PATCH", PATH.format(return_id), {"status": "at_the_dentist"})
    tieout("ingest", "zigzag")
    query = "select record_id, fault.field, fault.value from intermediate.int_zigzag__held_records"
    assert rows_of(world, query) == [(return_id, "status", "at_the_dentist")]
    world.call("DELETE", PATH.format(return_id))
    [returns] = [row for row in tieout("ingest", "zigzag") if row["entity"] == "returns"]
    assert (returns["landed"], returns["deleted"]) == (0, 1)
    for name in TABLES:
        assert rows_of(world, f"select * from intermediate.int_zigzag__{name}") == []


@pytest.mark.parametrize("kind", ["500", "lost_reply", "expired_token", "bad_json"])
def test_a_fault_of_the_wire_is_survived(world, tieout, kind):
    fault = {"system": "zigzag", "match": "/returns", "kind": kind, "rate": 1, "count": 1}
    world.call("POST", "/_sandbox/faults", fault)
    assert {row["problem"] for row in tieout("ingest", "zigzag")} == {""}

"""Business failures planted in the world are all found, and nothing else is: recall and precision against the truth."""

from __future__ import annotations

from typing import Any

from orchestration.steps.steps import build_step, ingest_step, publish_step
from tests.support.worlds import World
from tieout.state import State

CODES = (
    "FIN-01",
    "FIN-02",
    "FIN-03",
    "FIN-04",
    "FIN-05",
    "FIN-06",
    "FIN-07",
    "FIN-09",
    "FIN-10",
    "FIN-12",
    "FIN-14",
    "FIN-15",
    "FIN-16",
    "FIN-17",
    "FIN-18",
    "FIN-19",
    "FIN-20",
    "FIN-21",
    "ERP-03",
    "ERP-07",
)
NAMES = {"payout": "payment", "fee": "fee_key"}
Found = set[tuple[str, str, str]]


def as_exception(entry: dict[str, Any]) -> tuple[str, str, str]:
    """Return how the product names what the world calls this failure."""
    entity = {
        "fee": entry["detail"].get("path", "").replace("fee_tax_breakdown.", "fee_tax."),
        "journal": entry["detail"].get("external_id", ""),
    }.get(entry["entity_type"], entry["entity_id"])
    return entry["code"], NAMES.get(entry["entity_type"], entry["entity_type"]), entity


def truth(world: World, *, origin: str) -> Found:
    entries = world.call("GET", "/_sandbox/truth")
    return {as_exception(entry) for entry in entries if entry["origin"] == origin}


def scores(planted: Found, found: Found) -> str:
    right = len(planted & found)
    return (
        f"recall {right}/{len(planted)}, precision {right}/{len(found)};"
        f" missed {sorted(planted - found)}; wrong {sorted(found - planted)}"
    )


def edit_a_journal_unseen(world: World) -> None:
    """Take the change date of one edited journal back: NetSuite shows edits that scripts made that way."""
    entries = world.call("GET", "/_sandbox/truth")
    edited = next(entry["id"] for entry in entries if entry["code"] == "ERP-07")
    path = f"/_sandbox/netsuite/journalEntry/{edited}"
    world.call("PATCH", path, {"lastModifiedDate": world.call("GET", path)["createdDate"]})


def read_alone(world: World, system: str) -> None:
    """Read one system, and build and publish what follows."""
    settings = world.settings()
    state = State(settings.database_url)
    try:
        ingest_step(settings, state, systems=[system], report=print)
        build_step(settings, state, report=print)
        publish_step(settings, report=print)
    finally:
        state.close()


def test_every_planted_incident_is_found_and_nothing_else_is(world):
    before = world.exceptions()
    for code in CODES:
        world.call("POST", "/_sandbox/incidents", {"code": code, "count": 2 if code == "ERP-07" else 1})
    edit_a_journal_unseen(world)
    world.run()
    planted = truth(world, origin="incident")
    found = world.exceptions() - before - truth(world, origin="trade")
    assert {code for code, _type, _id in planted} == set(CODES)
    assert found == planted, scores(planted, found)
    assert before <= world.exceptions()


def test_an_undamaged_world_has_only_what_trade_itself_went_wrong(world):
    found, trade = world.exceptions(), truth(world, origin="trade")
    assert found <= trade, scores(trade, found)
    assert {entry for entry in trade if entry[0] == "FIN-18"} <= found
    assert truth(world, origin="incident") == set()


def test_a_source_that_stays_silent_while_another_answers_is_stale_until_it_is_read(world):
    world.call("POST", "/_sandbox/clock", {"advance_days": 3})
    read_alone(world, "tiktok_shop")
    silent = {entity for code, _type, entity in world.exceptions() if code == "SYS-01"}
    assert "netsuite/journal_entries" in silent
    assert {entity.split("/")[0] for entity in silent} == {"netsuite"}
    world.run()
    assert not {code for code, _type, _id in world.exceptions() if code.startswith("SYS")}

"""The demo's maps are whole; a map that cannot be right is refused by file, line, value and valid values."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from ingestion import config
from ingestion.config import LINE_CLASSES, MEMO, read_config
from tieout.errors import ConfigError

FEES = "region,fee_key,line_class,sign_note,valid_from,valid_to\n"
BUFFERS = "shop_id,seller_sku,units,percent,valid_from,valid_to\n"
PEAKS = "shop_id,name,starts_at,ends_at,buffer_units,buffer_percent,cadence_minutes\n"
ACCOUNTS = "shop_id,line_class,netsuite_account,valid_from,valid_to\n"


@pytest.fixture
def tenant(tmp_path: Path, demo_config: Path) -> Path:
    return Path(shutil.copytree(demo_config, tmp_path / "tenant"))


def refused(make_settings, tenant: Path) -> str:
    with pytest.raises(ConfigError) as refusal:
        read_config(make_settings(config_dir=tenant))
    return str(refusal.value)


def test_every_class_of_the_fee_map_has_an_account_and_a_tax_treatment(make_settings, demo_config):
    maps = read_config(make_settings())
    used = {row["line_class"] for row in maps["fee_map"]} - {MEMO}
    assert used <= LINE_CLASSES
    assert used <= {row["line_class"] for row in maps["account_map"]}
    for region in ("GB", "US"):
        assert used <= {row["line_class"] for row in maps["tax_map"] if row["region"] in (region, "*")}
    for special in config.SPECIAL_ACCOUNTS:
        assert special in {row["line_class"] for row in maps["account_map"]}


def test_aliases_and_memo_lines_are_never_added(demo_config):
    rows = list(csv.DictReader((demo_config / "fees.csv").read_text().splitlines()))
    never = [r for r in rows if "before_pit" in r["fee_key"] or "supplementary_component" in r["fee_key"]]
    assert len(never) >= 28
    assert {row["line_class"] for row in never} == {MEMO}


def test_settings_land_without_secrets(make_settings):
    rows = read_config(make_settings())
    assert [shop["id"] for shop in rows["shops"]] == ["7495000000000000101", "7495000000000000202"]
    assert "secret" not in str(rows) and "token" not in str(rows)
    assert rows["books"][0]["days_to_arrive"] == 5


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("fees.csv", FEES + "*,fee_tax.x,profit,,,\n", ["fees.csv:2", "'profit'", "platform_commission"]),
        ("fees.csv", FEES + "*,x,unclassified,,,\n", ["fees.csv:2", "'unclassified'"]),
        ("fees.csv", FEES + "*,x,ads,,2026-13-01,\n", ["fees.csv:2", "'2026-13-01'", "YYYY-MM-DD"]),
        ("fees.csv", FEES + "*,x,ads,,2026-02-01,2026-01-01\n", ["fees.csv:2", "lies before"]),
        ("fees.csv", FEES + "*,x,ads,,,2026-01-31\n*,x,penalty,,2026-01-31,\n", ["fees.csv:3", "line 2", "overlap"]),
        ("fees.csv", FEES + "*,x,ads\n", ["fees.csv:2", "expected 6 values"]),
        ("fees.csv", FEES + ",x,ads,,,\n", ["fees.csv:2", "region is empty"]),
        (
            "fees.csv",
            FEES.replace("valid_to", "valid_to,needs_owner") + "*,x,ads,,,,maybe\n",
            ["fees.csv:2", "'maybe'", "no, yes"],
        ),
        ("fees.csv", "region,fee_key,line_class\n", ["fees.csv:1", "sign_note, valid_from, valid_to"]),
        ("fees.csv", "", ["fees.csv:1", "missing"]),
        ("accounts.csv", ACCOUNTS + "*,ads,,,\n", ["accounts.csv:2", "netsuite_account is empty"]),
        ("accounts.csv", ACCOUNTS + "77,ads,6140,,\n", ["accounts.csv", "77", "7495000000000000101"]),
        (
            "taxes.csv",
            "region,line_class,treatment,valid_from,valid_to\nGB,ads,maybe,,\n",
            ["taxes.csv:2", "'maybe'", "seller"],
        ),
        ("peaks.csv", PEAKS + "*,live,2026-11-27,2026-11-28,1,0,1\n", ["peaks.csv:2", "'2026-11-27'", "with its zone"]),
        (
            "peaks.csv",
            PEAKS + "*,live,2026-11-27T19:00:00Z,2026-11-27T19:00:00+00:00,1,0,1\n",
            ["peaks.csv:2", "not after"],
        ),
        (
            "peaks.csv",
            PEAKS + "*,live,2026-11-27T19:00:00Z,2026-11-27T20:00:00Z,1,,1\n",
            ["peaks.csv:2", "buffer_percent"],
        ),
        ("buffers.csv", BUFFERS + "77,*,1,0,,\n", ["buffers.csv", "77", "7495000000000000101"]),
    ],
)
def test_map_that_cannot_be_right_is_refused(make_settings, tenant, file, text, told):
    (tenant / file).write_text(text)
    message = refused(make_settings, tenant)
    assert all(part in message for part in told), message


def test_rows_whose_dates_only_meet_are_accepted(make_settings, tenant):
    (tenant / "fees.csv").write_text(FEES + "*,x,ads,,,2026-01-30\n*,x,penalty,,2026-01-31,\n")
    assert len(read_config(make_settings(config_dir=tenant))["fee_map"]) == 2


def test_an_event_is_known_by_shop_name_and_start(make_settings, tenant):
    (tenant / "peaks.csv").write_text(PEAKS + "*,live,2026-11-27T19:00:00Z,2026-11-27T20:00:00Z,1,10,1\n")
    (peak,) = read_config(make_settings(config_dir=tenant))["peaks"]
    assert peak["id"] == "*|live|2026-11-27T19:00:00Z"
    assert (peak["buffer_units"], peak["buffer_percent"], peak["cadence_minutes"]) == ("1", "10", "1")


def test_missing_map_and_wrong_encoding_are_named(make_settings, tenant):
    (tenant / "fees.csv").write_bytes(FEES.encode() + b"*,x,ads,\xa3,,\n")
    assert "UTF-8" in refused(make_settings, tenant)
    (tenant / "fees.csv").unlink()
    assert "no map" in refused(make_settings, tenant)


def test_rule_that_was_taken_out_lands_as_deleted(bench, make_settings, tenant):
    bench.settings = make_settings(config_dir=tenant)
    bench.ingest(config=config.load)
    text = (tenant / "fees.csv").read_text().splitlines(keepends=True)
    (tenant / "fees.csv").write_text("".join(text[:-1]))
    summary = bench.ingest(config=config.load)["config", "fee_map", ""]
    assert (summary.landed, summary.deleted) == (0, 1)


def test_wrong_map_stops_config_and_nothing_else(bench, make_settings, tenant):
    (tenant / "fees.csv").write_text("")
    bench.settings = make_settings(config_dir=tenant)
    summaries = bench.ingest(config=config.load, bank=lambda run: run.report("bank was asked"))
    assert "fees.csv:1" in summaries["config", "*", ""].problem
    assert "bank was asked" in bench.messages

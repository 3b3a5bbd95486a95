"""The demo's maps are whole; a map that cannot be right is refused by file, line, value and valid values."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.config import loader as config
from ingestion.config.loader import read_config
from ingestion.config.maps import read_map
from ingestion.config.specs import CLASSES_OF_A_SALE, LINE_CLASSES, MAPS, MEMO, SPECIAL_ACCOUNTS
from ingestion.spreadsheets import spreadsheet_damage

FEES = "region,fee_key,line_class,sign_note,valid_from,valid_to\n"
BUFFERS = "shop_id,seller_sku,units,percent,valid_from,valid_to\n"
PEAKS = "shop_id,name,starts_at,ends_at,buffer_units,buffer_percent,cadence_minutes\n"
TAXES = "shop_id,line_class,treatment,rate,valid_from,valid_to\n"
POLICY = (
    "shop_id,step,return_type,reason,grading,amount_up_to,earlier_returns_up_to,decision,percent,approval,valid_from,"
    "valid_to\n"
)
WINDOWS = "shop_id,kind,days,valid_from,valid_to\n"
ACCOUNTS = "shop_id,line_class,netsuite_account,valid_from,valid_to\n"
GRADES = "system,condition,disposition,is_sellable,valid_from,valid_to\n"
REASONS = "system,code,reason,valid_from,valid_to\n"


@pytest.fixture
def tenant(tmp_path: Path, demo_config: Path) -> Path:
    return Path(shutil.copytree(demo_config, tmp_path / "tenant"))


def refused(make_settings, tenant: Path) -> str:
    return "\n".join(map(str, read_config(make_settings(config_dir=tenant)).faults))


def test_every_class_of_the_fee_map_has_an_account_and_a_tax_treatment(make_settings, demo_config):
    maps = read_config(make_settings()).rows
    used = {row["line_class"] for row in maps["fee_map"]} - {MEMO}
    assert used <= LINE_CLASSES
    assert used <= {row["line_class"] for row in maps["account_map"]}
    for shop in maps["shops"]:
        assert set(CLASSES_OF_A_SALE) == {row["line_class"] for row in maps["tax_map"] if row["shop_id"] == shop["id"]}
    for special in SPECIAL_ACCOUNTS:
        assert special in {row["line_class"] for row in maps["account_map"]}


def test_the_models_ask_who_owes_the_tax_of_the_same_classes(demo_config):
    models = demo_config.parents[1] / "dbt_project" / "models" / "intermediate" / "settlements"
    asked = re.search(r"classes.line_class in \((.*?)\)", (models / "int_settlements__lines.sql").read_text())
    assert asked and re.findall(r"'(\w+)'", asked[1]) == list(CLASSES_OF_A_SALE)


def test_aliases_and_memo_lines_are_never_added(demo_config):
    rows = list(csv.DictReader((demo_config / "fees.csv").read_text().splitlines()))
    never = [r for r in rows if "before_pit" in r["fee_key"] or "supplementary_component" in r["fee_key"]]
    assert len(never) >= 28
    assert {row["line_class"] for row in never} == {MEMO}


def test_settings_land_without_secrets(make_settings):
    rows = read_config(make_settings()).rows
    assert [shop["id"] for shop in rows["shops"]] == ["7495000000000000101", "7495000000000000202"]
    assert "secret" not in str(rows) and "token" not in str(rows)
    assert rows["books"][0]["days_to_arrive"] == 5


@pytest.mark.parametrize(
    ("file", "text", "reported"),
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
        ("taxes.csv", TAXES + "*,ads,maybe,,,\n", ["taxes.csv:2", "'maybe'", "seller"]),
        ("taxes.csv", TAXES + "*,gross_sales,seller,,,\n", ["taxes.csv:2", "rate ''", "as 20 or 5.5"]),
        ("taxes.csv", TAXES + "*,gross_sales,seller,20%,,\n", ["taxes.csv:2", "rate '20%'", "as 20 or 5.5"]),
        ("taxes.csv", TAXES + "*,gross_sales,marketplace,20,,\n", ["taxes.csv:2", "rate '20'", "expected none"]),
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
def test_map_that_cannot_be_right_is_refused(make_settings, tenant, file, text, reported):
    (tenant / file).write_text(text)
    message = refused(make_settings, tenant)
    assert all(part in message for part in reported), message


def test_rows_whose_dates_only_meet_are_accepted(make_settings, tenant):
    (tenant / "fees.csv").write_text(FEES + "*,x,ads,,,2026-01-30\n*,x,penalty,,2026-01-31,\n")
    assert len(read_config(make_settings(config_dir=tenant)).rows["fee_map"]) == 2


def test_an_event_is_known_by_shop_name_and_start(make_settings, tenant):
    (tenant / "peaks.csv").write_text(PEAKS + "*,live,2026-11-27T19:00:00Z,2026-11-27T20:00:00Z,1,10,1\n")
    (peak,) = read_config(make_settings(config_dir=tenant)).rows["peaks"]
    assert peak["id"] == "*|live|2026-11-27T19:00:00Z"
    assert (peak["buffer_units"], peak["buffer_percent"], peak["cadence_minutes"]) == ("1", "10", "1")


def test_missing_map_and_wrong_encoding_are_named(make_settings, tenant):
    (tenant / "fees.csv").write_bytes(FEES.encode() + b"*,x,ads,\xa3,,\n")
    assert "UTF-8" in refused(make_settings, tenant)
    (tenant / "fees.csv").unlink()
    assert "no such map" in refused(make_settings, tenant)


def test_a_parcel_may_be_answered_by_its_grade(make_settings, tenant):
    rows = [f"*,parcel,*,*,{grading},9,9,approve,0,auto,,\n" for grading in ("passed", "grade:D", "ungraded", "*")]
    (tenant / "return_policy.csv").write_text(POLICY + "".join(rows))
    assert len(read_config(make_settings(config_dir=tenant)).rows["return_policy"]) == len(rows)


def test_rule_that_was_taken_out_lands_as_deleted(bench, make_settings, tenant):
    bench.settings = make_settings(config_dir=tenant)
    bench.ingest(config=config.load)
    text = (tenant / "fees.csv").read_text().splitlines(keepends=True)
    (tenant / "fees.csv").write_text("".join(text[:-1]))
    summary = bench.ingest(config=config.load)["config", "fee_map", ""]
    assert (summary.landed, summary.deleted) == (0, 1)


def test_wrong_map_stops_that_map_and_nothing_else(bench, make_settings, tenant):
    (tenant / "fees.csv").write_text("")
    bench.settings = make_settings(config_dir=tenant)
    summaries = bench.ingest(config=config.load, bank=lambda run: run.report("bank was asked"))
    assert "fees.csv:1" in summaries["config", "fee_map", ""].problem
    assert summaries["config", "account_map", ""].landed > 0
    assert "bank was asked" in bench.messages


LOCATIONS = "shop_id,warehouse_id,system,location,valid_from,valid_to\n"
SERVICES = "shop_id,shipping_type,delivery_option,service,valid_from,valid_to\n"
SKUS = "shop_id,seller_sku,item,valid_from,valid_to\n"
UK = "7495000000000000101"
CASE = Path(__file__).parents[2] / "cases" / "26-excel-mangled-map"


def test_row_that_cannot_be_used_is_named_and_the_others_count(bench, make_settings, tenant):
    (tenant / "fees.csv").write_text(FEES + "*,a,ads,,,\n*,b,profit,,,\n*,c,penalty,,,\n")
    bench.settings = make_settings(config_dir=tenant)
    summary = bench.ingest(config=config.load)["config", "fee_map", ""]
    assert (summary.landed, summary.quarantined) == (2, 1)
    ((payload,),) = bench.query("select payload from raw_tieout.quarantine")
    held = json.loads(payload)
    assert (held["record_id"], held["field"], held["value"]) == ("fees.csv:3", "line_class", "profit")
    assert "tieout doctor" in held["remedy"]


def test_rule_stays_in_force_while_its_map_has_a_row_that_cannot_be_used(bench, make_settings, tenant):
    (tenant / "fees.csv").write_text(FEES + "*,a,ads,,,\n*,b,penalty,,,\n")
    bench.settings = make_settings(config_dir=tenant)
    bench.ingest(config=config.load)
    (tenant / "fees.csv").write_text(FEES + "*,a,adds,,,\n*,b,penalty,,,\n")
    assert bench.ingest(config=config.load)["config", "fee_map", ""].deleted == 0
    (tenant / "fees.csv").write_text(FEES + "*,b,penalty,,,\n")
    assert bench.ingest(config=config.load)["config", "fee_map", ""].deleted == 1
    assert bench.live("raw_tieout.quarantine") == set()


def test_two_rows_for_the_same_days_count_neither(make_settings, tenant):
    (tenant / "fees.csv").write_text(FEES + "*,x,ads,,,2026-02-01\n*,x,penalty,,2026-01-31,\n*,y,ads,,,\n")
    found = read_config(make_settings(config_dir=tenant))
    assert [row["fee_key"] for row in found.rows["fee_map"]] == ["y"]


PEAK = "*,live,2026-11-27T19:00:00Z,2026-11-27T20:00:00Z,{},0,1\n"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("fees.csv", FEES + "*,x,ads,note,2026-01-01,\n * ,x,ads,note,2026-01-01,\n"),
        ("peaks.csv", PEAKS + PEAK.format(5) + PEAK.format(5)),
        ("return_reasons.csv", REASONS + "zigzag,FAULTY,faulty,,\n" * 3),
    ],
)
def test_a_row_that_was_pasted_again_contradicts_nothing_and_counts_once(make_settings, tenant, file, text):
    (tenant / file).write_text(text)
    found = read_config(make_settings(config_dir=tenant))
    (entity,) = [spec.entity for spec in MAPS if spec.file == file]
    assert (found.faults, found.lines[entity], len(found.rows[entity])) == ([], [2], 1)


def test_a_row_that_is_contradicted_counts_neither_first_nor_pasted_again(make_settings, tenant):
    (tenant / "fees.csv").write_text(FEES + "*,x,ads,,,\n*,x,penalty,,,\n*,x,ads,,,\n")
    (tenant / "peaks.csv").write_text(PEAKS + PEAK.format(5) + PEAK.format(6))
    found = read_config(make_settings(config_dir=tenant))
    assert (found.rows["fee_map"], found.rows["peaks"]) == ([], [])
    assert [(fault.path.name, fault.line) for fault in found.faults] == [("fees.csv", 3), ("peaks.csv", 3)]
    assert "shop_id, name, starts_at of line 2" in str(found.faults[1])


@pytest.mark.parametrize("file", ["locations.csv", "skus.csv"])
def test_ids_that_a_spreadsheet_has_shortened_are_named_as_such(make_settings, tenant, file):
    shutil.copy(CASE / file, tenant / file)
    message = refused(make_settings, tenant)
    assert f"{file}:2: shop_id '7.495E+18'; a spreadsheet has shortened this id" in message


def test_ids_that_a_spreadsheet_has_rounded_are_named_with_the_likely_one(make_settings, tenant):
    shutil.copy(CASE / "locations.csv", tenant / "locations.csv")
    message = refused(make_settings, tenant)
    assert "locations.csv:3: shop_id '7495000000000000000'; a spreadsheet has rounded this id" in message
    assert f"probably {UK}" in message


@pytest.mark.parametrize(
    "text",
    [
        SKUS.replace(",", ";") + f"{UK};GROC-1;ITEM-1;;\n",
        SKUS.replace(",", "\t") + f"{UK}\tGROC-1\tITEM-1\t\t\n",
        "Shop_ID, Seller_SKU ,Item,valid_from,valid_to\r\n" + f"{UK},GROC-1,ITEM-1,,\r\n,,,,\r\n\r\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_as_spreadsheets_of_other_countries_save_it_is_read(make_settings, tenant, text, encoding):
    (tenant / "skus.csv").write_bytes(text.encode(encoding))
    found = read_config(make_settings(config_dir=tenant))
    assert [(row["seller_sku"], row["item"]) for row in found.rows["sku_map"]] == [("GROC-1", "ITEM-1")]
    assert found.faults == []


@pytest.mark.parametrize(
    ("file", "text", "reported"),
    [
        ("skus.csv", SKUS + "77,GROC-1,ITEM-1,,\n", "shop_id '77'; expected one of"),
        ("skus.csv", SKUS + "*,GROC-1,ITEM-1,,\n", "shop_id '*'; expected one of"),
        ("skus.csv", SKUS + f"{UK},1234567.0,ITEM-1,,\n", "made this id a decimal number"),
        ("locations.csv", LOCATIONS + f"{UK},7395,gxo,NTH1,,\n", "tieout.toml has no section [gxo]"),
        ("bundles.csv", "bundle,component,quantity,valid_from,valid_to\nB,C,0,,\n", "quantity '0'"),
        ("bundles.csv", "bundle,component,quantity,valid_from,valid_to\nB,C,\u0662,,\n", "quantity '\u0662'"),
        ("buffers.csv", BUFFERS + "*,*,99999999999999999999,0,,\n", "expected a whole number from 0 to 1000000"),
        ("buffers.csv", BUFFERS + "*,*,1,101,,\n", "percent '101'"),
        (
            "services.csv",
            "shop_id,shipping_type,delivery_option,service,valid_from,valid_to\n*,POST,*,STD,,\n",
            "'POST'",
        ),
        ("return_policy.csv", POLICY + "*,parcel,*,*,pased,9,9,approve,0,auto,,\n", "grading 'pased'; expected one of"),
        ("return_policy.csv", POLICY + "*,parcel,*,*,grade:,9,9,approve,0,auto,,\n", "grade: and a condition"),
        (
            "return_policy.csv",
            POLICY + "*,request,*,*,ungraded,9,9,approve,0,auto,,\n",
            "expected * beside step request",
        ),
        ("return_windows.csv", WINDOWS + "*,apeal,7,,\n", "kind 'apeal'; expected one of appeal, claim"),
        ("return_windows.csv", WINDOWS + "*,claim,0,,\n", "days '0'; expected a whole number from 1 to 366"),
        ("return_reasons.csv", REASONS + "zigzag,X\0Y,other,,\n", r"code 'X\x00Y'; expected text without '\x00'"),
        ("return_reasons.csv", REASONS + f"zigzag,{'X' * 3000},other,,\n", "at most 255 characters, found 3000"),
        ("grades.csv", GRADES + 'zigzag,"A\nB",restock,yes,,\n', r"grades.csv:3: condition 'A\nB'; expected text"),
        ("skus.csv", SKUS + f"{UK},GROC\u202e-1,ITEM-1,,\n", r"seller_sku 'GROC\u202e-1'; expected text without"),
        ("skus.csv", SKUS.replace("item", "item,item"), "column item is there twice"),
        ("skus.csv", SKUS + f'{UK},"GROC,ITEM,,\n', "is no CSV"),
    ],
)
def test_value_that_cannot_be_right_is_named(make_settings, tenant, file, text, reported):
    (tenant / file).write_text(text, encoding="utf-8")
    assert reported in refused(make_settings, tenant)


MUTANTS = int(os.environ.get("MUTANTS", "1000"))


@settings(max_examples=MUTANTS, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_mutated_map_is_read_whole_or_named_never_raised_on(make_settings, demo_config, tmp_path, data):
    file = data.draw(st.sampled_from(["accounts.csv", "carriers.csv", "services.csv", "taxes.csv"]))
    content = bytearray((demo_config / file).read_bytes()[:600])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    (tmp_path / file).write_bytes(content)
    (spec,) = [one for one in MAPS if one.file == file]
    read = read_map(spec, make_settings().model_copy(update={"config_dir": tmp_path}))
    for row in read.rows:
        assert all(row[name] for name in spec.key)
        assert all(row[name] in allowed for name, allowed in spec.allowed.items())
        assert spreadsheet_damage(row.get("shop_id", "")) == ""
    assert all(str(fault).startswith(f"{tmp_path / file}:") and fault.line for fault in read.faults)

"""Files as real banks write them, through a load: what a user then finds in the raw layer and in quarantine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingestion.bank import loader as bank
from tests.ingestion.conftest import Bench
from tieout.settings import Settings

CASES = Path(__file__).parents[2] / "cases"
MAIN, US = "gbp-main", "gbp-us-payouts"


@pytest.fixture
def folder(bench: Bench) -> Path:
    for account in bench.settings.bank.accounts:
        account.folder.mkdir(parents=True)
    return bench.settings.bank.accounts[0].folder


def bring(folder: Path, *names: str) -> None:
    for name in names:
        shutil.copyfile(CASES / name, folder / name.replace("/", "-"))


def entries(bench: Bench) -> list[tuple[str, ...]]:
    """Return reference, amount and status of all live entries."""
    query = """
        select payload ->> 'reference', payload ->> 'amount', payload ->> 'status' from (
            from raw_bank.entries qualify row_number() over (partition by id order by observed_at desc) = 1
        ) where not is_deleted order by all"""
    return bench.query(query)


def quarantined(bench: Bench) -> list[tuple[str, ...]]:
    return bench.query(
        "select payload ->> 'record_id', payload ->> 'field', payload ->> 'value' from raw_tieout.quarantine order by 1"
    )


def test_references_that_begin_again_each_day_are_four_entries_and_pages_are_one_statement(bench, folder):
    bring(folder, "06-references-restart/d1.xml", "06-references-restart/d2.xml")
    bench.ingest(bank=bank.load)
    assert [amount for _, amount, _ in entries(bench)] == ["-3.00", "10.00", "44.00"]


def test_pages_of_one_statement_do_not_replace_each_other(bench, folder):
    bring(folder, "04-paged-statement/p1.xml", "04-paged-statement/p2.xml")
    bench.ingest(bank=bank.load)
    assert [amount for _, amount, _ in entries(bench)] == ["10.00", "11.00", "12.00"]
    assert quarantined(bench) == []


def test_a_statement_in_another_currency_is_refused_by_name(bench, folder):
    bring(folder, *(f"03-one-iban-three-currencies/stmt_{currency}.xml" for currency in ("EUR", "GBP", "USD")))
    bench.ingest(bank=bank.load)
    assert entries(bench) == [("PAY-GBP", "10.00", "BOOK")]
    assert [row[1:] for row in quarantined(bench)] == [("Ccy", "EUR"), ("Ccy", "USD")]


def test_one_iban_in_three_currencies_is_three_accounts_that_may_share_a_folder(bench, folder):
    bring(folder, *(f"03-one-iban-three-currencies/stmt_{currency}.xml" for currency in ("EUR", "GBP", "USD")))
    bench.settings = with_accounts(bench.settings, "EUR", "USD")
    bench.ingest(bank=bank.load)
    assert [reference for reference, *_ in entries(bench)] == ["PAY-EUR", "PAY-GBP", "PAY-USD"]
    assert quarantined(bench) == []
    assert bench.ingest(bank=bank.load) == {}


def with_accounts(settings: Settings, *currencies: str) -> Settings:
    main, other = settings.bank.accounts
    more = [main.model_copy(update={"account_id": f"main-{each}", "currency": each}) for each in currencies]
    section = settings.bank.model_copy(update={"accounts": [main, *more, other]})
    return settings.model_copy(update={"bank": section})


def test_every_ending_and_a_zip_are_read_and_the_rest_is_named(bench, folder):
    bring(
        folder, *(f"08-files-not-read/{name}" for name in ("STMT20260105.053", "stmt.camt", "camt053.zip", "stmt.csv"))
    )
    bench.ingest(bank=bank.load)
    assert entries(bench) == [("X", "10.00", "BOOK")]
    ((record, *_),) = quarantined(bench)
    assert record == f"{MAIN}/08-files-not-read-stmt.csv"


def test_batches_pending_entries_reversals_and_encodings_are_read(bench, folder):
    bring(folder, "02-batch-entry/stmt.xml")
    bench.ingest(bank=bank.load)
    assert [row[:2] for row in entries(bench)] == [
        ("7906009516463833580", "100.00"),
        ("7906009516463833581", "60.00"),
        ("SHOPIFY-771", "250.00"),
    ]
    (folder / "02-batch-entry-stmt.xml").unlink()
    bring(folder, "07-pending-entries/stmt.xml")
    bench.ingest(bank=bank.load)
    # The same statement in another version: what it no longer holds is gone.
    assert {status for *_, status in entries(bench)} == {"PDNG", "INFO"}
    bring(folder, "01-reversal-sign/stmt.xml")
    bench.ingest(bank=bank.load)
    assert [amount for _, amount, _ in entries(bench)] == ["-500.00", "500.00"]
    bring(folder, "10-encodings/latin1.xml")
    bench.ingest(bank=bank.load)
    found = bench.query("select payload ->> 'counterparty' from raw_bank.entries where not is_deleted")
    assert ("Müller & Söhne",) in found


def test_an_older_version_of_a_statement_replaces_nothing_whatever_its_name(bench, folder):
    text = (CASES / "06-references-restart/d2.xml").read_text()
    (folder / "a-newest.xml").write_text(
        text.replace(">44.00<", ">10.00<").replace("06T23:59:59Z</Cre", "07T09:00:00Z</Cre")
    )
    (folder / "b-oldest.xml").write_text(text)
    bench.ingest(bank=bank.load)
    assert [amount for _, amount, _ in entries(bench)] == ["10.00"]
    (folder / "c-copy-of-oldest.xml").write_text(text)
    bench.ingest(bank=bank.load)
    assert [amount for _, amount, _ in entries(bench)] == ["10.00"]


def test_lines_of_overlapping_exports_are_one_entry_and_a_contradiction_is_quarantined(bench, folder):
    csv = folder.parent / US
    header = "id,booking_date,amount,currency\n"
    (csv / "1.csv").write_text(header + "F1,2026-01-05,1.00,GBP\nF2,2026-01-05,2.00,GBP\n")
    (csv / "2.csv").write_text(header + "F2,2026-01-05,2.00,GBP\nF3,2026-01-06,3.00,GBP\n")
    bench.ingest(bank=bank.load)
    assert [amount for _, amount, _ in entries(bench)] == ["1.00", "2.00", "3.00"]
    (csv / "3.csv").write_text(header + "F3,2026-01-07,4.00,GBP\nF4,2026-01-07,5.00,GBP\n")
    bench.ingest(bank=bank.load)
    assert [amount for _, amount, _ in entries(bench)] == ["1.00", "2.00", "3.00", "5.00"]
    assert quarantined(bench) == [(f"{US}/3.csv entry F3", "id", "F3")]


def test_another_form_in_the_settings_has_the_files_read_again(bench, folder):
    csv = folder.parent / US
    (csv / "1.csv").write_text("booking_date,amount,currency,Own\n2026-01-05,1.00,GBP,PAY-1\n")
    bench.settings = with_columns(bench.settings, {})
    bench.ingest(bank=bank.load)
    bench.settings = with_columns(bench.settings, {"reference": "Own"})
    bench.ingest(bank=bank.load)
    assert entries(bench) == [("PAY-1", "1.00", "BOOK")]


def with_columns(settings: Settings, columns: dict[str, str]) -> Settings:
    main, other = settings.bank.accounts
    accounts = [main, other.model_copy(update={"columns": columns})]
    return settings.model_copy(update={"bank": settings.bank.model_copy(update={"accounts": accounts})})


def test_a_file_written_again_holds_another_version_even_where_it_looks_like_the_next_page(bench, folder):
    text = (CASES / "06-references-restart/d2.xml").read_text()
    path = folder / "day.xml"
    path.write_text(text)
    bench.ingest(bank=bank.load)
    opening, closing = (text.index(f">{code}<") for code in ("OPBD", "CLBD"))
    balances = [text[at:].split("</Amt>")[0].rsplit(">", 1)[1] for at in (opening, closing)]
    emptied = text[: text.index("<Ntry>")] + text[text.rindex("</Ntry>") + len("</Ntry>") :]
    path.write_text(emptied.replace(f">{balances[0]}<", f">{balances[1]}<"))
    bench.ingest(bank=bank.load)
    assert entries(bench) == []
    assert len(bench.live("raw_bank.statements")) == 1

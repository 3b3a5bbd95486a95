"""Files are read once per content; a fault is named by file, place and field while what is sound flows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion.bank import loader as bank
from ingestion.load_result import LoadResult
from tests.ingestion.conftest import NOW, Bench

CAMT, CSV = "gbp-main", "gbp-us-payouts"
ENTRIES = ("bank", "entries", "")
HEADER = "id,booking_date,value_date,amount,currency,reference,counterparty,remittance\n"


@pytest.fixture
def folders(bench: Bench) -> dict[str, Path]:
    found = {account.account_id: account.folder for account in bench.settings.bank.accounts}
    for folder in found.values():
        folder.mkdir(parents=True)
    return found


def iban(bench: Bench, account_id: str) -> str:
    return next(account.iban for account in bench.settings.bank.accounts if account.account_id == account_id)


def entry(reference: str, amount: str = "10.00", *, sign: str = "CRDT", ccy: str = "GBP", own: str = "") -> str:
    return f"""<Ntry><NtryRef>{reference}</NtryRef><Amt Ccy="{ccy}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>
    <Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-05</Dt></BookgDt><ValDt><Dt>2026-01-06</Dt></ValDt>
    {f"<AcctSvcrRef>{own}</AcctSvcrRef>" if own else ""}
    <NtryDtls><TxDtls><Refs><EndToEndId>PAY-1</EndToEndId></Refs>
    <RltdPties><Dbtr><Pty><Nm>Payer Ltd</Nm></Pty></Dbtr><Cdtr><Pty><Nm>Payee Ltd</Nm></Pty></Cdtr></RltdPties>
    <RmtInf><Ustrd>TIKTOK SHOP</Ustrd><Ustrd>PAYOUT 1</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""


def camt(number: str, *entries: str, day: str = "2026-01-05") -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
    <GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>S</Id>
    <FrToDt><FrDtTm>{day}T00:00:00Z</FrDtTm><ToDtTm>{day}T23:59:59Z</ToDtTm></FrToDt>
    <Acct><Id><IBAN>{number}</IBAN></Id></Acct>
    <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="GBP">5.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></Bal>
    <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="GBP">7.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
    {"".join(entries)}</Stmt></BkToCstmrStmt></Document>"""


def line(reference: str, amount: str = "10.00", currency: str = "GBP", day: str = "2026-01-05") -> str:
    return f"{reference},{day},{day},{amount},{currency},PAY-1,Payer Ltd,PAYOUT\n"


def load(bench: Bench):
    return bench.ingest(bank=bank.load).get(ENTRIES, LoadResult("bank", "entries"))


def names(bench: Bench) -> list[str]:
    """Return the bank's references of what is live, without the scope in which they hold."""
    return sorted(record_id.rsplit("/", 1)[-1] for record_id in bench.live("raw_bank.entries"))


def test_each_content_is_read_once(bench, folders):
    (folders[CAMT] / "1.xml").write_text(camt(iban(bench, CAMT), entry("N1")))
    (folders[CSV] / "1.csv").write_text(HEADER + line("F1"))
    assert load(bench).landed == 2
    assert load(bench).read == 0
    assert names(bench) == ["F1", "N1"]
    assert bench.live("raw_bank.files") == {f"{CAMT}/1.xml", f"{CSV}/1.csv"}


def test_a_booking_of_a_day_to_come_is_refused_and_covers_nothing(bench, folders):
    far = entry("N9").replace("2026-01-05", "2066-01-05")
    (folders[CAMT] / "1.xml").write_text(camt(iban(bench, CAMT), entry("N1"), far, day="2066-01-05"))
    (folders[CSV] / "1.csv").write_text(HEADER + line("F1") + line("F9", day="2062-05-01"))
    assert load(bench).quarantined == 2
    assert names(bench) == ["F1", "N1"]
    faults = bench.query("select payload ->> '$.field', payload ->> '$.value' from raw_tieout.quarantine order by 2")
    assert faults == [("booking_date", "2062-05-01"), ("booking_date", "2066-01-05")]
    ends = bench.query("select payload ->> '$.to' <= '2026-12-31' from raw_bank.files")
    assert ends == [(True,), (True,)]


def test_a_reference_that_a_spreadsheet_has_shortened_is_no_reference(bench, folders):
    (folders[CSV] / "1.csv").write_text(HEADER + line("26600000000001") + line("2.66E+13", "12.00"))
    assert load(bench).quarantined == 1
    assert names(bench) == ["26600000000001"]
    (reported,) = bench.query("select payload ->> '$.reason' from raw_tieout.quarantine")
    assert "a spreadsheet has shortened this id" in reported[0]


def test_entry_that_vanishes_from_its_redelivered_file_is_deleted(bench, folders):
    path = folders[CSV] / "1.csv"
    path.write_text(HEADER + line("F1") + line("F2"))
    load(bench)
    path.write_text(HEADER + line("F2"))
    assert load(bench).deleted == 1
    assert bench.live("raw_bank.entries") == {f"{CSV}/F2"}


def test_statement_delivered_again_under_another_name_replaces_the_first(bench, folders):
    number = iban(bench, CAMT)
    (folders[CAMT] / "1.xml").write_text(camt(number, entry("N1"), entry("N2")))
    load(bench)
    (folders[CAMT] / "1-corrected.xml").write_text(camt(number, entry("N2")))
    load(bench)
    (folders[CAMT] / "2.xml").write_text(camt(number, entry("N3"), day="2026-01-06"))
    load(bench)
    assert names(bench) == ["N2", "N3"]


@pytest.mark.parametrize("names", [("1.csv", "2.csv"), ("2.csv", "1.csv")])
def test_entry_that_moves_to_another_file_stays(bench, folders, names):
    before, after = (folders[CSV] / name for name in names)
    before.write_text(HEADER + line("F1"))
    after.write_text(HEADER)
    load(bench)
    before.write_text(HEADER)
    after.write_text(HEADER + line("F1", day="2026-01-06"))
    load(bench)
    assert bench.live("raw_bank.entries") == {f"{CSV}/F1"}


def test_removed_file_takes_nothing_with_it(bench, folders):
    path = folders[CSV] / "1.csv"
    path.write_text(HEADER + line("F1"))
    load(bench)
    path.unlink()
    load(bench)
    assert bench.live("raw_bank.entries") == {f"{CSV}/F1"}


def test_doubled_reference_stays_two_entries(bench, folders):
    (folders[CSV] / "1.csv").write_text(HEADER + line("F1") + line("F1"))
    load(bench)
    assert bench.live("raw_bank.entries") == {f"{CSV}/F1", f"{CSV}/F1#2"}


@pytest.mark.parametrize(
    ("bad", "place", "field", "value"),
    [
        (line("F9", amount="12,30").replace("12,30", '"12,30"'), "line 3", "amount", "12,30"),
        (line("F9", amount="1e3"), "line 3", "amount", "1e3"),
        (line("F9", currency="GBX"), "line 3", "currency", "GBX"),
        (line("F9", currency="gbp"), "line 3", "currency", "gbp"),
        (line("F9", day="05/01/2026"), "line 3", "booking_date", "05/01/2026"),
        ("F9,2026-01-05\n", "line 3", "", ""),
    ],
)
def test_bad_csv_line_is_quarantined_and_good_lines_beside_it_flow(bench, folders, bad, place, field, value):
    path = folders[CSV] / "1.csv"
    path.write_text(HEADER + line("F1") + bad + line("F2"))
    summary = load(bench)
    assert (summary.landed, summary.quarantined) == (2, 1)
    query = "select payload ->> 'record_id', payload ->> 'field', payload ->> 'value' from raw_tieout.quarantine"
    assert bench.query(query) == [(f"{CSV}/1.csv {place}", field, value)]
    path.write_text(HEADER + line("F1") + line("F2"))
    load(bench)
    assert bench.live("raw_tieout.quarantine") == set()


@pytest.mark.parametrize(
    "bad", [entry("N9", amount="x"), entry("N9", ccy="ZZZ"), entry("N9", sign="?"), entry("N9", amount="-1")]
)
def test_bad_camt_entry_is_quarantined_and_the_others_flow(bench, folders, bad):
    (folders[CAMT] / "1.xml").write_text(camt(iban(bench, CAMT), entry("N1"), bad, entry("N2")))
    summary = load(bench)
    assert (summary.landed, summary.quarantined) == (2, 1)
    assert bench.live("raw_tieout.quarantine") == {f"bank/entries/{CAMT}/1.xml entry 2"}


def test_known_entry_that_becomes_unreadable_is_not_believed_gone(bench, folders):
    path = folders[CSV] / "1.csv"
    path.write_text(HEADER + line("F1"))
    load(bench)
    path.write_text(HEADER + line("F1", amount="?"))
    load(bench)
    assert bench.live("raw_bank.entries") == {f"{CSV}/F1"}


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><Document>&c;</Document>'


@pytest.mark.parametrize(
    ("content", "reported"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"<Document", "Malformed"),
        (b"<other/>", "Expected a <Document>"),
        (b"<Document>\xff</Document>", "expected UTF-8"),
        (b'<?xml version="1.0" encoding="rot13"?><Document/>', "encoding"),
        (BOMB.encode(), "DOCTYPE"),
        (b" " * 50_000_001, "more than 50000000 bytes"),
        (camt("GB99").encode(), "another account"),
    ],
)
def test_unusable_file_is_quarantined_whole_until_it_is_corrected_or_taken_away(bench, folders, content, reported):
    path = folders[CAMT] / "1.xml"
    path.write_bytes(content)
    (folders[CAMT] / "2.xml").write_text(camt(iban(bench, CAMT), entry("N1")))
    summary = load(bench)
    assert (summary.landed, summary.quarantined) == (1, 1)
    ((record, reason),) = bench.query("select payload ->> 'record_id', payload ->> 'reason' from raw_tieout.quarantine")
    assert record == f"{CAMT}/1.xml" and reported in reason
    path.unlink()
    load(bench)
    assert bench.live("raw_tieout.quarantine") == set()


@pytest.mark.parametrize("text", ["id,amount\n", "a;b\n1;2\n", 'id,booking_date,amount,currency\n"F1,2026'])
def test_unusable_csv_is_quarantined_whole(bench, folders, text):
    (folders[CSV] / "1.csv").write_text(text)
    assert (load(bench).landed, load(bench).quarantined) == (0, 1)


def test_missing_folder_names_account_and_setting_and_blocks_no_other_account(bench, folders):
    folders[CSV].rmdir()
    (folders[CAMT] / "1.xml").write_text(camt(iban(bench, CAMT), entry("N1")))
    summary = load(bench)
    assert summary.landed == 1
    assert CSV in summary.problem and "folder" in summary.problem
    assert summary.window_to is None


def test_coverage_reaches_to_the_end_of_the_last_day_that_all_accounts_have(bench, folders):
    (folders[CAMT] / "1.xml").write_text(camt(iban(bench, CAMT), entry("N1"), day="2026-01-09"))
    (folders[CSV] / "1.csv").write_text(HEADER + line("F1"))
    window_to = load(bench).window_to
    assert window_to is not None and window_to.isoformat() == "2026-01-06T00:00:00+00:00"


def test_a_day_has_come_when_tiktok_shops_clock_says_so(bench, folders):
    (folders[CSV] / "1.csv").write_text(HEADER + line("F1", day="2062-05-01"))
    assert load(bench).quarantined == 1
    bench.ingest(tiktok_shop=lambda run: run.cover("orders", start=NOW, end=datetime(2062, 5, 1, tzinfo=UTC), rows=0))
    assert load(bench).quarantined == 0
    assert names(bench) == ["F1"]

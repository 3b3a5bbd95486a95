"""camt.053: every place of a reference, batches, pages, reversals, periods; what contradicts itself is reported."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from ingestion.bank.camt053 import read_camt053
from ingestion.bank.records import FileFaultError, Statement
from ingestion.bank.xml_tree import decoded


def balance(kind: str, amount: str, *, day: str = "", sign: str = "CRDT", ccy: str = "GBP") -> str:
    dated = f"<Dt><Dt>{day}</Dt></Dt>" if day else ""
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='{ccy}'>{amount}</Amt>"
        f"<CdtDbtInd>{sign}</CdtDbtInd>{dated}</Bal>"
    )


def entry(amount: str = "10.00", *, sign: str = "CRDT", status: str = "BOOK", more: str = "", details: str = "") -> str:
    return (
        f"<Ntry><Amt Ccy='GBP'>{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{more}<Sts><Cd>{status}</Cd></Sts>"
        f"<BookgDt><Dt>2026-01-05</Dt></BookgDt><ValDt><Dt>2026-01-06</Dt></ValDt><AcctSvcrRef>B1</AcctSvcrRef>"
        f"<NtryDtls>{details}</NtryDtls></Ntry>"
    )


def document(*parts: str, head: str = "") -> str:
    account = "<Acct><Id><IBAN>GB1</IBAN></Id><Ccy>GBP</Ccy></Acct>"
    return (
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'><BkToCstmrStmt><GrpHdr/><Stmt><Id>S</Id>"
        f"{head}{account}{''.join(parts)}</Stmt></BkToCstmrStmt></Document>"
    )


def read(*parts: str, head: str = "") -> Statement:
    (statement,) = read_camt053(document(*parts, head=head))
    return statement


def test_an_entry_has_all_that_payouts_are_matched_by():
    details = """<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId><TxId>TX-1</TxId><InstrId>IN-1</InstrId></Refs>
    <RltdPties><Dbtr><Pty><Nm>Payer Ltd</Nm></Pty></Dbtr><Cdtr><Nm>Payee Ltd</Nm></Cdtr></RltdPties>
    <RmtInf><Ustrd>TIKTOK</Ustrd><Ustrd>SHOP</Ustrd><Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd></RmtInf>
    <AddtlTxInf>MORE</AddtlTxInf></TxDtls>"""
    batch = "<Btch><MsgId>MSG-1</MsgId><PmtInfId>PMT-1</PmtInfId></Btch>"
    (found,) = read(entry(details=batch + details, more="<NtryRef>N1</NtryRef>")).entries
    assert (found.bank_id, found.amount, found.currency, found.reference) == ("B1", "10.00", "GBP", "")
    assert (found.booking_date, found.value_date, found.status) == ("2026-01-05", "2026-01-06", "BOOK")
    assert (found.counterparty, found.remittance) == ("Payer Ltd", "TIKTOK SHOP")
    assert set(found.references.split()) == {
        "TX-1", "IN-1", "MSG-1", "PMT-1", "RF18", "MORE", "TIKTOK", "SHOP", "N1", "B1",
    }  # fmt: skip


def transaction(amount: str, *, sign: str = "", id: str = "", old: bool = False) -> str:
    money = f"<Amt Ccy='GBP'>{amount}</Amt>"
    money = f"<AmtDtls><TxAmt>{money}</TxAmt></AmtDtls>" if old else money
    indicator = f"<CdtDbtInd>{sign}</CdtDbtInd>" if sign else ""
    return f"<TxDtls><Refs><EndToEndId>{id or amount}</EndToEndId></Refs>{money}{indicator}</TxDtls>"


@pytest.mark.parametrize("old", [True, False])
def test_a_batch_is_one_row_per_transaction_where_they_sum_to_it(old):
    parts = transaction("7.00", old=old) + transaction("5.00", old=old) + transaction("2.00", sign="DBIT", old=old)
    found = read(entry(details=parts)).entries
    assert [(each.amount, each.reference, each.part) for each in found] == [
        ("7.00", "7.00", 1),
        ("5.00", "5.00", 2),
        ("-2.00", "2.00", 3),
    ]


def test_a_batch_whose_transactions_do_not_sum_to_it_is_one_row_with_the_references_of_all():
    (found,) = read(entry(details=transaction("7.00", id="PAY-1") + transaction("5.00", id="PAY-2"))).entries
    assert (found.amount, found.part) == ("10.00", 0)
    assert {"PAY-1", "PAY-2"} <= set(found.references.split())


REVERSED = "<RvslInd>true</RvslInd>"


@pytest.mark.parametrize(
    ("closing", "amounts"),
    [("100.00", ["500.00", "-500.00"]), ("1100.00", ["500.00", "500.00"]), ("7.00", ["500.00", "500.00"])],
)
def test_the_balances_decide_which_sign_a_reversal_has_and_else_the_standard_does(closing, amounts):
    entries = entry("500.00") + entry("500.00", more=REVERSED)
    statement = read(balance("OPBD", "100.00"), balance("CLBD", closing), entries)
    assert [each.amount for each in statement.entries] == amounts
    assert statement.adds_up is (closing != "7.00")


def test_only_booked_entries_count_and_the_others_keep_their_word():
    statement = read(
        balance("OPBD", "0"), balance("CLBD", "10.00"), entry(), entry(status="PDNG"), entry(status="INFO")
    )
    assert [each.status for each in statement.entries] == ["BOOK", "PDNG", "INFO"]
    assert statement.adds_up


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (entry(status="GONE"), "Sts"),
        (entry(sign="?"), "CdtDbtInd"),
        (entry("-1"), "Amt"),
        (entry("\uff11\uff12"), "amount"),
        (entry("1e999999999"), "amount"),
        (entry("9" * 400), "amount"),
        (entry("1.23456"), "amount"),
        (entry(more="<RvslInd>perhaps</RvslInd>"), "RvslInd"),
        (entry(more="<Amt Ccy='GBP'>11</Amt>"), "Amt"),
        (entry().replace("2026-01-05", "\uff12\uff10\uff12\uff16-01-05"), "booking_date"),
        (entry().replace("2026-01-05", "9999-12-31"), "booking_date"),
        (entry().replace("2026-01-05", "2026-02-30"), "booking_date"),
    ],
)
def test_a_bad_entry_is_named_and_the_others_stay(bad, field):
    statement = read(entry(), bad, entry())
    assert len(statement.entries) == 2
    assert [(fault.place, fault.field) for fault in statement.faults] == [("entry 2", field)]


def test_the_standards_ways_to_write_an_amount_are_no_fault():
    amounts = [read(entry(text)).entries[0].amount for text in ("+5", "0005.10", "5.", ".5", "5.10000")]
    assert [Decimal(text) for text in amounts] == [Decimal(x) for x in ("5", "5.10", "5", "0.5", "5.1")]


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (balance("CLBD", "x"), "Bal CLBD"),
        (balance("CLBD", "1", sign="?"), "Bal CLBD CdtDbtInd"),
        (balance("CLBD", "1", ccy="EUR"), "Bal CLBD Ccy"),
        (balance("CLBD", "1", day="2026-13-01"), "Bal CLBD Dt"),
        (balance("CLBD", "1") + balance("CLBD", "2"), "Bal CLBD"),
        (balance("CLBD", "1").replace("<CdtDbtInd>", "<Amt Ccy='GBP'>2</Amt><CdtDbtInd>"), "Bal CLBD"),
    ],
)
def test_a_bad_balance_is_named(bad, field):
    statement = read(bad)
    assert [fault.field for fault in statement.faults] == [field]
    assert statement.adds_up is None


def test_pages_end_and_begin_at_interim_balances():
    page = "<StmtPgntn><PgNb>2</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>"
    statement = read(balance("ITBD", "21"), balance("ITBD", "31"), entry(), head=page)
    assert (statement.page, statement.is_last_page, statement.adds_up) == (2, False, True)


def test_of_several_days_the_first_opening_and_the_last_closing_count():
    days = [balance("OPBD", "5", day="2026-01-06"), balance("CLBD", "5", day="2026-01-05")]
    days += [balance("OPBD", "0", day="2026-01-05"), balance("CLBD", "15", day="2026-01-06")]
    statement = read(*days)
    assert (statement.opening_balance, statement.closing_balance) == ("0", "15")


@pytest.mark.parametrize(
    ("head", "opened", "start", "end"),
    [
        (
            "<FrToDt><FrDtTm>2026-01-05T00:00:00+01:00</FrDtTm><ToDtTm>2026-01-05T12:00:00+01:00</ToDtTm></FrToDt>",
            "",
            "2026-01-04T23:00:00+00:00",
            "2026-01-05T11:00:00+00:00",
        ),
        ("", "2026-01-05", "2026-01-05T00:00:00", "2026-01-05T23:59:59"),
        ("", "2026-01-04", "2026-01-05T00:00:00", "2026-01-05T23:59:59"),
    ],
)
def test_the_period_is_reported_or_that_of_the_balances(head, opened, start, end):
    statement = read(balance("OPBD", "0", day=opened), balance("CLBD", "0", day="2026-01-05"), head=head)
    assert (statement.start, statement.end, statement.faults) == (start, end, [])


@pytest.mark.parametrize("period", ["<FrDtTm>x</FrDtTm><ToDtTm>2026-01-05T00:00:00</ToDtTm>", "<ToDtTm>2026</ToDtTm>"])
def test_a_period_that_is_none_is_named(period):
    assert read(head=f"<FrToDt>{period}</FrToDt>").faults


def test_a_document_may_be_wrapped_and_hold_several_statements():
    text = document(entry()).replace("</Stmt>", "</Stmt><Stmt><Id>T</Id></Stmt>")
    found = read_camt053(f"<Envelope><Header/><Body>{text}</Body></Envelope>")
    assert [(each.id, each.place) for each in found] == [("S", "statement 1"), ("T", "statement 2")]


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("<Document><BkToCstmrAcctRpt><Rpt/></BkToCstmrAcctRpt></Document>", "camt.052"),
        ("<Document><BkToCstmrDbtCdtNtfctn><Ntfctn/></BkToCstmrDbtCdtNtfctn></Document>", "camt.054"),
        ("<Document><BkToCstmrStmt/></Document>", "<Document><BkToCstmrStmt>"),
        ("<a>" * 1_000_000, "more than 64 levels"),
        ("<a>" * 70 + "</a>" * 70, "more than 64 levels"),
        ("<a b='" + "x" * 100 + "'", "Malformed XML at line 1"),
        ('<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>', "DOCTYPE"),
        ("<a>\ud800</a>", "no Unicode"),
    ],
)
def test_what_is_no_statement_is_refused_cheaply(text, reported):
    began = time.process_time()
    with pytest.raises(FileFaultError, match=reported):
        read_camt053(text)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "windows-1252", "UTF-16", "iso-8859-15", "utf-8-sig"])
def test_a_file_is_read_in_the_encoding_that_it_declares(encoding):
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?><a>Müller</a>'
    assert "Müller" in decoded(text.encode(encoding))


@pytest.mark.parametrize("name", ["rot13", "zlib", "punycode", "unicode_escape", "nothing-like-it", "idna"])
def test_an_encoding_that_is_none_of_text_is_named(name):
    with pytest.raises(FileFaultError) as refused:
        decoded(f'<?xml version="1.0" encoding="{name}"?><a/>'.encode())
    assert (refused.value.fault.field, refused.value.fault.value) == ("encoding", name)

from collections import defaultdict
from decimal import Decimal


def test_every_payout_is_the_sum_of_its_lines_to_the_penny(world):
    rows = world.query(
        """
        select p.payment_id, p.amount_before_exchange as expected, sum(l.amount) as found
        from finance.payouts as p left join finance.payout_lines as l using (payment_id)
        group by p.payment_id, p.amount_before_exchange
        """
    )
    assert rows
    assert all(row["expected"] == row["found"] for row in rows), rows


def test_every_payout_is_tied_or_on_its_way_or_has_a_named_break_of_its_own(world):
    rows = world.query(
        """
        with parts as (
            select payment_id, payment_id as entity_id from finance.payouts
            union select payment_id, statement_id from finance.payout_lines
            union select payment_id, order_id from finance.payout_lines
            union select payment_id, transaction_id from finance.payout_lines
        )
        select p.payment_id, p.tie_out_status, p.unexplained_amount, list(distinct o.code) as codes
        from finance.payouts as p
        inner join parts on p.payment_id = parts.payment_id
        left join exceptions.open as o on parts.entity_id = o.entity_id
        group by all
        """
    )
    assert rows
    for row in rows:
        if row["tie_out_status"] == "tied":
            assert row["unexplained_amount"] == 0, row
        elif row["tie_out_status"] not in ("in_transit", "processing"):
            assert any(row["codes"]), row


def test_every_journal_balances_and_ends_in_the_bank_amount(world):
    rows = world.query(
        """
        select payment_id, sum(debit_amount) as debits, sum(credit_amount) as credits
        from finance.payout_journals group by payment_id
        """
    )
    assert rows
    assert all(row["debits"] == row["credits"] for row in rows)
    bank = world.query(
        """
        select j.payment_id, sum(j.debit_amount - j.credit_amount) as banked, any_value(p.amount) as paid
        from finance.payout_journals as j join finance.payouts as p using (payment_id)
        where j.account in ('1010', '1020', '1270') group by j.payment_id
        """
    )
    assert {row["payment_id"] for row in bank} == {row["payment_id"] for row in rows}
    assert all(row["banked"] == row["paid"] for row in bank)


def test_the_books_hold_in_the_bank_what_the_bank_booked_and_in_no_earlier_month(world):
    """Recomputed from the bank's own lines: each that is of a payout which is posted, in the month of its booking."""
    posted = {row["payment_id"] for row in world.query("select distinct payment_id from finance.payout_journals")}
    lines = [line for line in world.records("bank", "lines") if set(line["_payment_ids"]) & posted]
    expected: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        expected[line["booking_date"][:7]] += Decimal(line["amount"])
    numbers = {body["id"]: body["acctNumber"] for body in world.records("netsuite", "account")}
    booked: dict[str, Decimal] = defaultdict(Decimal)
    for journal in world.journals():
        for item in journal["line"]["items"]:
            if numbers[item["account"]["id"]] in ("1010", "1020"):
                booked[journal["tranDate"][:7]] += Decimal(item.get("debit") or 0) - Decimal(item.get("credit") or 0)
    assert lines
    assert booked == expected


def test_each_journal_is_in_netsuite_exactly_once(world):
    ids = [journal["externalId"] for journal in world.journals()]
    assert ids
    assert len(ids) == len(set(ids))
    published = world.query("select distinct journal_id from finance.payout_journals")
    assert {row["journal_id"] for row in published} == set(ids)


def test_the_same_cycle_again_writes_nothing(world):
    before = world.journals()
    calls = len(world.call("GET", "/_sandbox/netsuite/calls"))
    outcome = world.run()
    assert outcome.applied is not None
    assert outcome.applied.acknowledged == 0
    after = world.call("GET", "/_sandbox/netsuite/calls")[calls:]
    assert [
        c
        for c in after
        if c["method"] in ("PUT", "PATCH", "DELETE") or ("/record/" in c["path"] and c["method"] == "POST")
    ] == []
    assert world.journals() == before


def test_no_amount_is_a_float_anywhere_published(world):
    rows = world.query(
        "select table_name, column_name from information_schema.columns where data_type in ('DOUBLE', 'FLOAT')"
    )
    assert [row for row in rows if "amount" in row["column_name"]] == []


def test_pence_explained_are_all_of_them(world):
    row = world.query(
        "select sum(abs(unexplained_amount)) as left_over from finance.payouts where tie_out_status = 'tied'"
    )[0]
    assert row["left_over"] == Decimal(0)


def test_a_backfill_of_what_is_known_lands_nothing(world):
    from datetime import UTC, datetime

    from orchestration.steps.steps import ingest_step
    from tieout.state import State

    settings = world.settings()
    state = State(settings.database_url)
    since = datetime(2026, 1, 5, tzinfo=UTC)
    _result, loads = ingest_step(settings, state, systems=["tiktok_shop"], since=since, report=lambda _text: None)
    state.close()
    by_entity = {load.entity: load for load in loads if load.system == "tiktok_shop"}
    assert by_entity["orders"].read > 0
    assert sum(load.landed for load in by_entity.values()) == 0

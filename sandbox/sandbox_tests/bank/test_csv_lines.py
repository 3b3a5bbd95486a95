import csv
import io
from datetime import date

from sandbox.bank.accounts import US_PAYOUTS
from sandbox.bank.csv_lines import render
from sandbox.bank.ledger import account_days


def test_a_day_is_a_csv_file_with_balances_on_each_line(store):
    account = store.get("bank", "accounts", US_PAYOUTS).body
    texts = [render(day) for day in account_days(store, account, date(2026, 1, 12))]
    rows = [list(csv.DictReader(io.StringIO(text))) for text in texts]
    assert [len(day) for day in rows] == [0, 0, 1, 0, 0]
    line = rows[2][0]
    assert (line["id"], line["amount"], line["currency"], line["reference"]) == ("L4", "7.50", "GBP", "TTS & PAYOUT 1")
    assert (line["opening_balance"], line["closing_balance"]) == ("4000.00", "4007.50")
    assert "_payment_ids" not in line

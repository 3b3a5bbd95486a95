from sandbox import bank
from sandbox.bank.accounts import MAIN, US_PAYOUTS

DAY = 86_400


def test_each_account_has_a_file_for_every_business_day_that_is_over(store, tmp_path):
    bank.install(store, tmp_path)
    assert sorted(path.name for path in (tmp_path / MAIN).iterdir()) == [f"2026-01-0{day}.xml" for day in range(5, 10)]
    assert sorted(path.name for path in (tmp_path / US_PAYOUTS).iterdir())[0] == "2026-01-05.csv"


def test_a_line_changed_by_hand_rewrites_its_file_and_the_balances_after_it(store, tmp_path):
    bank.install(store, tmp_path)
    store.patch("bank", "lines", "L1", {"amount": "90.10"})
    assert "90.10" in (tmp_path / MAIN / "2026-01-05.xml").read_text()
    assert "25090.00" in (tmp_path / MAIN / "2026-01-06.xml").read_text()
    store.delete("bank", "lines", "L1")
    assert "L1" not in (tmp_path / MAIN / "2026-01-05.xml").read_text()
    store.patch("bank", "lines", "L1", {"amount": "100.10"})
    assert "100.10" in (tmp_path / MAIN / "2026-01-05.xml").read_text()


def test_files_that_did_not_change_are_left_alone(store, tmp_path):
    assert len(bank.write_files(store, tmp_path)) == 10
    assert bank.write_files(store, tmp_path) == []
    store.set_now(store.now + DAY)
    assert sorted(path.name for path in bank.write_files(store, tmp_path)) == ["2026-01-12.csv", "2026-01-12.xml"]


def test_a_line_moved_out_of_a_weekend_leaves_a_statement_without_lines(store, tmp_path):
    store.patch("bank", "lines", "L3", {"booking_date": "2026-01-10"})
    bank.install(store, tmp_path)
    saturday = tmp_path / MAIN / "2026-01-10.xml"
    assert "L3" in saturday.read_text()
    store.patch("bank", "lines", "L3", {"booking_date": "2026-01-09"})
    assert "<Ntry>" not in saturday.read_text() and saturday.read_text().count("<Bal>") == 2


def test_the_systems_entry_says_where_files_are_and_nothing_private(store, tmp_path):
    entry = bank.systems_entry(store, tmp_path)
    assert entry["folder"] == str(tmp_path)
    assert {account["format"] for account in entry["accounts"]} == {"camt053", "csv"}
    assert not [key for account in entry["accounts"] for key in account if key.startswith("_")]

"""A new tenant's first days, as a person who only reads what the commands say: init, doctor, observe, go-live.

Belongs here: that walk, from nothing to a first journal. Does not: what doctor says of each wrong value
(tests/orchestration/cli/test_doctor), or what a run holds before going live (test_go_live).
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from orchestration.cli.commands import register
from tests.support.worlds import CONFIG, World

UK = "7495000000000000101"
MOST_ROUNDS = 8


@pytest.fixture
def newcomer(fresh_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which a newcomer begins; their systems are the stand-ins, which only addresses show."""
    home = tmp_path / "var-acme"
    (home / "secrets").mkdir(parents=True)
    monkeypatch.setenv("TIEOUT_CONFIG", str(tmp_path / "acme"))
    monkeypatch.setenv("TIEOUT_HOME", str(home))
    for name in ("base_url", "auth_base_url"):
        address = (fresh_world.home / "secrets" / f"tiktok_shop__{name}").read_text()
        monkeypatch.setenv(f"TIEOUT_TIKTOK_SHOP__{name.upper()}", address)
    return tmp_path


def tieout(*arguments: str) -> Result:
    app = typer.Typer()
    register(app)
    return CliRunner().invoke(app, list(arguments))


def answers(world: World, folder: Path) -> dict[str, Callable[[], object]]:
    """Return what the newcomer does where doctor's words hold these: look it up and put it where they say."""
    toml, bank = folder / "acme" / "tieout.toml", world.home / "sandbox" / "bank" / "gbp-main"

    def secret(name: str) -> Callable[[], object]:
        return lambda: shutil.copy(world.home / "secrets" / name, folder / "var-acme" / "secrets" / name)

    def write(key: str, value: str, former: str = "", last: bool = False) -> Callable[[], object]:
        def change() -> object:
            parts = (toml.read_text().rpartition if last else toml.read_text().partition)(f'\n{key} = "{former}"')
            assert parts[1], key
            return toml.write_text(f'{parts[0]}\n{key} = "{value}"{parts[2]}')

        return change

    return {
        **{f"secrets/tiktok_shop__{name}": secret(f"tiktok_shop__{name}") for name in ("app_key", "app_secret")},
        "secrets/tiktok_shop__refresh_token": secret("tiktok_shop__refresh_token"),
        "shops 1: shop_id: is empty": write("shop_id", UK),
        "shops 1: name: is empty": write("name", "Acme"),
        "shops 1: region: expected 'GB' or 'US'": write("region", "GB"),
        "shops 1: currency: '' is no currency": write("currency", "GBP"),
        "shops 1: payout_currency: '' is no": write("payout_currency", "GBP"),
        "shops 1: netsuite_subsidiary: is empty": write("netsuite_subsidiary", "Northgate"),
        "expected the internal id of a subsidiary: 1 (Northgate": write("netsuite_subsidiary", "1", "Northgate"),
        "netsuite.base_url: '' is no address": write("base_url", secret_text(world, "netsuite__base_url")),
        "netsuite.account: is empty": write("account", secret_text(world, "netsuite__account")),
        "netsuite.client_id is missing": secret("netsuite__client_id"),
        "netsuite.certificate_id is missing": secret("netsuite__certificate_id"),
        "secret file netsuite__private_key": secret("netsuite__private_key"),
        "accounts 1: iban: is empty": write("iban", "GB12XFAK00990000004401"),
        "iban 'GB12XFAK00990000004401'": write("iban", "GB11XFAK00990000004401", "GB12XFAK00990000004401"),
        "accounts 1: currency: '' is no currency": write("currency", "GBP", last=True),
        "accounts 1: netsuite_account: is empty": write("netsuite_account", "1010"),
        "no folder": write("folder", str(bank), "bank/main"),
        "netsuite_account is empty for *, gross_sales": lambda: fill_accounts(folder / "acme" / "accounts.csv"),
        "taxes.csv:4: treatment ''": lambda: fill_taxes(folder / "acme" / "taxes.csv"),
    }


def fill_taxes(path: Path) -> None:
    """Say of each class that its price holds a fifth of tax, which the seller owes."""
    lines = path.read_text().splitlines()
    path.write_text("".join(f"{line.replace(',,,,', ',seller,20,,')}\n" for line in lines))


def secret_text(world: World, name: str) -> str:
    return (world.home / "secrets" / name).read_text()


def fill_accounts(path: Path) -> None:
    """Give each class the account that the demo's books have for it."""
    text = (CONFIG / "accounts.csv").read_text()
    known = {row["line_class"]: row["netsuite_account"] for row in csv.DictReader(text.splitlines())}
    known |= {"gross_sales": "4000", "clearing": "1250", "bank": "1010"}
    lines = path.read_text().splitlines()
    classes = {line: line.split(",")[1] for line in lines if line.startswith("*,")}
    path.write_text(
        "".join(f"*,{classes[line]},{known[classes[line]]},,\n" if line in classes else f"{line}\n" for line in lines)
    )


def test_a_newcomer_reaches_a_first_journal_by_what_the_commands_say(fresh_world: World, newcomer: Path) -> None:
    begun = tieout("init", str(newcomer / "acme"), "--systems", "tiktok_shop,netsuite,bank")
    assert (begun.exit_code, "tieout doctor" in begun.output) == (0, True), begun.output

    left = answers(fresh_world, newcomer)
    for _round in range(MOST_ROUNDS):
        examined = tieout("doctor", "--json")
        findings = [row for row in json.loads(examined.stdout) if row["verdict"] != "ok"]
        assert examined.exit_code == bool(findings)
        if not findings:
            break
        reported = "\n".join(f"{row['found']}; {row['remedy']}" for row in findings)
        known = [words for words in left if words in reported]
        assert known, reported
        for words in known:
            left.pop(words)()
    assert (findings, list(left)) == ([], [])

    observed = tieout("run")
    assert observed.exit_code in (0, 1), observed.output
    planned = json.loads(tieout("plan", "--json").stdout)
    assert planned
    assert {row["action"] for row in planned} == {"held"}
    assert any("tieout go-live" in row["held_because"] for row in planned)
    assert fresh_world.journals() == []

    assert tieout("go-live", "--yes").exit_code == 0
    written = tieout("run")
    assert written.exit_code in (0, 1), written.output
    journals = fresh_world.journals()
    assert journals
    booked = json.loads(tieout("query", "--json", "select count(*) as n from finance.payout_journals").stdout)
    assert booked[0]["n"] > 0
    assert {str(journal["subsidiary"]["id"]) for journal in journals} == {"1"}

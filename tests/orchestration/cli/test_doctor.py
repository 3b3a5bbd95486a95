"""Each wrong value of a configuration is reported with its place, the value, and what to do, over real sockets.

Belongs here: one change at a time to a tenant on which `tieout doctor` is green. Does not: the changes themselves
(tests/support/wrong_values), or single readers' own faults (tests/tieout, tests/ingestion).
"""

from __future__ import annotations

import json
import re
import time

import pytest
import typer
from typer.testing import CliRunner

from orchestration.cli.commands import register
from orchestration.cli.doctor_config import contradictions
from tests.support.whole_tenant import Change, Tenant, at_closed_port, rewritten, secret, setting
from tests.support.wrong_values import MAPS, SETTINGS, VENDORS
from tieout.settings import load_settings

ADDRESS = "http://127.0.0.1:{}"
ASKED = {**SETTINGS, **VENDORS}


@pytest.mark.parametrize(("change", "reported"), ASKED.values(), ids=ASKED)
def test_a_wrong_value_is_reported_with_its_place_and_what_to_do(tenant: Tenant, change: Change, reported: str) -> None:
    change(tenant)
    require_reported(tenant.reported(), reported)


@pytest.mark.parametrize(("change", "reported"), MAPS.values(), ids=MAPS)
def test_a_wrong_row_of_a_map_is_reported_without_asking_anybody(tenant: Tenant, change: Change, reported: str) -> None:
    change(tenant)
    if appended := re.search(r"([a-z_]+[.]csv):END", reported):
        lines = (tenant.config / appended[1]).read_bytes().splitlines()
        reported = reported.replace(appended[0], f"{appended[1]}:{len(lines)}")
    require_reported(tenant.reported_without_asking(), reported)


def require_reported(found: list[str], reported: str) -> None:
    assert [one for one in found if all(part in one for part in reported.split("|"))], found
    assert "hidden" not in "".join(found)


def test_the_exit_code_says_whether_all_is_well(tenant: Tenant) -> None:
    app = typer.Typer()
    register(app)
    asked = ["doctor", "--json", "--config", str(tenant.config)]
    well = CliRunner().invoke(app, asked)
    assert (well.exit_code, {row["verdict"] for row in json.loads(well.stdout)}) == (0, {"ok"})
    setting('region = "GB"', 'region = "UK"')(tenant)
    wrong = CliRunner().invoke(app, asked)
    assert (wrong.exit_code, [row["verdict"] for row in json.loads(wrong.stdout)]) == (1, ["wrong"])


def test_every_wrong_setting_is_a_finding_of_its_own(tenant: Tenant) -> None:
    setting('region = "GB"', 'region = "UK"')(tenant)
    setting("[books]", "[books]\nmax_journals_per_run = 0")(tenant)
    assert [one.split(": ", 2)[2].split(":")[0] for one in tenant.reported()] == [
        "tiktok_shop.shops 1",
        "books.max_journals_per_run",
    ]


def test_a_byte_order_mark_before_the_settings_is_passed_over(tenant: Tenant) -> None:
    rewritten("tieout.toml", lambda text: b"\xef\xbb\xbf" + text)(tenant)
    assert tenant.reported() == []


@pytest.mark.parametrize("system", ["tiktok_shop", "netsuite", "linnworks"])
def test_a_system_that_is_down_is_given_up_within_seconds_and_reported_once(
    tenant: Tenant, system: str, caplog: pytest.LogCaptureFixture
) -> None:
    at_closed_port(f"{system}__base_url", ADDRESS)(tenant)
    began = time.monotonic()
    (reported,) = tenant.reported()
    assert time.monotonic() - began < 20
    assert reported.count("no connection to http://127.0.0.1:") == 1
    assert f"check {system}.base_url" in reported
    assert [record.getMessage() for record in caplog.records if record.levelname != "INFO"] == []


def test_the_host_that_renews_tokens_is_named_when_it_is_down(tenant: Tenant) -> None:
    (tenant.home / "secrets" / "tiktok_shop_token.json").unlink()
    at_closed_port("tiktok_shop__auth_base_url", ADDRESS)(tenant)
    (reported,) = tenant.reported()
    assert "auth_base_url" in reported


def test_the_account_of_netsuite_is_that_of_its_address(tenant: Tenant) -> None:
    secret("netsuite__base_url", "https://7654321-sb1.suitetalk.api.netsuite.com")(tenant)
    (finding,) = contradictions(load_settings(tenant.config))
    assert "netsuite.account '1234567'" in finding.found
    assert "https://1234567.suitetalk.api.netsuite.com" in finding.remedy

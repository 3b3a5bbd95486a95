"""What is wrong with a setting is reported with the setting, the value, the valid values, and where it is set."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tieout.errors import ConfigError
from tieout.setting_faults import meant
from tieout.settings import load_settings
from tieout.tenancy import claim_home


def test_a_name_that_is_near_one_is_asked_for_and_others_are_listed() -> None:
    assert meant("linnwork", ["linnworks", "gxo"]) == "did you mean linnworks?"
    assert meant("zzz", ["linnworks", "gxo"]) == "expected one of gxo, linnworks"
    assert meant("zzz", []) == "take it out"


def test_a_value_of_the_environment_is_reported_as_one(
    make_settings, demo_config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_settings().home
    monkeypatch.setenv("TIEOUT_BOOKS__MAX_JOURNALS_PER_RUN", "0")
    with pytest.raises(ConfigError, match=r"at least 1, found '0' .it is set in TIEOUT_BOOKS__"):
        load_settings(demo_config, home)


@pytest.mark.parametrize("system", ["gxo", "linnworks"])
def test_a_key_that_has_moved_is_refused_with_its_new_place(
    make_settings, demo_config: Path, tmp_path: Path, system: str
) -> None:
    config = tmp_path / "config"
    shutil.copytree(demo_config, config)
    with (config / "tieout.toml").open("a") as source:
        source.write(f"\n[stock]\n{system}_stale_after_minutes = 60\n")
    moved = f"stock.{system}_stale_after_minutes: is now {system}.stock_stale_after_minutes; move the value there"
    with pytest.raises(ConfigError, match=moved):
        make_settings(config_dir=config)


def test_what_an_unknown_secret_holds_is_never_shown(make_settings, demo_config: Path) -> None:
    home = make_settings().home
    (home / "secrets" / "netsuite__privat_key").write_text("hidden")
    with pytest.raises(ConfigError, match=r"netsuite.privat_key: no such key; did you mean private_key\?") as refused:
        load_settings(demo_config, home)
    assert "hidden" not in str(refused.value)


def test_a_home_that_cannot_be_written_is_reported_in_a_sentence(make_settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = make_settings().model_copy(update={"home": tmp_path / "file" / "home"})
    with pytest.raises(ConfigError, match=r"the home .*file/home cannot be written .*set TIEOUT_HOME"):
        claim_home(settings)

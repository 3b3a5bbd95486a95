import shutil

import pytest

from tieout.errors import ConfigError
from tieout.settings import Gxo, ZigZag, load_settings


def test_the_demo_tenant_loads_with_secret_files(make_settings):
    settings = make_settings()
    assert settings.tiktok_shop.app_secret.get_secret_value() == "app-secret-for-tests"
    assert [shop.region for shop in settings.tiktok_shop.shops] == ["GB", "US"]


def test_environment_wins_over_secret_files_and_toml(make_settings, monkeypatch):
    monkeypatch.setenv("TIEOUT_TIKTOK_SHOP__APP_SECRET", "from-environment")
    monkeypatch.setenv("TIEOUT_NETSUITE__ACCOUNT", "7654321_SB1")
    settings = make_settings()
    assert settings.tiktok_shop.app_secret.get_secret_value() == "from-environment"
    assert settings.netsuite.account == "7654321_SB1"


def test_secrets_are_never_shown(make_settings):
    assert "app-secret-for-tests" not in repr(make_settings())


def test_bank_folders_lie_in_the_home_folder(make_settings, tmp_path):
    assert all(tmp_path in account.folder.parents for account in make_settings().bank.accounts)


def test_a_missing_secret_is_named_with_the_ways_to_give_it(demo_config, tmp_path):
    with pytest.raises(ConfigError) as error:
        load_settings(demo_config, tmp_path)
    assert "tiktok_shop.app_secret" in str(error.value)
    assert "TIEOUT_TIKTOK_SHOP__APP_SECRET" in str(error.value)


def test_a_missing_folder_names_the_option(tmp_path):
    with pytest.raises(ConfigError, match="--config"):
        load_settings(tmp_path / "nowhere", tmp_path)


def test_an_unknown_key_is_refused_by_name(demo_config, tmp_path, make_settings):
    config = tmp_path / "config"
    shutil.copytree(demo_config, config)
    text = (config / "tieout.toml").read_text().replace("[books]", '[books]\nround_up = "yes"')
    (config / "tieout.toml").write_text(text)
    with pytest.raises(ConfigError, match=r"books\.round_up"):
        make_settings(config_dir=config)


@pytest.mark.parametrize(
    ("line", "reported"),
    [
        ('[books]\npost_from = "01/03/2026"', "books.post_from.*no day: expected YYYY-MM-DD"),
        ('[books]\npost_from = "2026-02-30"', "books.post_from.*no day"),
        ('[books]\napproval_above_amount = "-5"', "books.approval_above_amount"),
        ("[boks]", "boks: no such key or section; did you mean books"),
        ('memry_limit = "1GB"', "memry_limit: no such key or section; did you mean memory_limit"),
        ('bank_account = "gbp-mian"', "paid to bank_account 'gbp-mian', and .* has gbp-main, gbp-us-payouts"),
    ],
)
def test_a_value_that_would_count_for_nothing_is_refused(demo_config, tmp_path, make_settings, line, reported):
    config = tmp_path / "config"
    shutil.copytree(demo_config, config)
    name = line.split(" = ")[0].split("\n")[0]
    former = {"[boks]": "[books]", "memry_limit": 'memory_limit = "1GB"', "bank_account": 'bank_account = "gbp-main"'}
    text = (config / "tieout.toml").read_text().replace(former.get(name, name), line)
    (config / "tieout.toml").write_text(text.replace('approval_above_amount = "100000"', "") if "-5" in line else text)
    with pytest.raises(ConfigError, match=reported):
        make_settings(config_dir=config)


def test_a_warehouse_site_in_no_time_zone_is_refused():
    with pytest.raises(ValueError, match="'Europe/Londn' is no time zone"):
        Gxo(site="W", shops=[], host="h", user="u", host_key="k", depositor="D", our_id="U", their_id="T",
            time_zone="Europe/Londn")  # fmt: skip


@pytest.mark.parametrize("host", ["https://images.example", "images.example/photos", "a b", "", "images.example:x"])
def test_a_host_of_photos_is_a_name_and_no_address(host):
    with pytest.raises(ValueError, match="is no host: expected a name without https:// and path"):
        ZigZag(base_url="https://h", username="u", password="p", retailer_code="r", shops=[], photo_hosts=[host])


def test_broken_toml_is_said_to_be_broken(demo_config, tmp_path, make_settings):
    config = tmp_path / "config"
    shutil.copytree(demo_config, config)
    (config / "tieout.toml").write_text("tenant = ")
    with pytest.raises(ConfigError, match="not valid TOML"):
        make_settings(config_dir=config)


def test_an_unknown_shop_is_refused_with_the_known_ones(make_settings):
    with pytest.raises(ConfigError, match="7495000000000000101"):
        make_settings().shop("1")


@pytest.mark.parametrize("name", ["TIEOUT_TIKTOK_SHOP__SHOPS", "TIEOUT_GXO__UNITS"])
def test_a_variable_that_is_to_hold_a_list_or_table_and_does_not_is_named(make_settings, monkeypatch, name):
    monkeypatch.setenv(name, "nonsense")
    with pytest.raises(ConfigError, match=f"^{name}: no JSON; give the whole value as JSON"):
        make_settings()


def test_more_processors_than_any_machine_has_are_refused(make_settings, monkeypatch):
    monkeypatch.setenv("TIEOUT_THREADS", "999999")
    with pytest.raises(ConfigError, match="threads"):
        make_settings()

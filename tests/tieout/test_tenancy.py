"""A home belongs to the tenant that used it first; another one's configuration is refused in one sentence."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from tieout.errors import ConfigError
from tieout.state import State, coverage, stamp
from tieout.state_loss import open_state
from tieout.tenancy import claim_home, tenant_of


@pytest.fixture
def config_of(demo_config, tmp_path):
    """Returns a function that writes the configuration of a tenant of another name, or with other shops."""

    def write(name, *, shops=("7495000000000000101", "7495000000000000202")):
        text = (demo_config / "tieout.toml").read_text().replace('tenant = "demo"', f'tenant = "{name}"')
        for theirs, ours in zip(("7495000000000000101", "7495000000000000202"), shops, strict=True):
            text = text.replace(theirs, ours)
        folder = tmp_path / f"config-{name}-{shops[0]}"
        folder.mkdir(exist_ok=True)
        (folder / "tieout.toml").write_text(text)
        return folder

    return write


def has_read(settings, *shops):
    state = State(settings.database_url)
    now = stamp(datetime.now(UTC))
    kept = {"window_from": now, "window_to": now, "row_count": 1, "load_id": "l", "verified_at": now}
    with state.transaction() as connection:
        for shop in shops:
            row = {"system": "tiktok_shop", "entity": "orders", "shop_id": shop, **kept}
            connection.execute(insert(coverage).values(**row))
    state.close()


def test_the_first_use_stamps_the_home_and_the_tenant_goes_on(make_settings, config_of):
    settings = make_settings(config_dir=config_of("acme"))
    assert tenant_of(settings.home) == ""
    for _ in range(2):
        open_state(settings).close()
        assert tenant_of(settings.home) == "acme"


def test_another_tenants_configuration_is_refused_and_nothing_is_opened(make_settings, config_of):
    claim_home(make_settings(config_dir=config_of("acme")))
    other = make_settings(config_dir=config_of("other"))
    with pytest.raises(ConfigError) as reported:
        open_state(other)
    assert "holds the data of tenant 'acme'" in str(reported.value)
    assert "set TIEOUT_HOME to a folder for 'other' alone" in str(reported.value)
    assert "\n" not in str(reported.value)
    assert tenant_of(other.home) == "acme"
    assert not (other.home / "state.sqlite").exists()


def test_a_copied_configuration_whose_tenant_was_not_renamed_is_refused_by_its_shops(make_settings, config_of):
    has_read(make_settings(), "7495000000000000101", "7495000000000000202")
    with pytest.raises(ConfigError, match="holds the data of shops 7495000000000000101, 7495000000000000202"):
        open_state(make_settings(config_dir=config_of("demo", shops=("11", "22"))))


def test_a_tenant_that_adds_drops_or_corrects_a_shop_goes_on(make_settings, config_of):
    wrong_at_first = make_settings(config_dir=config_of("acme", shops=("1", "2")))
    open_state(wrong_at_first).close()
    right = make_settings(config_dir=config_of("acme"))
    open_state(right).close()
    has_read(right, "7495000000000000101")
    open_state(right).close()
    open_state(make_settings(config_dir=config_of("acme", shops=("7495000000000000101", "3")))).close()


def test_two_homes_that_share_a_state_database_are_reported(make_settings, config_of, tmp_path):
    settings = make_settings()
    has_read(settings, "7495000000000000101")
    config = config_of("other", shops=("11", "22"))
    other = make_settings(config_dir=config, home=tmp_path / "another")
    with pytest.raises(ConfigError, match="state_url"):
        open_state(other.model_copy(update={"state_url": settings.database_url}))

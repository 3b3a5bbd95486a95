"""What a tenant begins with: a folder that names it, writes nothing by itself, and points at no stand-in.

Belongs here: `tieout init`, and which homes are live. Does not: what is written after going live (integration).
"""

import typer
from typer.testing import CliRunner

from orchestration.go_live import go_live, is_live
from orchestration.tenant_commands import register
from tieout.settings import load_settings
from tieout.state import State

SECRETS = ("tiktok_shop__app_key", "tiktok_shop__app_secret", "tiktok_shop__refresh_token")


def invoke(*arguments):
    app = typer.Typer()
    register(app)
    return CliRunner().invoke(app, list(arguments))


def test_init_writes_a_tenant_that_loads_under_its_own_name_and_is_not_live(tmp_path):
    folder = tmp_path / "acme"
    done = invoke("init", str(folder))
    assert done.exit_code == 0, done.output
    assert str(folder) in done.output
    home = tmp_path / "home"
    (home / "secrets").mkdir(parents=True)
    for name in SECRETS:
        (home / "secrets" / name).write_text("x")
    settings = load_settings(folder, home)
    assert settings.tenant == "acme"
    assert not settings.live
    assert settings.tiktok_shop.base_url == "https://open-api.tiktokglobalshop.com"
    assert "127.0.0.1" not in (folder / "tieout.toml").read_text()
    assert {path.name for path in folder.glob("*.csv")} >= {"fees.csv", "accounts.csv"}


def test_init_writes_into_no_folder_that_holds_anything(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    done = invoke("init", str(tmp_path))
    assert "is not empty" in str(done.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_home_is_live_once_somebody_said_so(make_settings):
    settings = make_settings().model_copy(update={"live": False})
    state = State(settings.database_url)
    try:
        assert not is_live(settings, state)
        go_live(settings, actor="ada")
        assert is_live(settings, state)
        assert "ada" in (settings.home / "live.txt").read_text()
    finally:
        state.close()

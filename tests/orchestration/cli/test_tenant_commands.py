"""What a tenant begins with: a folder that names it, writes nothing by itself, and points at no stand-in.

Belongs here: `tieout init`, and which homes are live. Does not: what is written after going live (integration).
"""

import tomllib

import pytest
import typer
from typer.testing import CliRunner

from ingestion.config.maps import read_map
from ingestion.config.specs import MAPS
from orchestration.cli.doctor import examine
from orchestration.cli.tenant_commands import register
from orchestration.cli.tenant_template import NOTES, map_texts
from orchestration.steps.go_live import go_live, is_live
from tieout.settings import Gxo, Linnworks, NetSuite, NewStore, TikTokShop, ZigZag, load_settings
from tieout.state import State


def invoke(*arguments):
    app = typer.Typer()
    register(app)
    return CliRunner().invoke(app, list(arguments))


def test_init_names_the_tenant_by_its_folder_and_points_at_no_stand_in(tmp_path):
    folder = tmp_path / "acme"
    done = invoke("init", str(folder))
    assert done.exit_code == 0, done.output
    assert f"TIEOUT_CONFIG={folder}" in done.output
    settings = tomllib.loads((folder / "tieout.toml").read_text())
    assert settings["tenant"] == "acme"
    assert settings.keys() == {"tenant", "tiktok_shop", "netsuite", "bank", "books"}
    assert "127.0.0.1" not in (folder / "tieout.toml").read_text()
    assert {path.name for path in folder.iterdir()} == {
        *("tieout.toml", ".env.example", "fees.csv", "accounts.csv", "taxes.csv", "return_policy.csv"),
        "return_windows.csv",
    }


def test_init_of_a_returns_portal_writes_its_own_maps_and_none_of_a_warehouse(tmp_path):
    folder = tmp_path / "acme"
    assert invoke("init", str(folder), "--systems", "zigzag").exit_code == 0
    maps = {path.name: path.read_text() for path in folder.glob("*.csv")}
    assert {"grades.csv", "return_reasons.csv"} < maps.keys()
    assert not {"locations.csv", "carriers.csv", "services.csv"} & maps.keys()
    assert "# zigzag,A,restock,yes,," in maps["grades.csv"]


def test_init_in_the_folder_where_one_is_has_its_name(tmp_path, monkeypatch):
    folder = tmp_path / "acme"
    folder.mkdir()
    monkeypatch.chdir(folder)
    done = invoke("init", ".")
    assert tomllib.loads((folder / "tieout.toml").read_text())["tenant"] == "acme"
    assert f"TIEOUT_CONFIG={folder} TIEOUT_HOME={folder}/var-acme" in done.output


def test_init_writes_the_sections_secrets_and_maps_of_the_systems_that_a_tenant_has(tmp_path):
    folder = tmp_path / "acme"
    assert invoke("init", str(folder), "--systems", "gxo,linnworks,newstore,zigzag").exit_code == 0
    settings = tomllib.loads((folder / "tieout.toml").read_text())
    assert {"tiktok_shop", "netsuite", "bank", "gxo", "linnworks", "newstore", "zigzag"} < settings.keys()
    assert {path.name for path in folder.glob("*.csv")} == {spec.file for spec in MAPS}
    names = (folder / ".env.example").read_text()
    for system, section in (
        ("tiktok_shop", TikTokShop),
        ("netsuite", NetSuite),
        ("gxo", Gxo),
        ("linnworks", Linnworks),
        ("newstore", NewStore),
        ("zigzag", ZigZag),
    ):
        for key, field in section.model_fields.items():
            named = f"TIEOUT_{system}__{key}=".upper() in names
            assert named == ("SecretStr" in str(field.annotation)), (system, key)
    alone = tmp_path / "alone"
    assert invoke("init", str(alone), "--systems", "linnworks").exit_code == 0
    assert "gxo" not in (alone / "tieout.toml").read_text() + (alone / ".env.example").read_text().lower()


def test_init_refuses_a_system_that_is_none(tmp_path):
    done = invoke("init", str(tmp_path / "acme"), "--systems", "shopify")
    assert "--systems shopify: expected any of tiktok_shop, netsuite, bank, gxo, linnworks" in str(done.exception)
    assert not (tmp_path / "acme").exists()


def test_doctor_asks_for_everything_that_init_left_empty(tmp_path, monkeypatch):
    folder = tmp_path / "acme"
    invoke("init", str(folder), "--systems", "gxo")
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TIEOUT_TIKTOK_SHOP__APP_KEY", "")  # as it is in .env.example
    reported = "\n".join(finding.found for finding in examine(folder))
    empty = [line.split(" = ")[0] for line in (folder / "tieout.toml").read_text().splitlines() if ' = ""' in line]
    assert len(empty) == 18
    for key in [*empty, "app_key", "app_secret", "refresh_token"]:
        assert key in reported


@pytest.mark.parametrize("name", NOTES)
def test_the_example_in_each_map_is_a_row_that_may_stand_there(tenant, name):
    header, _meaning, example, *_rows = map_texts({"gxo", "zigzag"})[name].splitlines()
    (tenant.config / name).write_text(f"{header}\n# a comment, of two parts\n{example.removeprefix('# ')}\n")
    spec = next(spec for spec in MAPS if spec.file == name)
    read = read_map(spec, load_settings(tenant.config))
    assert (read.faults, read.lines) == ([], [3])


def test_a_map_that_begins_with_a_comment_is_read(tenant):
    path = tenant.config / "skus.csv"
    path.write_text(
        "# ours; and theirs; by shop\nshop_id,seller_sku,item,valid_from,valid_to\n7495000000000000101,#1,A,,\n"
    )
    read = read_map(next(spec for spec in MAPS if spec.file == "skus.csv"), load_settings(tenant.config))
    assert [(row["seller_sku"], line) for row, line in zip(read.rows, read.lines, strict=True)] == [("#1", 3)]


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

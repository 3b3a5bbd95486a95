"""What reading the published marts needs of a tenant's settings: where they lie, and how much memory it may take.

Belongs here: those settings, which no secret and no vendor is needed for. Does not: the rest of them (settings).
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from tieout.errors import ConfigError

_PROJECT = Path(__file__).resolve().parents[1]
_EXAMPLE = Path(__file__).resolve().parent / "example"
"""The demo's configuration as an installed package brings it: to be copied, and never taken by default."""


class Reading(BaseSettings):
    """The settings of a reader: of `tieout.toml`, where there is one, and the environment."""

    model_config = SettingsConfigDict(
        env_prefix="TIEOUT_", env_nested_delimiter="__", extra="ignore", frozen=True, case_sensitive=False
    )

    tenant: str = ""
    home: Path = Path("var")
    config_dir: Path = Path()
    memory_limit: Annotated[str, Field(pattern=r"^[0-9]+([.][0-9]+)? ?([KMGT]i?)?B$")] = "2GB"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, environment, tieout.toml."""
        del dotenv_settings, file_secret_settings
        toml = TomlConfigSettingsSource(settings_cls, toml_file=Path(init_settings()["config_dir"]) / "tieout.toml")
        return init_settings, env_settings, toml

    @property
    def published_dir(self) -> Path:
        """Where readers look: `current.duckdb` and the Parquet files behind it."""
        return self.home / "published"


def load_reading(config_dir: Path | None = None, home: Path | None = None) -> Reading:
    """Load a reader's settings; arguments win over TIEOUT_CONFIG and TIEOUT_HOME.

    Without a configuration the home's own counts, where it has one: a published folder is read without any, and then
    has no tenant's name.

    Raises:
        ConfigError: when a configuration that was named is missing, or cannot be used.
    """
    home = home or home_folder()
    named = config_dir or (Path(os.environ["TIEOUT_CONFIG"]) if os.environ.get("TIEOUT_CONFIG") else None)
    folder = named or home / "config"
    if named is not None:
        require_settings_file(named)
    try:
        return Reading(config_dir=folder.resolve(), home=home.resolve())
    except ValueError as error:
        raise unusable(error, folder / "tieout.toml") from None


def home_folder() -> Path:
    """Return the folder of all data: TIEOUT_HOME, else ./var."""
    return Path(os.environ.get("TIEOUT_HOME") or "var")


def require_settings_file(folder: Path) -> Path:
    """Return the settings file of a configuration folder.

    Raises:
        ConfigError: when there is none.
    """
    source = folder / "tieout.toml"
    if not source.is_file():
        raise ConfigError(
            f"no settings file {source}: name its folder with --config DIR or TIEOUT_CONFIG;"
            " `tieout init DIR` writes one"
        )
    return source


def example_folder() -> Path:
    """Return the demo's configuration, as the package brings it or as it stands in the project."""
    return _EXAMPLE if _EXAMPLE.is_dir() else _PROJECT / "config" / "demo"


def require_known_names(source: Path, known: Collection[str]) -> None:
    """Refuse a section or key at the top of a settings file that is none of ours: what it sets would count for nothing.

    Raises:
        ConfigError: naming each, and what may have been meant.
    """
    try:
        named = tomllib.loads(source.read_text(encoding="utf-8"))
    except ValueError:
        return  # told by whoever loads it
    told = []
    for name in sorted(set(named) - set(known)):
        near = difflib.get_close_matches(name, known, n=1)
        told.append(f"  {name}: no such key or section; " + (f"did you mean {near[0]}?" if near else "take it out"))
    if told:
        raise ConfigError("\n".join([f"{source} cannot be used:", *told]))


def unusable(error: ValueError, source: Path) -> ConfigError:
    """Return what is wrong with a settings file: each field, what was found and what to do."""
    if not isinstance(error, ValidationError):
        return ConfigError(f"{source} is not valid TOML: {error}")
    lines = [f"{source} cannot be used:"]
    for problem in error.errors(include_url=False, include_input=False):
        if not problem["loc"]:
            lines.append(f"  {problem['msg'].removeprefix('Value error, ')}")
            continue
        field = ".".join(str(part) for part in problem["loc"])
        variable = "TIEOUT_" + "__".join(str(part) for part in problem["loc"]).upper()
        lines.append(f"  {field}: {problem['msg']} (set it there, in {variable}, or in a secret file)")
    return ConfigError("\n".join(lines))

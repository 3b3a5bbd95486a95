"""What reading the published marts needs of a tenant's settings: where they lie, and what of the machine it may use.

Belongs here: those settings, which no secret and no vendor is needed for. Does not: the rest of them (settings).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from tieout.errors import ConfigError
from tieout.setting_faults import meant, unusable

_PROJECT = Path(__file__).resolve().parents[1]
_EXAMPLE = Path(__file__).resolve().parent / "example"
"""The demo's configuration as an installed package brings it: to be copied, and never taken by default."""


def _processors() -> int:
    """Return how many processors this process may use; only Linux says it of the process, others of the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Reading(BaseSettings):
    """The settings of a reader: of `tieout.toml`, where there is one, and the environment."""

    model_config = SettingsConfigDict(
        env_prefix="TIEOUT_",
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        case_sensitive=False,
    )

    tenant: str = ""
    home: Path = Path("var")
    config_dir: Path = Path()
    memory_limit: Annotated[str, Field(pattern=r"^[0-9]+([.][0-9]+)? ?([KMGT]i?)?B$")] = "2GB"
    threads: int = Field(default_factory=_processors, ge=1, le=1024)

    @property
    def warehouse_path(self) -> Path:
        """The one file that the pipeline writes."""
        return self.home / "warehouse.duckdb"

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
        toml = SettingsFile(settings_cls, toml_file=Path(init_settings()["config_dir"]) / "tieout.toml")
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
    except ValidationError as error:
        raise unusable(error, folder / "tieout.toml", model=Reading, home=home) from None


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


def require_readable_secrets(folder: Path) -> None:
    """Refuse a secret file that cannot be read, for it would count as missing, or spoil its value unseen.

    Raises:
        ConfigError: naming the file and what to do; never what is in it.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if "__" in path.name) if folder.exists() else []
        for path in paths:
            if path.read_text(encoding="utf-8").startswith("\ufeff"):
                raise ConfigError(f"secret file {path} begins with a byte order mark: save it as UTF-8 without one")
    except UnicodeDecodeError:
        raise ConfigError(f"secret file {path} cannot be read: it is no UTF-8; save the value as plain text") from None
    except OSError as error:
        raise ConfigError(
            f"secret file {error.filename} cannot be read ({error.strerror}): expected a file that the user who runs"
            " tieout may read, with the value alone in it"
        ) from None


def example_folder() -> Path:
    """Return the demo's configuration, as the package brings it or as it is in the project."""
    return _EXAMPLE if _EXAMPLE.is_dir() else _PROJECT / "config" / "demo"


def require_known_names(source: Path, known: Collection[str]) -> None:
    """Refuse a section or key at the top of a settings file that is none of ours: what it sets would count for nothing.

    Raises:
        ConfigError: naming each, and what may have been meant; as `read_toml`.
    """
    unknown = sorted(set(read_toml(source)) - set(known))
    if unknown:
        reported = (f"  {name}: no such key or section; {meant(name, known)}" for name in unknown)
        raise ConfigError("\n".join([f"{source} cannot be used:", *reported]))


def read_toml(source: Path) -> dict[str, Any]:
    """Return what a settings file says; a byte order mark, as some editors write it, is passed over.

    Raises:
        ConfigError: naming the line that is no UTF-8 or no TOML.
    """
    try:
        content = source.read_bytes()
    except OSError as error:
        raise ConfigError(f"{source} cannot be read ({error.strerror}): let tieout read it") from None
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{source} is no UTF-8, at line {line}: save it with the encoding UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source} is not valid TOML: {error}; mend it there") from None


class SettingsFile(TomlConfigSettingsSource):
    """The settings file as one of the sources; one that is not there says nothing."""

    def _read_file(self, file_path: Any) -> dict[str, Any]:
        return read_toml(Path(file_path))

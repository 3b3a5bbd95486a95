"""Dagster resources: one way in for settings, state and dbt.

Belongs here: handing plain objects to assets. Does not: reading the environment at import.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliResource

from orchestration.dbt import PROJECT_ROOT
from tieout.settings import Settings, load_settings
from tieout.state import State


class TieoutResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Settings and operational state of one tenant; empty fields mean TIEOUT_CONFIG and TIEOUT_HOME."""

    config_dir: str = ""
    home: str = ""

    def settings(self) -> Settings:
        """Load the tenant's settings."""
        return load_settings(Path(self.config_dir) if self.config_dir else None, Path(self.home) if self.home else None)

    @contextmanager
    def opened(self) -> Iterator[tuple[Settings, State]]:
        """Load settings and open the operational state for one step."""
        settings = self.settings()
        state = State(settings.database_url)
        try:
            yield settings, state
        finally:
            state.close()


@dataclass(frozen=True)
class DbtProjectFiles:
    """Where dbt's project stands, and where its parsed manifest is kept."""

    root: Path = PROJECT_ROOT

    @property
    def target(self) -> Path:
        """The folder of dbt's artefacts."""
        home = Path(os.environ.get("TIEOUT_HOME") or self.root / "var").resolve()
        return home / "dbt" / "dagster"

    def manifest(self) -> Path:
        """Return the manifest, parsed anew when any file of the project is younger than it."""
        manifest = self.target / "manifest.json"
        files = [self.root / "dbt_project.yml", *(self.root / "dbt_project").rglob("*")]
        newest = max(file.stat().st_mtime for file in files if file.is_file())
        if not manifest.exists() or manifest.stat().st_mtime < newest:
            self._parse()
        return manifest

    def _parse(self) -> None:
        from dbt.cli.main import dbtRunner

        folders = ["--project-dir", str(self.root), "--profiles-dir", str(self.root), "--target-path", str(self.target)]
        outcome = dbtRunner().invoke(["parse", "--quiet", *folders, "--log-path", str(self.target)])
        if outcome.exception is not None:
            raise outcome.exception


def dbt_resource(files: DbtProjectFiles) -> DbtCliResource:
    """Return dbt's command line as Dagster runs it: the one beside this Python."""
    executable = Path(sys.executable).parent / "dbt"
    return DbtCliResource(project_dir=str(files.root), profiles_dir=str(files.root), dbt_executable=str(executable))

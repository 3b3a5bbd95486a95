"""Dagster resources: one way in for settings, state and the dbt project.

Belongs here: handing plain objects to assets. Does not: reading the environment at import.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
from filelock import FileLock
from pydantic import PrivateAttr

from orchestration.accelerator.project import PROJECT_ROOT
from tieout.settings import Settings, load_settings
from tieout.state import State
from tieout.state_loss import open_state
from tieout.tenancy import require_tenant


class TieoutResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Settings and operational state of one tenant; empty fields mean TIEOUT_CONFIG and TIEOUT_HOME."""

    config_dir: str = ""
    home: str = ""
    _done: set[str] = PrivateAttr(default_factory=set)

    def settings(self) -> Settings:
        """Load the tenant's settings.

        Raises:
            ConfigError: when they cannot be used, or the home is another tenant's.
        """
        config_dir, home = (Path(folder) if folder else None for folder in (self.config_dir, self.home))
        settings = load_settings(config_dir, home)
        require_tenant(settings.home, settings.tenant, settings.config_dir)
        return settings

    def once(self, run_id: str, work: Callable[[], None]) -> None:
        """Do what serves all assets of a run, unless it was done: what failed for one asset is done again, or fails."""
        if run_id not in self._done:
            work()
            self._done.add(run_id)

    @contextmanager
    def opened(self) -> Iterator[tuple[Settings, State]]:
        """Load settings and open the operational state for one step."""
        settings = self.settings()
        state = open_state(settings)
        try:
            yield settings, state
        finally:
            state.close()


@dataclass(frozen=True)
class DbtProjectFiles:
    """Where dbt's project is, and where its parsed manifest is kept; without `home`, in TIEOUT_HOME."""

    root: Path = PROJECT_ROOT
    home: Path | None = None

    @property
    def target(self) -> Path:
        """The folder of dbt's artefacts."""
        home = self.home or Path(os.environ.get("TIEOUT_HOME") or self.root / "var")
        return home.resolve() / "dbt" / "dagster"

    def manifest(self) -> Path:
        """Return the manifest, parsed again when the project has changed since; Dagster's processes take turns."""
        manifest = self.target / "manifest.json"
        self.target.mkdir(parents=True, exist_ok=True)
        with FileLock(self.target / "manifest.lock", timeout=120):
            if not manifest.exists() or manifest.stat().st_mtime < self._changed_at():
                self._parse()
        return manifest

    def _changed_at(self) -> float:
        # Folders too: a file that was removed shows only in its folder's time.
        paths = [self.root / "dbt_project.yml", self.root / "dbt_project", *(self.root / "dbt_project").rglob("*")]
        return max(path.stat().st_mtime for path in paths)

    def _parse(self) -> None:
        from dbt.cli.main import dbtRunner

        folders = ["--project-dir", str(self.root), "--profiles-dir", str(self.root), "--target-path", str(self.target)]
        quiet = ["--quiet", "--log-level-file", "none", "--log-path", str(self.target)]
        outcome = dbtRunner().invoke(["parse", *quiet, *folders])
        if outcome.exception is not None:
            raise outcome.exception

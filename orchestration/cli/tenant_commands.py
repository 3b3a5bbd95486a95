"""Commands for a tenant's first days: init and go-live.

Belongs here: options and output, and the folder that a tenant begins with. Does not: whether writes may leave
(go_live), or what is wrong with a configuration (doctor).
"""

from __future__ import annotations

import getpass
import shutil
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.app import Config, Json
from orchestration.cli.commands import opened
from orchestration.cli.tenant_template import ALWAYS, OPTIONAL, environment_text, map_texts, settings_text
from orchestration.cli.terminal import out, show_rows
from tieout.errors import ConfigError
from tieout.reading import example_folder


def register(app: typer.Typer) -> None:
    """Add the commands of a tenant's first days."""
    app.command()(init)
    app.command(name="go-live")(go_live)


def init(
    folder: Annotated[Path, typer.Argument(help="Folder to make, for example config/acme; its name names the tenant.")],
    systems: Annotated[
        str, typer.Option("--systems", help=f"Which systems the tenant has, of {', '.join((*ALWAYS, *OPTIONAL))}.")
    ] = ",".join(ALWAYS),
) -> None:
    """Write a configuration to begin with: settings, names of secrets, and maps of the systems that a tenant has."""
    wanted = {name.strip() for name in systems.split(",") if name.strip()}
    if unknown := sorted(wanted - {*ALWAYS, *OPTIONAL}):
        raise ConfigError(f"--systems {', '.join(unknown)}: expected any of {', '.join((*ALWAYS, *OPTIONAL))}")
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError(f"{folder} is not empty: name a folder that is not there yet")
    wanted |= {*ALWAYS}  # what ties out is these three
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(example_folder() / "fees.csv", folder)  # every amount that TikTok Shop documents
    tenant = folder.resolve().name
    config, home = str(folder.resolve()), str(Path(f"var-{tenant}").resolve())
    texts = {
        "tieout.toml": settings_text(tenant, wanted),
        ".env.example": environment_text(wanted, config=config, home=home),
        **map_texts(wanted),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    maps = len(list(folder.glob("*.csv")))
    out.print(f"{folder}: tieout.toml, .env.example and {maps} maps. Fill in what is empty, then:")
    out.print(f"export TIEOUT_CONFIG={config} TIEOUT_HOME={home}", soft_wrap=True)
    out.print("tieout doctor")


def go_live(
    config: Config = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Let writes leave from now on. Shows first what the next run would write."""
    from orchestration.steps.go_live import go_live as let_leave
    from orchestration.steps.go_live import is_live
    from orchestration.steps.steps import plan_step

    with opened(config) as (settings, state):
        was_live = is_live(settings, state)
        planned = plan_step(settings.model_copy(update={"live": True}), state, record=False)
        counts = Counter((row.sync, str(row.action)) for row in planned.rows)
        rows = [{"sync": sync, "action": action, "rows": number} for (sync, action), number in sorted(counts.items())]
        show_rows(rows, as_json=json, title="The next run would", empty="write nothing: all is acknowledged")
        if was_live:
            if not json:
                out.print(f"tenant {settings.tenant} is live already")
            return
        if not yes and not typer.confirm(f"Let the writes of tenant {settings.tenant} leave from now on?"):
            raise typer.Exit(1)
        let_leave(settings, actor=getpass.getuser())
    if not json:
        out.print(f"tenant {settings.tenant} is live: `tieout run` writes from now on")

"""Commands for a tenant's first days: init and go-live.

Belongs here: options and output, and the folder that a tenant begins with. Does not: whether writes may leave
(go_live), or what is wrong with a configuration (doctor).
"""

from __future__ import annotations

import getpass
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli import Config, Json
from orchestration.commands import opened
from orchestration.terminal import out, show_rows
from tieout.errors import ConfigError
from tieout.reading import example_folder

_OF_THE_DEMO = re.compile(r'(?m)^(?:#.*stand-ins: .*\n)?(?:live = .*|(?:auth_)?base_url = "http://127[.].*)\n')
_NETSUITE = '[netsuite]\nbase_url = "https://1234567.suitetalk.api.netsuite.com"\n'
_HEAD = """\
# The tenant {name}. It began as the demo's: change every id, account and folder below to your own, then
# `tieout doctor` says what is still missing. Secrets come by environment or secret files, never from here.
# Nothing is written to any system before `tieout go-live`.
"""


def register(app: typer.Typer) -> None:
    """Add the commands of a tenant's first days."""
    app.command()(init)
    app.command(name="go-live")(go_live)


def init(
    folder: Annotated[Path, typer.Argument(help="Folder to make, for example config/acme; its name names the tenant.")],
) -> None:
    """Write a configuration to begin with: settings and maps, as the demo has them, to be changed to your own."""
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError(f"{folder} is not empty: name a folder that is not there yet")
    example = example_folder()
    settings = (example / "tieout.toml").read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(example.glob("*.csv")):
        shutil.copy(path, folder)
    body = settings[settings.index("tenant = ") :].replace('tenant = "demo"', f'tenant = "{folder.name}"')
    body = _OF_THE_DEMO.sub("", body).replace("[netsuite]\n", _NETSUITE)
    (folder / "tieout.toml").write_text(_HEAD.format(name=folder.name) + body, encoding="utf-8")
    out.print(f"{folder}: tieout.toml and {len(list(folder.glob('*.csv')))} maps. Change them to your own, then:")
    out.print(
        f"export TIEOUT_CONFIG={folder.resolve()} TIEOUT_HOME={Path(f'var-{folder.name}').resolve()}", soft_wrap=True
    )
    out.print("tieout doctor")


def go_live(
    config: Config = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Let writes leave from now on. Shows first what the next run would write."""
    from orchestration.go_live import go_live as let_leave
    from orchestration.go_live import is_live
    from orchestration.steps import plan_step

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

"""Runs `tieout run` once per named moment, each time in a process of its own that dies of SIGKILL at that moment.

Run as `python -m tests.support.killed_runs MOMENT...` with TIEOUT_HOME and TIEOUT_CONFIG set; shows one JSON object a
moment. Belongs here: the moments, and how they are noticed from outside the code: by the files Python opens and renames
and by what is sent to the state database. Does not: any check of what the runs left.
"""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

from orchestration.accelerator.project import parsed_project
from orchestration.accelerator.replay import STOCK

HEAVY = (
    *("orchestration.cli.commands", "orchestration.steps.cycle", "expectations.runner"),
    *("dbt.cli.main", "dlt", "great_expectations"),
)
"""Imported once, before the processes part."""


@dataclass(frozen=True)
class Moment:
    """The n-th time that something is about to happen (`opens`, `renames`, `sends`) or has been committed.

    `by_stock_dbt`: the run leaves its models to dbt, whose files say how far it is.
    """

    how: str
    pattern: str
    number: int = 1
    by_stock_dbt: bool = False


_LOCK = r"/warehouse\.lock$"  # every step begins by taking it
MOMENTS = {
    "files are being loaded": Moment("renames", r"/dlt/.*"),
    "landed, coverage not moved": Moment("sends", r"INSERT INTO coverage .*'tiktok_shop', 'statements'"),
    "coverage moved, the next system not read": Moment("committed", r"INSERT INTO coverage .*'tiktok_shop'"),
    "ingested": Moment("opens", _LOCK, 2),
    "half of the models built": Moment("opens", r"/target/run/.*/payout_lines\.sql$", by_stock_dbt=True),
    "models built, exceptions not recorded": Moment("sends", r"INSERT INTO exception_episodes"),
    "built": Moment("opens", _LOCK, 3),
    "checked": Moment("opens", _LOCK, 4),
    "a part is being published": Moment("renames", r"/published/data/.*\.parquet$"),
    "parts published, not listed": Moment("renames", r"/published/generation-.*\.json$"),
    "listed, readers see the former": Moment("renames", r"/published/current\.duckdb$"),
    "published": Moment("opens", _LOCK, 5),
    "planned, not recorded": Moment("sends", r"INSERT INTO outbox"),
    "planned": Moment("committed", r"INSERT INTO outbox"),
    "leased": Moment("sends", r"INSERT INTO attempts"),
    "about to be sent": Moment("committed", r"INSERT INTO attempts"),
    "replied": Moment("sends", r"INSERT INTO acknowledgements"),
    "acknowledged": Moment("committed", r"INSERT INTO acknowledgements"),
    "all written, not read back": Moment("opens", _LOCK, 6),
    "read back, not built": Moment("opens", _LOCK, 7),
}
"""In the order in which a run comes to them: each is reached for the first time by a run that the former let go on."""


def main(names: list[str]) -> None:
    """Go through the moments; "the end" is a run that is not killed."""
    for module in HEAVY:
        import_module(module)
    parsed_project(Path(os.environ["TIEOUT_HOME"]))
    if threading.active_count() != 1:
        raise SystemExit("what was prepared started a thread: processes cannot part safely")
    gc.freeze()  # a search for garbage would copy every page that the processes share
    for name in names:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            _run(MOMENTS.get(name))
        _, status = os.waitpid(child, 0)
        ended = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        sys.stdout.write(json.dumps({"moment": name, "ended": ended}) + "\n")


def _run(moment: Moment | None) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if moment:
        os.environ |= {STOCK: "1"} if moment.by_stock_dbt else {}
        _listen(moment)
    from orchestration.cli.app import main as tieout

    sys.argv = ["tieout", "run"]
    try:
        tieout()
    except SystemExit as ended:
        os._exit(int(ended.code or 0))
    except BaseException as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        os._exit(3)
    os._exit(0)


def _listen(moment: Moment) -> None:
    left = moment.number

    def happens(text: str) -> bool:
        nonlocal left
        left -= re.search(moment.pattern, text, re.DOTALL) is not None
        return left == 0

    if moment.how in ("opens", "renames"):
        _listen_to_files("open" if moment.how == "opens" else "os.rename", happens)
    else:
        _listen_to_statements(happens, is_committed=moment.how == "committed")


def _listen_to_files(name: str, happens: Callable[[str], bool]) -> None:
    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event == name and happens(str(arguments[1 if name == "os.rename" else 0])):
            _die()

    sys.addaudithook(hear)


def _listen_to_statements(happens: Callable[[str], bool], *, is_committed: bool) -> None:
    was_sent = False

    @event.listens_for(Engine, "before_cursor_execute")
    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        nonlocal was_sent
        was_sent = was_sent or happens(f"{statement} {parameters}")
        if was_sent and not is_committed:
            _die()

    @event.listens_for(Pool, "checkin")
    def give_back(*_arguments: Any) -> None:
        if was_sent:
            _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Runs one cycle and kills itself with SIGKILL at the n-th thing it hears: the end of a step, or an engine event.

Run as `python -m tests.support.crashing_cycle CONFIG HOME N`; exits 0 when the cycle ended before the n-th.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from orchestration.cycle import run_cycle
from tieout.settings import load_settings
from tieout.state import State


def main() -> None:
    config, home, number = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    heard = 0

    def kill_at_the_nth(event: object) -> None:
        nonlocal heard
        heard += 1
        name = event if isinstance(event, str) else getattr(event, "name", "")
        sys.stderr.write(f"{heard} {name}\n")
        sys.stderr.flush()
        if heard == number:
            os.kill(os.getpid(), signal.SIGKILL)

    settings = load_settings(config, home)
    state = State(settings.database_url)
    run_cycle(settings, state, report=lambda _text: None, observe=kill_at_the_nth)
    state.close()


if __name__ == "__main__":
    main()

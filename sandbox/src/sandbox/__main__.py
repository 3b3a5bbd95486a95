"""`python -m sandbox`: serves the sandbox from a folder.

Belongs here: the command line. Does not: serving.
"""

from __future__ import annotations

import argparse
import os
import signal
import time
from pathlib import Path
from threading import Thread

from sandbox.server import DEFAULT_PORTS, serve

LOOK_SECONDS = 0.5


def main() -> None:
    """Read the command line and serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="sandbox", description="Stand-ins for the vendors and the bank, on loopback.")
    parser.add_argument("--state", type=Path, required=True, help="folder that keeps the world")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--control-port", type=int, default=DEFAULT_PORTS["control"], help="0 picks a free port")
    parser.add_argument("--tiktok-port", type=int, default=DEFAULT_PORTS["tiktok_shop"])
    parser.add_argument("--netsuite-port", type=int, default=DEFAULT_PORTS["netsuite"])
    parser.add_argument("--gxo-port", type=int, default=None, help="default: three above the control port; SFTP")
    parser.add_argument("--linnworks-port", type=int, default=None, help="default: four above the control port")
    parser.add_argument("--zigzag-port", type=int, default=None, help="default: five above the control port")
    parser.add_argument("--zigzag-sftp-port", type=int, default=None, help="default: six above the control port")
    parser.add_argument("--newstore-port", type=int, default=None, help="default: seven above the control port")
    parser.add_argument("--bank-dir", type=Path, default=None, help="where bank files go (default: STATE/bank)")
    parser.add_argument("--parent", type=int, default=None, help="stop when this process, which started us, has ended")
    given = parser.parse_args()
    if given.parent is not None:
        Thread(target=_stop_without, args=(given.parent,), name="parent", daemon=True).start()
    ports = {"control": given.control_port, "tiktok_shop": given.tiktok_port, "netsuite": given.netsuite_port}
    # These follow the control port, so that a second sandbox beside this one needs no port of its own for each.
    for name, step in (("gxo", 3), ("linnworks", 4), ("zigzag", 5), ("zigzag_sftp", 6), ("newstore", 7)):
        wanted = getattr(given, f"{name}_port")
        ports[name] = given.control_port and given.control_port + step if wanted is None else wanted
    serve(given.state, host=given.host, ports=ports, bank_dir=given.bank_dir)


def _stop_without(parent: int) -> None:
    """Stop this process once another one is its parent: who started it was killed, and cannot stop it any more."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()

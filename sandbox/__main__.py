"""`python -m sandbox`: serves the sandbox from a folder.

Belongs here: the command line. Does not: serving.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sandbox.server import DEFAULT_PORTS, serve


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
    parser.add_argument("--bank-dir", type=Path, default=None, help="where bank files go (default: STATE/bank)")
    given = parser.parse_args()
    ports = {"control": given.control_port, "tiktok_shop": given.tiktok_port, "netsuite": given.netsuite_port}
    # Follows the control port, so that a second sandbox beside this one needs no port of its own for it.
    ports["gxo"] = given.control_port and given.control_port + 3 if given.gxo_port is None else given.gxo_port
    fourth = given.control_port and given.control_port + 4
    ports["linnworks"] = fourth if given.linnworks_port is None else given.linnworks_port
    serve(given.state, host=given.host, ports=ports, bank_dir=given.bank_dir)


if __name__ == "__main__":
    main()

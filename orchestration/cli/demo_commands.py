"""`tieout demo` and `tieout sandbox ...`: options and output.

Belongs here: turning options into calls of orchestration.demo.demo. Does not: the calls themselves.
"""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli.app import Config, Json
from orchestration.cli.terminal import err, progress, show_rows

Port = Annotated[
    int, typer.Option("--port", min=0, max=65528, help="Control port; the systems listen on the ports after it.")
]


def register(app: typer.Typer) -> None:
    """Add the demo and the sandbox commands."""
    app.command()(demo)
    sandbox = typer.Typer(
        help="The stand-ins for every vendor, on loopback, with a world that trades.", no_args_is_help=True
    )
    for command in (serve, advance, incident, truth):
        sandbox.command()(command)
    app.add_typer(sandbox, name="sandbox")


def demo(
    baskets: Annotated[int, typer.Option(help="How many real baskets become orders.", min=1)] = 6000,
    days: Annotated[int, typer.Option(help="How many days the world trades.", min=1)] = 60,
    seed: Annotated[int, typer.Option(help="The same seed gives the same world.")] = 1,
    config: Config = None,
    port: Port = 8710,
) -> None:
    """Trade real baskets on two shops, run the whole loop, and print the tie-out."""
    from orchestration.demo.demo import run_demo

    problems = run_demo(config, baskets=baskets, days=days, seed=seed, port=port, report=_tell)
    raise typer.Exit(1 if problems else 0)


def _tell(text: str) -> None:
    """Print one line on standard error, with the one clock of a demo, the world's, which the text begins with."""
    err.print(text, markup=False)


def serve(port: Port = 8710) -> None:
    """Serve the sandbox of this home folder until interrupted; a world that traded before goes on."""
    from orchestration.demo.demo import serve_sandbox

    serve_sandbox(port=port, report=progress)


def advance(
    hours: Annotated[float, typer.Option(help="World hours to trade on.", min=0)] = 24,
    json: Json = False,
) -> None:
    """Move the sandbox's clock: the world trades on."""
    from orchestration.demo.demo import control

    show_rows([control("POST", "/_sandbox/clock", {"advance_hours": hours})], as_json=json)


def incident(
    code: Annotated[str, typer.Argument(help="A code of the exception catalogue, for example FIN-01.")],
    count: Annotated[int, typer.Option(help="How many to plant.", min=1)] = 1,
    json: Json = False,
) -> None:
    """Plant a named business failure."""
    from orchestration.demo.demo import control

    planted = control("POST", "/_sandbox/incidents", {"code": code, "count": count})
    show_rows(planted["planted"], as_json=json)


def truth(json: Json = False) -> None:
    """List what was planted."""
    from orchestration.demo.demo import control

    show_rows(control("GET", "/_sandbox/truth"), as_json=json, empty="nothing was planted")

"""`tieout payouts`, `profit`, `returns`, `claims`, `exceptions`, `query`, `export`, `explain`: what reads marts only.

Belongs here: options, and turning answers into output. Does not: the answers themselves, or a command that needs a
secret or changes what it reads.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from orchestration.cli.app import Config, Json, some_id
from orchestration.cli.terminal import out, print_csv, progress, show_record, show_rows
from tieout.reading import Reading, load_reading
from tieout.tenancy import require_tenant

SHORT_EXCEPTION = (
    *("code", "severity", "owner", "shop_id", "entity_type", "entity_id", "money_at_risk_amount", "currency"),
    *("minutes_left", "expected", "actual"),
)

SHORT_RETURN = (
    *("return_id", "order_id", "shop_id", "stage", "return_type", "reason", "units", "refund_amount", "currency"),
    *("minutes_left", "portal_status", "received_units", "sellable_units"),
)

SHORT_PROFIT = (
    *("net_sales_amount", "cost_of_goods_amount", "margin_1_amount", "platform_fees_amount", "shipping_amount"),
    *("margin_2_amount", "margin_3_amount", "profit_amount", "units_without_cost"),
)

Id = Annotated[str, typer.Argument(callback=some_id)]
Shop = Annotated[str | None, typer.Option("--shop", help="Only this shop id.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    for command in (payouts, profit, returns, claims, exceptions, query, export):
        app.command()(command)
    explain = typer.Typer(
        help="Show the evidence behind a payout, an order, a return or a SKU, down to the raw record.",
        no_args_is_help=True,
    )
    for evidence in (payout, order, sku):
        explain.command()(evidence)
    explain.command("return")(return_)
    app.add_typer(explain, name="explain")


def reader(config: Path | None) -> Reading:
    """Load what a command that only reads needs: no secret, and no configuration, unless one is named."""
    settings = load_reading(config)
    if settings.tenant:
        require_tenant(settings.home, settings.tenant, settings.config_dir)
    return settings


def payouts(config: Config = None, shop: Shop = None, json: Json = False) -> None:
    """List payouts: amounts, tie-out status, bank line and journals."""
    from orchestration.warehouse.queries import payout_rows

    rows = payout_rows(reader(config), shop=shop)
    empty = f"no payouts of shop {shop}" if shop else "no payouts yet"
    show_rows(rows, as_json=json, title="Payouts", empty=empty)


def profit(
    by: Annotated[Literal["month", "day", "sku", "order"], typer.Option("--by", help="What a row is.")] = "month",
    config: Config = None,
    shop: Shop = None,
    month: Annotated[
        datetime | None, typer.Option("--month", formats=["%Y-%m"], help="Only what was settled in this month.")
    ] = None,
    json: Json = False,
) -> None:
    """Show what the channel earned: net sales, costs, margins; orders and SKUs that earned least first."""
    from orchestration.warehouse.profit import profit_rows

    rows = profit_rows(reader(config), by=by, shop=shop, month=f"{month:%Y-%m}" if month else None)
    show_rows(
        rows if json else [_short_profit(row) for row in rows],
        as_json=json,
        title="Profit",
        empty="nothing is settled yet",
    )
    if any(row["units_without_cost"] for row in rows):
        progress("margins lack the cost of units_without_cost units: add rows to costs.csv (docs/settings.md)")


def _short_profit(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.endswith("_amount") or name in SHORT_PROFIT}


def returns(
    config: Config = None,
    shop: Shop = None,
    every: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    json: Json = False,
) -> None:
    """List open returns by what is left of TikTok Shop's own time: what they wait for, and what the policy says."""
    from orchestration.warehouse.queries import return_rows

    rows = return_rows(reader(config), shop=shop, every=every)
    empty = f"no return{'' if every else ' is open'}{f' of shop {shop}' if shop else ''}"
    show_rows(rows if json else [_short_return(row) for row in rows], as_json=json, title="Returns", empty=empty)
    asked = [row for row in rows if row["next_action"]]
    if asked and not any(row["policy_decision"] for row in asked):
        progress("return_policy.csv answers none of those that wait: people do, in Seller Center (docs/returns.md)")


def _short_return(row: dict[str, Any]) -> dict[str, Any]:
    decision = " by ".join(filter(None, (row["policy_decision"], row["policy_approval"])))
    return {name: row[name] for name in SHORT_RETURN} | {"policy": decision, "held_because": row["held_because"]}


def claims(
    id: Annotated[str | None, typer.Argument(help="Return or order of a claim: write its evidence.")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="Folder for the file of evidence.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file that is there.")] = False,
    config: Config = None,
    shop: Shop = None,
    json: Json = False,
) -> None:
    """List what can be claimed back, the shortest time first; with an id, write its evidence to an XLSX file."""
    from orchestration.warehouse.claims import claim_rows, write_claim

    if (id is None) != (to is None):
        raise typer.BadParameter("an id and a folder go together: tieout claims ID --to FOLDER")
    if id is not None and to is not None:
        show_rows(write_claim(reader(config), some_id(id), to=to, force=force, shop=shop), as_json=json)
        return
    rows = claim_rows(reader(config), shop=shop)
    empty = f"nothing can be claimed{f' for shop {shop}' if shop else ''}"
    show_rows(rows, as_json=json, title="Claims", empty=empty)


def exceptions(
    config: Config = None,
    code: Annotated[str | None, typer.Option("--code", help="Only this code, for example FIN-01.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Only this owner's, for example FIN.")] = None,
    shop: Shop = None,
    severity: Annotated[str | None, typer.Option("--severity", help="Only this severity, S1 to S4.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most this many, from the top.")] = None,
    history: Annotated[bool, typer.Option("--history", help="Those that ended, with proof.")] = False,
    json: Json = False,
) -> None:
    """List open exceptions, the gravest and most urgent first."""
    from orchestration.warehouse.queries import exception_rows

    asked = {"code": code, "owner": owner, "shop": shop, "severity": severity}
    rows = exception_rows(reader(config), **asked, history=history)
    shown = rows[:limit]
    if not (json or history):
        shown = [{name: row[name] for name in SHORT_EXCEPTION} for row in shown]
    show_rows(shown, as_json=json, title="Exceptions", empty=_no_exceptions(asked, history))
    if len(shown) < len(rows):
        progress(f"{len(shown)} of {len(rows)} shown")


def _no_exceptions(asked: dict[str, str | None], history: bool) -> str:
    of = ", ".join(f"{name} {value.upper()}" for name, value in asked.items() if value)
    return f"no exception{f' of {of}' if of else ''} {'has ended yet' if history else 'is open'}"


def query(
    sql: Annotated[str, typer.Argument(help='For example "select * from finance.payouts".')],
    config: Config = None,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Run read-only SQL on the published warehouse."""
    from orchestration.warehouse.queries import query_rows

    if csv and json:
        raise typer.BadParameter("--csv and --json exclude each other")
    rows = query_rows(reader(config), sql)
    print_csv(rows) if csv else show_rows(rows, as_json=json, empty="no rows")


def export(
    marts: Annotated[list[str], typer.Argument(help="For example finance.payouts, or finance for all of its marts.")],
    to: Annotated[Path, typer.Option("--to", help="File, or folder of several CSV or Parquet files.")],
    format: Annotated[
        Literal["csv", "xlsx", "parquet"] | None,
        typer.Option("--format", help="What to write [default: as the file ends].", show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """Write published marts to CSV, XLSX or Parquet files."""
    from orchestration.warehouse.export import export_marts

    rows = export_marts(reader(config), marts, to=to, format=format, force=force, report=progress)
    show_rows(rows, as_json=json)


def payout(payment_id: Id, config: Config = None, json: Json = False) -> None:
    """Payment, statements, reserve, FX, lines by class, orders, bank line, journal, raw records."""
    from orchestration.explain.payout import explain_payout

    _show_sections(explain_payout(reader(config), payment_id), json)


def order(order_id: Id, config: Config = None, json: Json = False) -> None:
    """One order: TikTok status and clocks, the warehouse, parcels, money, exceptions, raw records."""
    from orchestration.explain.order import explain_order

    _show_sections(explain_order(reader(config), order_id), json)


def return_(return_id: Id, config: Config = None, json: Json = False) -> None:
    """One return: request, decision, label, scans, receipt, grades, refund, settlement, document, stock."""
    from orchestration.explain.return_ import explain_return

    _show_sections(explain_return(reader(config), return_id), json)


def sku(name: Id, config: Config = None, json: Json = False) -> None:
    """One SKU, by id, seller SKU or item: listed and sellable stock, writes, orders, warehouse, exceptions."""
    from orchestration.explain.sku import explain_sku

    _show_sections(explain_sku(reader(config), name), json)


def _show_sections(sections: list[tuple[str, list[dict[str, Any]]]], json: bool) -> None:
    if json:
        show_rows([{"section": title, "rows": rows} for title, rows in sections], as_json=True)
        return
    for title, rows in sections:
        if len(rows) == 1:
            show_record(rows[0], title=title)
        else:
            show_rows(rows, as_json=False, title=title, empty=f"{title}: none")
        out.print()

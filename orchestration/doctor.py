"""`tieout doctor`: what is misconfigured or unreachable, and how to mend it.

Belongs here: one check per thing that can be set up wrongly, each ending in a finding. Does not: mending anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from connectors.linnworks.client import open_linnworks
from connectors.netsuite.client import open_netsuite
from connectors.tiktok_shop.client import open_tiktok_shop
from connectors.transport.errors import ConnectorError
from ingestion.bank import faults_of_newest
from ingestion.config import read_config, unmapped_shops
from tieout.errors import TieoutError
from tieout.settings import Gxo, Settings, load_settings
from tieout.state import State
from tieout.state_loss import open_state
from tieout.tenancy import claim_home
from tieout.warehouse import open_warehouse, warehouse_lock


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `verdict` is ok, wrong or unreachable; `remedy` says what to do."""

    subject: str
    verdict: str
    found: str
    remedy: str = ""


def examine(config: Path | None) -> list[Finding]:
    """Look at settings, maps, folders, state, warehouse and every vendor; never raises for what it finds."""
    try:
        settings = load_settings(config)
    except TieoutError as error:
        return [Finding("settings", "wrong", str(error), "mend tieout.toml, the environment or the secret files")]
    return [Finding("settings", "ok", str(settings.config_dir / "tieout.toml")), *_examined(settings)]


def _examined(settings: Settings) -> Iterator[Finding]:
    yield from _maps(settings)
    yield from _bank_folders(settings)
    try:
        claim_home(settings)
    except TieoutError as error:
        yield Finding("home", "wrong", str(error), "set TIEOUT_HOME to a folder of this tenant alone")
        return
    try:
        state = open_state(settings)
    except TieoutError as error:
        yield Finding("operational state", "unreachable", str(error), "check state_url and its database")
        return
    try:
        yield Finding("operational state", "ok", settings.database_url.split("@")[-1])
        yield _finding("warehouse", lambda: _warehouse(settings), "end the process that holds it, or wait")
        yield _finding(
            "tiktok_shop", lambda: _tiktok_shop(settings, state), "check base_url, app key, secret and consent"
        )
        if settings.gxo is not None:
            gxo = settings.gxo
            yield _finding("gxo", lambda: _gxo(gxo), "check host, port, user, password or key, and the pinned host key")
        if settings.linnworks is not None:
            remedy = "check base_url, the application's id and secret, and the installation's token"
            yield _finding("linnworks", lambda: _linnworks(settings, state), remedy)
        yield _finding("netsuite", lambda: _netsuite(settings, state), "check base_url, account, certificate and role")
    finally:
        state.close()


def _finding(subject: str, look: Callable[[], str], remedy: str) -> Finding:
    try:
        return Finding(subject, "ok", look())
    except ConnectorError as error:
        return Finding(subject, "unreachable", str(error), remedy)
    except TieoutError as error:
        return Finding(subject, "wrong", str(error), remedy)


def _maps(settings: Settings) -> Iterator[Finding]:
    found = read_config(settings)
    faults = [*found.faults, *unmapped_shops(settings, found)]
    for fault in faults:
        yield Finding(f"map {fault.path.name}", "wrong", str(fault), fault.remedy)
    if not faults:
        yield Finding("maps", "ok", ", ".join(f"{name} {len(rows)} rows" for name, rows in sorted(found.rows.items())))


def _bank_folders(settings: Settings) -> Iterator[Finding]:
    for account in settings.bank.accounts:
        subject = f"bank {account.account_id}"
        if not account.folder.is_dir():
            remedy = f"create it, or set folder of account {account.account_id!r} in tieout.toml"
            yield Finding(subject, "wrong", f"no folder {account.folder}", remedy)
            continue
        faults = faults_of_newest(settings, account)
        for name, fault in faults[:5]:
            told = f"{fault.place} {fault.field} {fault.value!r}" if fault.value else f"{fault.place} {fault.field}"
            yield Finding(
                subject, "wrong", f"{name}: {told.strip()}: {fault.reason}".replace(": : ", ": "), fault.remedy
            )
        if not faults:
            yield Finding(subject, "ok", f"{sum(1 for _ in account.folder.iterdir())} files in {account.folder}")


def _warehouse(settings: Settings) -> str:
    with warehouse_lock(settings, wait_seconds=5):
        if not settings.warehouse_path.exists():
            return "none yet: the first run creates it"
        with open_warehouse(settings) as warehouse:
            tables = warehouse.execute("select count(*) from duckdb_tables()").fetchone()
    return f"{settings.warehouse_path}: {tables[0] if tables else 0} tables"


def _tiktok_shop(settings: Settings, state: State) -> str:
    with open_tiktok_shop(settings, state) as client:
        shops = client.shops()
    authorized = {shop.id for shop in shops}
    missing = sorted({shop.shop_id for shop in settings.tiktok_shop.shops} - authorized)
    if missing:
        raise TieoutError(
            f"configured but not authorized: {', '.join(missing)}; authorized: {', '.join(sorted(authorized))}"
        )
    return f"{len(shops)} shops authorized"


def _gxo(gxo: Gxo) -> str:
    from connectors.gxo.client import open_gxo

    with open_gxo(gxo) as client:
        return f"{len(client.list_files(gxo.receive_folder))} files in {gxo.receive_folder}"


def _linnworks(settings: Settings, state: State) -> str:
    with open_linnworks(settings, state) as client:
        names = [str(place.get("LocationName")) for place in client.locations().rows]
    return f"locations {', '.join(sorted(names))}"


def _netsuite(settings: Settings, state: State) -> str:
    with open_netsuite(settings, state) as client:
        rows = sum(len(page.rows) for page in client.suiteql("select id from subsidiary order by id"))
    return f"{rows} subsidiaries readable"

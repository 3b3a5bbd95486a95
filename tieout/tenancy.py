"""One home, one tenant: whose data a home folder and its operational state hold.

Belongs here: the home's stamp, and refusing another tenant's configuration. Two tenants in one home would see each
other's records as deleted, and each other's writes as done. Does not: the demo's own stamp (orchestration.demo.home).
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from sqlalchemy import select

from tieout.errors import ConfigError
from tieout.settings import Settings
from tieout.state import State, coverage

_STAMP = "tenant.txt"


def tenant_of(home: Path) -> str:
    """Return the name of the tenant that a home was stamped with; empty before its first use."""
    try:
        return (home / _STAMP).read_text().strip()
    except FileNotFoundError:
        return ""


def require_tenant(home: Path, tenant: str, named_in: Path) -> None:
    """Refuse a configuration, `named_in` a folder, of another tenant than the one whose data a home holds.

    Raises:
        ConfigError: naming both, and the remedy.
    """
    owner = tenant_of(home)
    if owner and owner != tenant:
        raise ConfigError(
            f"{home} holds the data of tenant {owner!r}, and {named_in} is tenant {tenant!r}: set TIEOUT_HOME to a"
            f" folder for {tenant!r} alone, or name the configuration of {owner!r} by --config or TIEOUT_CONFIG"
        )


def claim_home(settings: Settings) -> None:
    """Stamp a home with its tenant on first use.

    Raises:
        ConfigError: when it is another tenant's, or cannot be written.
    """
    try:
        require_tenant(settings.home, settings.tenant, settings.config_dir)
        if tenant_of(settings.home):
            return
        settings.home.mkdir(parents=True, exist_ok=True)
        unfinished = settings.home / f"{_STAMP}.{os.getpid()}"
        unfinished.write_text(f"{settings.tenant}\n")
        os.replace(unfinished, settings.home / _STAMP)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise ConfigError(
            f"the home {settings.home} cannot be written ({error.strerror}): let the user who runs tieout write there,"
            " or set TIEOUT_HOME to a folder of its own"
        ) from None


def require_own_state(settings: Settings, state: State) -> None:
    """Refuse a state that has read shops, none of which is configured: it is another tenant's of the same name.

    This also finds a state database that two homes share, and a copied configuration whose tenant was not renamed.

    Raises:
        ConfigError: naming the shops, and the remedy.
    """
    read = select(coverage.c.shop_id).distinct().where(coverage.c.system == "tiktok_shop", coverage.c.shop_id != "")
    with state.reading() as connection:
        known = {str(row.shop_id) for row in connection.execute(read)}
    configured = {shop.shop_id for shop in settings.tiktok_shop.shops}
    if known and not known & configured:
        raise ConfigError(
            f"{settings.home} holds the data of shops {', '.join(sorted(known))}, and {settings.config_dir} (tenant"
            f" {settings.tenant!r}) has only {', '.join(sorted(configured))}: give the tenant its own name there, and"
            " set TIEOUT_HOME (and state_url, if set) to places of its own"
        )

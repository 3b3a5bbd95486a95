"""The suites: one per raw table (a convention test asks).

Belongs here: which tables have a suite. Does not: the claims themselves (one module per system, and one for our own).
"""

from expectations.suites import bank, gxo, linnworks, netsuite, ours, tiktok_shop, tiktok_shop_goods
from expectations.suites.claims import Suite

_MODULES = (tiktok_shop, tiktok_shop_goods, gxo, linnworks, netsuite, bank, ours)

SUITES: dict[str, Suite] = {suite.table: suite for module in _MODULES for suite in module.SUITES}

__all__ = ["SUITES", "Suite"]

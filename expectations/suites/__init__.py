"""The suites: one per raw table that carries money or identity.

Belongs here: which tables have a suite. Does not: the claims themselves (one module per system).
"""

from expectations.suites import bank, gxo, netsuite, tiktok_shop
from expectations.suites.claims import Suite

SUITES: dict[str, Suite] = {
    suite.table: suite for suite in (*tiktok_shop.SUITES, *gxo.SUITES, *netsuite.SUITES, *bank.SUITES)
}

__all__ = ["SUITES", "Suite"]

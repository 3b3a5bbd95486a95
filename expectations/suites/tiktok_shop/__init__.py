"""What we rely on in TikTok Shop's records."""

from expectations.suites.tiktok_shop import goods, settlements

SUITES = (*settlements.SUITES, *goods.SUITES)

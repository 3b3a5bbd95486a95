"""The suites: one per raw table (a convention test asks).

Belongs here: bringing them together. Does not: the claims themselves (one module per system, and one for our own).
"""

from expectations.suites import ours
from expectations.suites.claims import Suite
from tieout.systems import parts

SUITES: dict[str, Suite] = {
    suite.table: suite
    for suites in (*(part.SUITES for part in parts("expectations.suites").values()), ours.SUITES)
    for suite in suites
}

__all__ = ["SUITES", "Suite"]

"""One of several processes that plan and apply the same journals at the same time. Started as a process of its own.

`python -m tests.support.rival_runs STATE_URL VENDOR_FILE COUNT`; NetSuite takes doubles here, so that none is hidden.
"""

from __future__ import annotations

import sys
from pathlib import Path

from reverse_sync import RetryPolicy, apply, plan
from reverse_sync.destinations.netsuite.journals import NetSuiteJournals
from tests.support.fake_netsuite import FakeNetSuite
from tests.support.journals import SYNC, keys, propose
from tieout.settings import load_settings
from tieout.state import State


def main(state_url: str, vendor_file: str, count: int) -> None:
    """Run until every journal is acknowledged."""
    state, settings, retry_policy = State(state_url), load_settings(), RetryPolicy(lease_rows=3)
    vendor = FakeNetSuite(Path(vendor_file), refuses_doubles=False)
    proposals = [propose(key) for key in keys(count)]
    while rows := (planned := plan(settings, state, proposals, retry_policy=retry_policy)).rows:
        del rows
        apply(
            settings, state, planned, destinations={SYNC: lambda: NetSuiteJournals(vendor)}, retry_policy=retry_policy
        )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

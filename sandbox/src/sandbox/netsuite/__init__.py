"""Oracle NetSuite, standing in: REST records, SuiteQL, OAuth 2.0 and token-based authentication, on its real wire.

Belongs here: NetSuite's behaviour, written from the vendor facts alone. Does not: other vendors, the world's trade,
faults, or the control surface. Authentication runs on real time; every business instant is the world's.
"""

from sandbox.netsuite.app import netsuite_app
from sandbox.netsuite.credentials import systems_entry
from sandbox.netsuite.errors import error_body
from sandbox.netsuite.schema import KINDS
from sandbox.netsuite.seed import seed

__all__ = ["KINDS", "error_body", "netsuite_app", "seed", "systems_entry"]

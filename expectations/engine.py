"""Bringing Great Expectations in: late, quietly, and without calling home.

Belongs here: the import. Does not: using it.
"""

from __future__ import annotations

import logging
import os
import warnings
from importlib import import_module


def import_great_expectations() -> None:
    """Import Great Expectations once (four seconds), analytics off; its own deprecations are not ours to show."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import_module("great_expectations")
    # It sets a level of its own, and logs at length where its throw-away files are.
    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)

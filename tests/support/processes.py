"""Processes that tests start, and that must not outlive them, however they end."""

from __future__ import annotations

import os

WITH_US = ("--parent", str(os.getpid()))
"""Arguments of a sandbox that is to stop when this process does."""

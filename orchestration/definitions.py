"""The one object Dagster loads."""

from orchestration.assets.assembly import build_definitions

defs = build_definitions()

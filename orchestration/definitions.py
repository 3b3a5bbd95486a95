"""The one object Dagster loads."""

from orchestration.build import build_definitions

defs = build_definitions()

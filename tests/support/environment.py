"""`.env.example` at the root: what `tieout init` writes for a tenant that has every system."""

from __future__ import annotations

from pathlib import Path

from orchestration.cli.tenant_template import environment_text
from tieout.systems import NAMES

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"


def example() -> str:
    """Return the text of the file."""
    return environment_text(NAMES, config="config/demo", home="var")

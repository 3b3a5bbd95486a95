"""What every section of the settings is made of.

Belongs here: the shape of a section. Does not: any section's fields.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class Section(BaseModel):
    """A table of tieout.toml: unknown keys are mistakes, and values do not change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)

"""What every section of the settings is made of.

Belongs here: the shape of a section, and kinds of values that several have. Does not: any section's fields.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no time zone: expected an IANA name such as Europe/London")
    return name


def _real_day(text: str) -> str:
    try:
        if len(text) == len("2026-02-28"):
            date.fromisoformat(text)
            return text
    except ValueError:
        pass
    raise ValueError(f"{text!r} is no day: expected YYYY-MM-DD")


def _currency_code(text: str) -> str:
    if re.fullmatch("[A-Z]{3}", text):
        return text
    raise ValueError(f"{text!r} is no currency: expected three capital letters of ISO 4217, such as GBP")


def _web_address(text: str) -> str:
    if re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", text):
        return text
    raise ValueError(f"{text[:60]!r} is no address: expected https:// and a host, such as https://api.example.com")


def _host(text: str) -> str:
    if re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?", text.lower()):
        return text.lower()
    raise ValueError(f"{text[:60]!r} is no host: expected a name without https:// and path, such as images.example.com")


Text = Annotated[str, Field(min_length=1)]
Secret = Annotated[SecretStr, Field(min_length=1)]
Currency = Annotated[str, AfterValidator(_currency_code)]
Address = Annotated[str, AfterValidator(_web_address)]
Host = Annotated[str, AfterValidator(_host)]
Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[float, Field(gt=0, le=3600)]
TimeZone = Annotated[str, AfterValidator(_known_zone)]
Day = Annotated[str, AfterValidator(_real_day)]


class Section(BaseModel):
    """A table of tieout.toml: unknown keys are mistakes, and values do not change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)

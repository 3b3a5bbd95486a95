"""ZigZag for doctor and init.

Belongs here: its shops, and its lists of codes against the tenant's maps. Does not: its API (connectors).
"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.zigzag.client import open_zigzag
from ingestion.config.loader import Configuration
from orchestration.systems.findings import Finding, Looked, in_force, one_of
from tieout.settings import Settings
from tieout.state import State

ACCESS = "check base_url, username and password of zigzag"
TEMPLATE = """
[zigzag]
base_url = ""                # of the API, as named at sign-up
username = ""
retailer_code = ""           # our code at ZigZag
shops = [""]                 # shop ids whose returns it handles
placeholder_email = ""       # of orders whose buyer's own is not shown
"""
SECRETS = """
# ZigZag: the password of the API's user
TIEOUT_ZIGZAG__PASSWORD=
# What its webhooks carry in a header, as registered there
# TIEOUT_ZIGZAG__WEBHOOK_SECRET=
"""
MAPPED = (
    ("reasons", "return_reasons.csv", "return_reasons", "code"),
    ("conditions", "grades.csv", "grades", "condition"),
    ("dispositions", "grades.csv", "grades", "disposition"),
)
"""Each list of codes, and the column of a map that must name them."""


def examine(settings: Settings, state: State, found: Configuration) -> Looked:
    """Look whether the shops of the section are configured, and compare the lists of codes with the maps."""
    with open_zigzag(settings, state) as client:
        lists = {name: [str(row.get("code")) for row in getattr(client, name)().rows] for name, *_ in MAPPED}
    wrong = [*_shops(settings)]
    for name, file, entity, column in MAPPED:
        wrong += _codes(settings, found, lists[name], place=(file, entity, column))
    return ", ".join(f"{len(codes)} {name}" for name, codes in lists.items()), wrong


def _shops(settings: Settings) -> Iterator[Finding]:
    known = sorted(shop.shop_id for shop in settings.tiktok_shop.shops)
    for shop_id in settings.zigzag.shops if settings.zigzag else ():
        if shop_id not in known:
            place = f"{settings.config_dir / 'tieout.toml'}: zigzag.shops"
            message = f"{place}: {shop_id!r} is no shop of tiktok_shop.shops"
            yield Finding("zigzag", "wrong", message, f"expected {one_of(known, shop_id)}")


def _codes(
    settings: Settings, found: Configuration, listed: list[str], *, place: tuple[str, str, str]
) -> Iterator[Finding]:
    """Yield each code that a map names and ZigZag does not list, and each that it lists and no row names."""
    file, entity, column = place
    path = settings.config_dir / file
    rows = [(line, row[column]) for line, row in in_force(found, entity) if row["system"] == "zigzag"]
    for line, code in rows:
        if code not in listed:
            message = f"{path}:{line}: {column} {code!r} is none of ZigZag"
            yield Finding("zigzag", "wrong", message, f"expected {one_of(listed, code)}, in just these letters")
    for code in sorted(set(listed) - {code for _, code in rows}):
        yield Finding("zigzag", "wrong", f"{path}: no row for {column} {code!r}", "add one with system zigzag")

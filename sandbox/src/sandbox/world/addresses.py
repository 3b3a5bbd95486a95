"""Invented buyers' addresses. Streets, names and telephone numbers are reserved for fiction or do not exist.

Belongs here: the recipient block of an order, open and masked. Does not: when it is masked.
"""

from __future__ import annotations

from typing import Any

from sandbox.store import Body
from sandbox.world.draw import Draw

_FIRST = ("Avery", "Rowan", "Ember", "Sage", "Wren", "Indigo", "Linden", "Marlow", "Juniper", "Onyx")
_LAST = ("Fictive", "Notreal", "Makebelieve", "Samplewood", "Placeholder", "Imagine", "Storybook", "Pretend")
_STREET = ("Nowhere Lane", "Imaginary Row", "Example Street", "Made-Up Mews", "Paper Moon Road", "Fable Close")
_GB_TOWNS = ("Ambridge", "Walford", "Weatherfield", "Borchester", "Llareggub", "Camberwick Green")
# State, its sales tax in basis points, and a town that no map shows.
US_STATES = (
    ("CA", 875, "Sunnydale", "90000"),
    ("TX", 825, "Arlen", "75000"),
    ("NY", 888, "Bedrock Falls", "10000"),
    ("FL", 700, "Palm Grove Bay", "33000"),
    ("CO", 790, "South Parkway", "80000"),
    ("OR", 0, "Gravity Pines", "97000"),
    ("WA", 1010, "Twin Peaks", "98000"),
    ("IL", 1025, "Lanford", "60000"),
    ("GA", 740, "Hawkins Mill", "30000"),
    ("AZ", 840, "Coyote Mesa", "85000"),
)
_MASK = "****"


def us_state(draw: Draw) -> tuple[str, int, str, str]:
    """Return where a US buyer lives: state, sales tax in basis points, town, ZIP code."""
    return draw.pick(US_STATES)


def address(region: str, draw: Draw, state: tuple[str, int, str, str] | None = None) -> Body:
    """Return a recipient block with everything filled (fact sheet tiktok_shop 3.2)."""
    first, last = draw.pick(_FIRST), draw.pick(_LAST)
    line = f"{draw.between(1, 240)} {draw.pick(_STREET)}"
    if state is None:
        town, postcode = draw.pick(_GB_TOWNS), f"ZZ99 {draw.between(1, 9)}{draw.pick('ABDEFGH')}{draw.pick('JLNPQRS')}"
        districts = [("Country", "United Kingdom", "L0"), ("County", "Fictionshire", "L1"), ("Town", town, "L2")]
        phone = f"(+44)7700 900{draw.between(0, 999):03d}"
    else:
        town, postcode = state[2], state[3]
        districts = [("Country", "United States", "L0"), ("State", state[0], "L1"), ("City", town, "L2")]
        phone = f"(+1)202-555-01{draw.between(0, 99):02d}"
    block = _block(region, (first, last), line, town=town, postcode=postcode, phone=phone)
    block["district_info"] = [
        {"address_level_name": level, "address_name": name, "address_level": code, "iso_code": ""}
        for level, name, code in districts
    ]
    return block


def masked(open_address: Body) -> Body:
    """Return the same block as the platform shows it when the buyer's details are hidden."""
    hidden: dict[str, Any] = {
        key: _MASK if isinstance(value, str) and value else value for key, value in open_address.items()
    }
    return {**hidden, "region_code": open_address["region_code"]}


def _block(region: str, name: tuple[str, str], line: str, *, town: str, postcode: str, phone: str) -> Body:
    return {
        "full_address": f"{line}, {town}, {postcode}",
        "phone_number": phone,
        "name": " ".join(name),
        "first_name": name[0],
        "last_name": name[1],
        "first_name_local_script": "",
        "last_name_local_script": "",
        "address_detail": line,
        "address_line1": line,
        "address_line2": "",
        "address_line3": "",
        "address_line4": "",
        "delivery_preferences": {"drop_off_location": ""},
        "postal_code": postcode,
        "region_code": region,
        "post_town": town if region == "GB" else "",
    }

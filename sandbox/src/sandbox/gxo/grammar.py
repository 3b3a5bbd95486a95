"""What a warehouse shipping order may look like: order of segments, loops, and the elements of each (X12 4010).

Belongs here: the tables (fact sheet gxo 4 and 5). Does not: checking a set against them.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Seg:
    """A segment at its place: at least `least`, at most `most` times."""

    id: str
    least: int = 0
    most: int = 1


@dataclass(frozen=True)
class Loop:
    """A group of places that repeats, begun by its first segment."""

    places: tuple[Seg | Loop, ...]
    least: int = 0
    most: int = 1

    @property
    def id(self) -> str:
        """The segment that begins the loop."""
        first = self.places[0]
        return first.id


Place = Seg | Loop


@dataclass(frozen=True)
class El:
    """An element: its data element number (0: not needed), whether it must be there, type and length."""

    number: int
    kind: str
    least: int
    most: int
    mandatory: bool = False
    codes: frozenset[str] = field(default=frozenset())


ANY = 99_999
_PARTY = (Seg("N2", 0, 2), Seg("N3", 0, 2), Seg("N4"), Seg("PER", 0, 5))
_ITEM = (
    Seg("W01", 1),
    Seg("G69", 0, 5),
    Seg("N9", 0, 200),
    Seg("NTE", 0, ANY),
    Seg("W20", 0, 3),
    Seg("QTY", 0, 10),
    Seg("AMT"),
    Seg("G62", 0, 10),
    Seg("G66"),
    Loop((Seg("N1", 1), *_PARTY), 0, 3),
    Loop((Seg("LM", 1), Seg("LQ", 0, 100)), 0, ANY),
)
_LINE = (
    Seg("LX", 1),
    Seg("MAN", 0, ANY),
    Seg("SDQ", 0, ANY),
    Loop((Seg("N1", 1), *_PARTY), 0, 1),
    Seg("G62", 0, 10),
    Loop(_ITEM, 0, ANY),
)
SHIP_ORDER: tuple[Place, ...] = (
    Seg("W05", 1),
    Loop((Seg("N1", 1), *_PARTY), 0, 10),
    Seg("N9", 0, 10),
    Seg("G61", 0, 3),
    Seg("G62", 0, 10),
    Seg("NTE", 0, ANY),
    Seg("W09"),
    Seg("W66"),
    Seg("W6"),
    Seg("R2", 0, 13),
    Seg("BNX"),
    Loop((Seg("LM", 1), Seg("LQ", 0, 100)), 0, 10),
    Loop(_LINE, 0, 9999),
    Seg("W76"),
)
ACKNOWLEDGEMENT: tuple[Place, ...] = (
    Seg("AK1", 1),
    Loop(
        (Seg("AK2", 1), Loop((Seg("AK3", 1), Seg("AK4", 0, 99)), 0, ANY), Seg("AK5", 1)),
        0,
        ANY,
    ),
    Seg("AK9", 1),
)
SETS = {"940": ("OW", SHIP_ORDER), "997": ("FA", ACKNOWLEDGEMENT)}

_ORDER_STATUS = frozenset("BCDEFGLNRSTX")
_PAIR = (El(235, "ID", 2, 2), El(234, "AN", 1, 48))
ELEMENTS: dict[str, tuple[El, ...]] = {
    "W05": (
        El(473, "ID", 1, 1, True, _ORDER_STATUS),
        El(285, "AN", 1, 22),
        El(324, "AN", 1, 22),
        El(474, "N0", 6, 6),
        El(286, "AN", 1, 22),
        El(640, "ID", 2, 2),
        El(306, "ID", 1, 2),
    ),
    "N1": (El(98, "ID", 2, 3, True), El(93, "AN", 1, 60), El(66, "ID", 1, 2), El(67, "AN", 2, 80)),
    "N2": (El(93, "AN", 1, 60, True), El(93, "AN", 1, 60)),
    "N3": (El(166, "AN", 1, 55, True), El(166, "AN", 1, 55)),
    "N4": (El(19, "AN", 2, 30), El(156, "ID", 2, 2), El(116, "ID", 3, 15), El(26, "ID", 2, 3)),
    "PER": (
        El(366, "ID", 2, 2, True),
        El(93, "AN", 1, 60),
        *(El(365, "ID", 2, 2), El(364, "AN", 1, 80)),
        *(El(365, "ID", 2, 2), El(364, "AN", 1, 80)),
    ),
    "N9": (
        El(128, "ID", 2, 3, True),
        El(127, "AN", 1, 30),
        El(369, "AN", 1, 45),
        El(373, "DT", 8, 8),
        El(337, "TM", 4, 8),
    ),
    "G62": (El(432, "ID", 2, 2), El(373, "DT", 8, 8), El(176, "ID", 1, 2), El(337, "TM", 4, 8)),
    "NTE": (El(363, "ID", 3, 3), El(352, "AN", 1, 80, True)),
    "W66": (
        El(146, "ID", 2, 2, True),
        El(91, "ID", 1, 2, True),
        El(399, "ID", 1, 1),
        El(400, "ID", 2, 2),
        El(387, "AN", 1, 35),
        El(309, "ID", 1, 2),
        El(352, "AN", 1, 80),
        El(0, "ID", 1, 2),
        El(0, "N2", 1, 12),
        El(140, "ID", 2, 4),
    ),
    "LX": (El(554, "N0", 1, 6, True),),
    "W01": (
        El(0, "R", 1, 15, True),
        El(355, "ID", 2, 2, True),
        El(438, "AN", 12, 12),
        *_PAIR,
        *_PAIR,
        *(El(0, "AN", 1, 30) for _ in range(7)),
        *_PAIR,
    ),
    "G69": (El(369, "AN", 1, 45, True),),
    "MAN": (El(88, "ID", 1, 2, True), El(87, "AN", 1, 48, True), El(87, "AN", 1, 48)),
    "W76": (
        El(0, "R", 1, 15, True),
        *(El(0, "AN", 1, 10) for _ in range(5)),
    ),
}
NOTES: dict[str, tuple[str, ...]] = {
    "W05": ("P0405",),
    "N1": ("R0203", "P0304"),
    "PER": ("P0304", "P0506"),
    "N9": ("R0203",),
    "G62": ("R0103", "P0102", "P0304"),
    "W66": ("P0809",),
    "W01": ("R0304", "P0405", "P0607", "P1516"),
    "W76": ("P0203", "P0405"),
}
"""Syntax notes: P all or none of these elements, R at least one of them."""

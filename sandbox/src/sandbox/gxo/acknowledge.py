"""The 997: which groups and sets of an interchange are taken, and what is wrong with the others (fact sheet gxo 10).

Belongs here: verdicts on groups and the segments that report them. Does not: verdicts on a set, and the TA1.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.gxo import profile
from sandbox.gxo.grammar import SETS
from sandbox.gxo.syntax import SegmentError, SetVerdict, judge
from sandbox.gxo.x12 import Group, Segment, TransactionSet, element

_TAKEN = {functional for functional, _ in SETS.values()}


@dataclass
class GroupVerdict:
    """What the 997 says of one group. `codes` are AK9-05 and following; with any no set is taken."""

    group: Group
    sets: list[SetVerdict] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    def taken(self) -> list[TransactionSet]:
        """Return the sets that are taken."""
        pairs = zip(self.group.sets, self.sets, strict=True)
        return [] if self.codes else [received for received, verdict in pairs if verdict.accepted]


def judge_group(group: Group) -> GroupVerdict:
    """Return the verdict on a group and its sets."""
    functional = element(group.header, 1)
    verdict = GroupVerdict(group, [judge(received, functional) for received in group.sets], _group_codes(group))
    seen: set[str] = set()
    for each in verdict.sets:
        if each.control in seen:
            each.codes.append("7")
        seen.add(each.control)
    return verdict


def refused(verdict: GroupVerdict) -> GroupVerdict:
    """Return the verdict with every set rejected for a fault that it has not: a partner's error."""
    for each in verdict.sets:
        each.errors = [SegmentError("W05", 2, "3")]
        each.codes = ["5"]
    return verdict


def body(verdict: GroupVerdict) -> list[Segment]:
    """Return the segments of the 997 on a group, between ST and SE."""
    header, trailer = verdict.group.header, verdict.group.trailer
    segments: list[Segment] = [["AK1", element(header, 1), element(header, 6)]]
    for each in verdict.sets:
        segments.append(["AK2", each.code, each.control])
        for error in each.errors:
            segments.append(["AK3", error.name, str(error.position), "", error.code])
            for wrong in error.elements:
                segments.append(["AK4", str(wrong.position), str(wrong.number or ""), wrong.code, wrong.value[:99]])
        segments.append(["AK5", "A" if each.accepted else "R", *each.codes[:5]])
    accepted, received = len(verdict.taken()), len(verdict.group.sets)
    included = element(trailer, 1) if trailer is not None and element(trailer, 1).isdigit() else str(received)
    whole = "A" if accepted == received and not verdict.codes else "P" if accepted else "R"
    segments.append(["AK9", whole, included, str(received), str(accepted), *verdict.codes[:5]])
    return segments


def _group_codes(group: Group) -> list[str]:
    checks = (
        (element(group.header, 1) not in _TAKEN, "1"),
        (element(group.header, 8) != profile.GROUP_VERSION, "2"),
        (group.trailer is None, "3"),
        (group.trailer is not None and element(group.trailer, 2) != element(group.header, 6), "4"),
        (group.trailer is not None and element(group.trailer, 1) != str(len(group.sets)), "5"),
        (not element(group.header, 6).isdigit(), "6"),
    )
    return [code for wrong, code in checks if wrong]

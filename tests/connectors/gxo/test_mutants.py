"""Mutants of every message are read whole or refused with their place, and nothing impossible is believed.

Each mutant goes the way of a file: envelopes, partner's groups, messages, records. `MUTANTS` sets how many there
are of all messages together: 2,000 unless set otherwise; 20,000 take about half a minute of one core.
"""

import os
import random
import string
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from connectors.gxo.errors import X12Error
from connectors.gxo.messages import ShippingAdvice, StockReceipt, StockSnapshot
from connectors.gxo.reading import check_group, read_message, read_note
from connectors.gxo.values import MOST_UNITS, Agreement
from connectors.gxo.x12 import read_interchanges
from ingestion.gxo.records import records_of
from ingestion.versions import canonical_json
from tests.connectors.gxo.interchanges import EVERY_MESSAGE

MUTANTS = int(os.environ.get("MUTANTS", "2000"))
AGREED = Agreement(latest=date(2026, 2, 1))
ZONE = ZoneInfo("Europe/London")
ODD = ["", "-1", "0", "1.5", "99999999999", "\uff14\uff10", "202601 1", "20261310", "00010101", "99991231"]
ODD += ["CA", "\x00", "0.0000001", "1e5", "+3", "00000000000000001"]


def records(content):
    """Return the records that a file would become."""
    found = []
    for interchange in read_interchanges(content):
        reported = [(note, read_note(note)) for note in interchange.notes]
        for each in interchange.sets:
            check_group(each)
            message = read_message(each, AGREED)
            reported += [(each.segments[0], message)] if message else []
            believed(each, message)
        found += records_of(reported, site="NTH1", zone=ZONE)
    return found


def believed(each, message):
    """What no message may say and be believed, reported by its text and not by our reader."""
    rows = [(segment.id, *segment.elements) for segment in each.segments]
    if isinstance(message, ShippingAdvice):
        shipped = [int(float(row[3] or 0)) for row in rows if row[0] == "W12"]
        assert sum(line.shipped for line in message.lines) == sum(int(row[1]) for row in rows if row[0] == "W03")
        assert shipped and all(0 <= units <= MOST_UNITS for units in shipped)
        assert {line.carton for line in message.lines if line.shipped} == {box.number for box in message.cartons}
        assert message.ship_date == "" or "2000" < message.ship_date <= "2026-02-01"
    if isinstance(message, StockReceipt):
        assert sum(line.received for line in message.lines) == sum(int(float(r[1])) for r in rows if r[0] == "W14")
    if isinstance(message, StockSnapshot):
        for qualifier in ("17", "QH"):
            said = sum(int(float(row[2])) for row in rows if row[:2] == ("QTY", qualifier))
            assert sum(line.quantities.get(qualifier, 0) for line in message.lines) == said >= 0
        assert all(row[3] in ("EA", "") for row in rows if row[0] == "QTY" and len(row) > 3)
        assert "2000" < message.date <= "2026-02-01"


def by_bytes(raw, dice):
    """Change, drop, double or insert bytes."""
    at, kind = dice.randrange(len(raw)), dice.randrange(4)
    if kind == 0:
        return raw[:at] + bytes([dice.randrange(256)]) + raw[at + 1 :]
    if kind == 1:
        return raw[:at] + raw[at + dice.choice((1, 2, 5, 40)) :]
    if kind == 2:
        return raw[:at] + raw[at : at + dice.choice((1, 3, 20))] + raw[at:]
    return raw[:at] + dice.choice((b"*", b"~", b"\n", b" ", b"-", b"9" * 20, b"ST*945*0001~", b"\r\n")) + raw[at:]


def by_segments(raw, dice):
    """Drop, double, swap or shuffle segments, or cut the file short."""
    parts = raw.split(b"~")
    at, other, kind = dice.randrange(len(parts)), dice.randrange(len(parts)), dice.randrange(5)
    if kind == 0:
        del parts[at]
    elif kind == 1:
        parts.insert(other, parts[at])
    elif kind == 2:
        parts[at], parts[other] = parts[other], parts[at]
    elif kind == 3:
        dice.shuffle(parts)
    return b"~".join(parts) if kind < 4 else raw[: dice.randrange(len(raw))]


def by_elements(raw, dice):
    """Put another value into one element, odd or of random letters, and mend the count of segments if need be."""
    parts = raw.split(b"~")
    at = dice.randrange(len(parts))
    elements = parts[at].split(b"*")
    value = dice.choice([*ODD, "".join(dice.choices(string.printable, k=dice.randrange(1, 60)))])
    elements[dice.randrange(len(elements))] = value.encode()
    parts[at] = b"*".join(elements)
    return b"~".join(parts)


def mutant(raw, dice):
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        raw = dice.choice((by_bytes, by_segments, by_elements, by_elements))(raw, dice) or b" "
    return raw


@pytest.mark.parametrize("set_id", sorted(EVERY_MESSAGE))
def test_mutants_become_all_their_records_or_one_error_with_its_place(set_id):
    dice, whole = random.Random(set_id), EVERY_MESSAGE[set_id].encode()
    outcomes = [outcome(mutant(whole, dice)) for _ in range(MUTANTS // len(EVERY_MESSAGE))]
    faults = [found for found in outcomes if isinstance(found, X12Error)]
    assert all(fault.position >= 1 and fault.reason and len(str(fault)) < 250 for fault in faults)
    assert len(faults) > len(outcomes) // 2
    believable = [record for found in outcomes if isinstance(found, list) for record in found]
    assert all(record.payload["id"] and canonical_json(record.payload) for record in believable)


def outcome(content):
    try:
        return records(content)
    except X12Error as error:
        return error

"""What two shops have under one key is written for the first of them alone, and shown as held for the other.

Belongs here: a plan of a key that the outbox holds for another shop. Does not: keys of one shop (test_planning).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.clocks import ManualClock
from tests.support.journals import Cycle, ScriptedVendor, keys, propose
from tieout.settings import Books

FIRST, SECOND = keys(2)


@pytest.mark.parametrize("total", ["", "90.00"], ids=["as acknowledged", "of another content"])
def test_a_key_that_two_shops_have_is_written_for_the_first_alone(make_settings, state, total):
    settings = make_settings().model_copy(update={"books": Books()})
    cycle = Cycle(settings, state, ManualClock(), ScriptedVendor(None))
    cycle.apply(cycle.plan([propose(FIRST)]))
    other = propose(FIRST, total=total) if total else propose(FIRST)
    planned = cycle.plan([replace(other, shop_id="elsewhere"), propose(SECOND)])
    assert [(row.entity_key, str(row.action)) for row in planned.rows] == [(FIRST, "held"), (SECOND, "send")]
    assert "has this key as well" in planned.rows[0].held_because
    cycle.apply(planned)
    assert cycle.vendor.written == [FIRST, SECOND]
    assert cycle.plan([propose(FIRST), propose(SECOND)]).rows == ()

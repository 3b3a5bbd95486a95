"""Open returns are listed by their time, also those that no figure counts because they cannot be read."""

from orchestration.warehouse.publish import publish
from orchestration.warehouse.queries import return_rows
from tests.orchestration.explain.test_explain import put


def test_a_return_that_cannot_be_read_is_listed_with_its_deadline(make_settings, warehouse):
    settings = make_settings()
    put(warehouse, "operations.returns", return_id="R", shop_id="S", is_open=True, minutes_left=90, held_because="")
    ids = {"shop_id": "S", "order_id": "A", "next_action": "ANSWER"}
    put(warehouse, "operations.returns_unreadable", return_id="Q", **ids, is_open=True, minutes_left=5, fields=["x"])
    put(warehouse, "operations.returns_unreadable", return_id="P", **ids, is_open=False, fields=[])
    publish(settings, warehouse)

    found = return_rows(settings, shop=None, every=False)

    assert [(row["return_id"], row["stage"], row["minutes_left"]) for row in found] == [
        ("Q", "unreadable", 5),
        ("R", None, 90),
    ]
    assert found[0]["held_because"] == "SYS-03: it cannot be read: x, see audit.quarantine; answer in Seller Center"
    assert len(return_rows(settings, shop=None, every=True)) == 3

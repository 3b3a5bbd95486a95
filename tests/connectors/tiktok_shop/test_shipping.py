import json
from datetime import UTC, datetime

import pytest

from connectors.transport.errors import RejectedError

SEARCH, CREATE = "/fulfillment/202309/packages/search", "/fulfillment/202512/packages"
PACKAGE = "/fulfillment/202309/packages/k1"


def test_packages_are_searched_by_update_time_fifty_a_page(client, fake_shop, paged):
    fake_shop.routes[SEARCH] = paged([{"id": str(number)} for number in range(60)], "packages")
    pages = list(client.packages("S1", updated_from=datetime(2026, 10, 1, tzinfo=UTC)))
    assert [len(page.rows) for page in pages] == [50, 10]
    assert json.loads(fake_shop.seen[-1].content) == {"update_time_ge": 1790812800}


@pytest.mark.parametrize(
    ("line_ids", "body"),
    [
        ([], {"ship_type": "1", "order_id": "o1"}),
        (
            ["l1", "l2"],
            {
                "ship_type": "2",
                "order_id": "o1",
                "order_line_item": [{"order_line_id": "l1"}, {"order_line_id": "l2"}],
            },
        ),
    ],
)
def test_a_label_is_bought_for_an_order_or_for_some_of_its_lines(client, fake_shop, answer, line_ids, body):
    fake_shop.routes[CREATE] = lambda request: answer({"package_id": "k1"})
    assert client.create_package("S1", "o1", line_ids=line_ids) == "k1"
    assert json.loads(fake_shop.seen[-1].content) == body


def test_a_package_is_read_shipped_and_corrected_under_its_id(client, fake_shop, answer):
    fake_shop.routes[PACKAGE] = lambda request: answer({"package_id": "k1", "tracking_number": "H01"})
    fake_shop.routes[f"{PACKAGE}/ship"] = lambda request: answer({})
    fake_shop.routes[f"{PACKAGE}/shipping_info/update"] = lambda request: answer({})
    assert client.package("S1", "k1").data["tracking_number"] == "H01"
    client.ship_package("S1", "k1", handover_method="DROP_OFF")
    assert json.loads(fake_shop.seen[-1].content) == {"handover_method": "DROP_OFF"}
    client.correct_tracking("S1", "k1", tracking_number="H02", provider_id="9")
    assert json.loads(fake_shop.seen[-1].content) == {"tracking_number": "H02", "shipping_provider_id": "9"}


def test_a_second_correction_is_refused_with_the_platforms_code(client, fake_shop, answer):
    fake_shop.routes[f"{PACKAGE}/shipping_info/update"] = lambda request: answer(code=21011052, message="once only")
    with pytest.raises(RejectedError) as refused:
        client.correct_tracking("S1", "k1", tracking_number="H02", provider_id="9")
    assert refused.value.code == "21011052"

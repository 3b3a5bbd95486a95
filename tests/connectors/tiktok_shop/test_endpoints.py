import re

import pytest

from connectors.tiktok_shop import endpoints
from connectors.tiktok_shop.endpoints import Endpoint

ALL = [value for value in vars(endpoints).values() if isinstance(value, Endpoint)]


@pytest.mark.parametrize("endpoint", ALL, ids=lambda endpoint: endpoint.name)
def test_the_cipher_is_sent_to_shop_endpoints_and_to_no_other(endpoint):
    without = ("/authorization/", "/seller/", "/product/{version}/images/upload")
    assert endpoint.needs_cipher is not endpoint.path.startswith(without)
    assert (("shop_cipher", "c") in endpoint.query("c")) is endpoint.needs_cipher


@pytest.mark.parametrize("endpoint", ALL, ids=lambda endpoint: endpoint.name)
def test_versions_are_tried_newest_first(endpoint):
    numbers = [version.number for version in endpoint.versions]
    assert numbers == sorted(numbers, reverse=True)
    assert all(re.fullmatch(r"20\d{4}", number) for number in numbers)
    assert "{version}" in endpoint.path


@pytest.mark.parametrize("endpoint", [each for each in ALL if each.page_size], ids=lambda endpoint: endpoint.name)
def test_paged_lists_ask_for_full_pages_in_ascending_order(endpoint):
    query = dict(endpoint.query("c"))
    assert query["page_size"] == ("50" if endpoint.path.startswith(("/fulfillment/", "/return_refund/")) else "100")
    if endpoint is not endpoints.SEARCH_PRODUCTS:  # it takes no order
        assert (query["sort_order"], bool(query["sort_field"])) == ("ASC", True)
    assert all(version.rows for version in endpoint.versions)

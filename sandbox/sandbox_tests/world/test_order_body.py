from decimal import Decimal as D

PRICES = ("original_price", "seller_discount", "platform_discount", "sale_price")


def test_payment_obeys_the_documented_formulas(traded, bodies):
    for order in bodies(traded, "orders"):
        pay = {key: D(value) for key, value in order["payment"].items() if key != "currency"}
        goods = pay["original_total_product_price"] - pay["seller_discount"] - pay["platform_discount"]
        shipping_discounts = pay["shipping_fee_seller_discount"] + pay["shipping_fee_platform_discount"]
        assert pay["sub_total"] == goods
        assert pay["shipping_fee"] == pay["original_shipping_fee"] - shipping_discounts
        assert pay["tax"] == pay["product_tax"] + pay["shipping_fee_tax"]
        assert pay["total_amount"] == goods + pay["shipping_fee"] + pay["tax"] + pay["retail_delivery_fee"]


def test_lines_are_single_units_that_sum_to_the_payment(traded, bodies):
    for order in bodies(traded, "orders"):
        columns = {key: [D(line[key]) for line in order["line_items"]] for key in PRICES}
        for original, seller, platform, sale in zip(*columns.values(), strict=True):
            assert sale == original - seller - platform
        assert sum(columns["sale_price"]) == D(order["payment"]["sub_total"])
        assert sum(columns["original_price"]) == D(order["payment"]["original_total_product_price"])


def test_line_and_order_ids_are_unique_digit_strings(traded, bodies):
    orders = bodies(traded, "orders")
    lines = [line["id"] for order in orders for line in order["line_items"]]
    assert len(lines) == len(set(lines)) > len(orders)
    assert all(order["id"].isdigit() and len(order["id"]) == 18 for order in orders)


def test_only_us_orders_bear_sales_tax_on_top(traded, bodies):
    taxes = {currency: set() for currency in ("GBP", "USD")}
    for order in bodies(traded, "orders"):
        taxes[order["payment"]["currency"]].add(D(order["payment"]["tax"]) > 0)
        item_tax = sum(D(tax["tax_amount"]) for line in order["line_items"] for tax in line["item_tax"])
        assert item_tax == D(order["payment"]["product_tax"])
    assert taxes["GBP"] == {False}
    assert True in taxes["USD"]


def test_samples_and_replacements_cost_nothing(traded, bodies):
    orders = bodies(traded, "orders")
    free = [order for order in orders if order["is_sample_order"] or order["is_replacement_order"]]
    assert {order["is_sample_order"] for order in free} == {True, False}
    assert {order["payment"]["total_amount"] for order in free} == {"0"}
    known = {order["id"] for order in orders}
    assert all(order["replaced_order_id"] in known for order in free if order["is_replacement_order"])

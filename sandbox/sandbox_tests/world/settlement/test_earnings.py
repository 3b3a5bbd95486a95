import pytest

from sandbox.world.settlement import earnings
from sandbox.world.settlement.earnings import Terms
from sandbox.world.shops import GB, US

TERMS = Terms(
    affiliate=1500,
    affiliate_ads=0,
    affiliate_partner=0,
    promotion=0,
    live_specials=0,
    card_handling=0,
    per_item=0,
    unitemised_per_item=0,
    flat=0,
    parcel_cost=300,
)


def _line(number: int) -> dict:
    prices = {"original_price": "25", "seller_discount": "4", "platform_discount": "1", "sale_price": "20"}
    return {"id": str(number), "sku_id": f"sku-{number}", "item_tax": [], **prices}


@pytest.fixture
def order() -> dict:
    payment = {"total_amount": "42", "tax": "0", "retail_delivery_fee": "0", "shipping_fee": "2"}
    shipping = {"shipping_fee_platform_discount": "1", "shipping_fee_seller_discount": "0"}
    return {
        "line_items": [_line(1), _line(2)],
        "shipping_type": "TIKTOK",
        "fulfillment_type": "FULFILLMENT_BY_SELLER",
        "payment": payment | shipping,
    }


def test_a_gb_sale_bears_nine_percent_of_what_was_paid_and_vat_on_it(order):
    figures = earnings.sale(GB, order, TERMS, [])
    assert figures.fee["platform_commission_amount"] == -360
    assert figures.tax == {"vat_amount": -72}
    assert figures.fee["affiliate_commission_amount"] == -600
    assert figures.revenue_total == 5000 - 800
    assert figures.shipping_total == 200 + 100 - 300
    assert figures.settlement == 4200 + 0 - 360 - 72 - 600


def test_a_us_sale_bears_six_percent_and_no_tax(order):
    figures = earnings.sale(US, order, TERMS, [])
    assert figures.fee["referral_fee_amount"] == -240
    assert figures.tax == {}


def test_goods_refunded_before_settlement_bear_no_commission(order):
    figures = earnings.sale(GB, order, TERMS, order["line_items"][:1])
    assert figures.revenue_total == 2100
    assert figures.fee["platform_commission_amount"] == -180


def test_a_us_refund_keeps_a_fifth_of_the_referral_fee_up_to_five_dollars_a_sku(order):
    refunded = order["line_items"][:1]
    figures = earnings.refund(US, order, TERMS, refunded, affiliate_returned=True)
    assert figures.fee["referral_fee_amount"] == 120
    assert figures.fee["refund_administration_fee_amount"] == -24
    assert figures.fee["affiliate_commission_amount"] == 300
    dear = {**refunded[0], "sale_price": "2000", "original_price": "2005"}
    figures = earnings.refund(US, order, TERMS, [dear], affiliate_returned=True)
    assert figures.fee["refund_administration_fee_amount"] == -500


def test_affiliate_commission_that_is_not_clawed_back_stays_with_the_creator(order):
    figures = earnings.refund(GB, order, TERMS, order["line_items"], affiliate_returned=False)
    assert "affiliate_commission_amount" not in figures.fee
    assert figures.fee["platform_commission_amount"] == 360
    assert figures.tax == {"vat_amount": 72}

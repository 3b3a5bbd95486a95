{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([ref('int_settlements__changes')], 'shop_id, statement_id') }}"
    )
}}

-- What commission the sales of a statement were charged, in millionths of the goods after the seller's discount and
-- without what was refunded in the same line: the middle of all lines, and the highest among those that are worth a
-- claim. Five of a statement are enough to show a wrong rate, and to ask TikTok Shop for the others.
{%- set shown_lines = 5 %}

with lines as (
    select
        shop_id,
        statement_id,
        transaction_id,
        fee_key,
        -amount as charged_amount,
        loaded_through
    from {{ ref('int_settlements__lines') }}
    {{ only_changed_keys('shop_id, statement_id') }}
    where
        amount < 0
        and fee_key in (
            'fee_tax.fee.platform_commission_amount', 'fee_tax.fee.referral_fee_amount',
            'flat.platform_commission_amount', 'flat.referral_fee_amount'
        )
),

goods as (
    select
        shop_id,
        transaction_id,
        settled_order_id,
        sold_amount + coalesce(seller_discount_amount, 0) + coalesce(refunded_amount, 0)
        + coalesce(refunded_discount_amount, 0) as goods_amount
    from {{ ref('int_settlements__transactions') }}
    {{ only_changed_keys('shop_id, statement_id') }}
    where not is_broken
),

rates as (
    select
        lines.*,
        goods.settled_order_id,
        goods.goods_amount,
        cast(
            cast({{ to_minor_units('lines.charged_amount') }} as hugeint) * 1000000
            // {{ to_minor_units('goods.goods_amount') }} as bigint
        ) as rate
    from lines
    inner join goods using (shop_id, transaction_id)
    where goods.goods_amount > 0
)

select
    shop_id,
    statement_id,
    fee_key,
    count(*) as line_count,
    quantile_disc(rate, 0.5) as middle_rate,
    coalesce(
        max_by(
            {
                'transaction_id': transaction_id, 'order_id': settled_order_id, 'charged_amount': charged_amount,
                'goods_amount': goods_amount, 'rate': rate
            },
            (rate, transaction_id),
            {{ shown_lines }}
        ) filter (where charged_amount > {{ least_fee_claim() }}),
        []
    ) as highest,
    max(loaded_through) as loaded_through
from rates
group by shop_id, statement_id, fee_key

-- Orders refunded after they had settled, where commission that was charged on the sale did not come back with the
-- refund. Commission is owed on what stays sold. Not owed back, and so not asked for: the US refund administration fee
-- (a part of the referral fee that is kept, on a line of its own; fact sheet tiktok_shop 7.8), card and transaction
-- fees, advertising, and fees per item. A correction that names the order counts as a return, whenever it comes.
with lines as (
    select
        shop_id,
        order_id,
        statement_id,
        transaction_id,
        line_class,
        amount,
        currency,
        case
            when
                ends_with(fee_key, '.platform_commission_amount') or ends_with(fee_key, '.referral_fee_amount')
                then 'platform'
            when ends_with(fee_key, '.affiliate_commission_amount') then 'affiliate'
            when ends_with(fee_key, '.affiliate_partner_commission_amount') then 'affiliate partner'
            when
                fee_key in ('adjustment.PLATFORM_COMMISSION_ADJUSTMENT', 'adjustment.PLATFORM_COMMISSION_COMPENSATION')
                then 'any'
        end as commission
    from {{ ref('int_settlements__lines') }}
    where order_id is not null
),

refunded as (
    select distinct
        shop_id,
        order_id
    from lines
    where line_class = 'refund'
),

-- A line that does not add up, or a statement that is gone, has a row of its own.
usable as (
    select lines.*
    from lines
    inner join refunded using (shop_id, order_id)
    inner join {{ ref('int_settlements__statements') }} as statements using (shop_id, statement_id)
    where statements.arithmetic not in ('deleted', 'surplus', 'quarantined')
),

-- What went back before the settlement was never charged: such a refund is in the sale's own transaction.
transactions as (
    select
        shop_id,
        order_id,
        transaction_id,
        sum(amount) filter (where line_class = 'gross_sales') as sold_amount,
        sum(amount) filter (where line_class in ('gross_sales', 'refund')) as goods_amount
    from usable
    group by shop_id, order_id, transaction_id
),

orders as (
    select
        shop_id,
        order_id,
        sum(goods_amount) filter (where sold_amount > 0) as kept_amount,
        -sum(goods_amount) filter (where sold_amount is null and goods_amount < 0) as refunded_amount,
        list(transaction_id order by transaction_id) filter (where sold_amount is null and goods_amount < 0)
            as refund_ids
    from transactions
    group by shop_id, order_id
),

commissions as (
    select
        shop_id,
        order_id,
        commission,
        any_value(currency) as currency,
        -sum(least(amount, 0)) as charged_amount,
        sum(greatest(amount, 0)) as returned_amount
    from usable
    where commission is not null
    group by shop_id, order_id, commission
),

owed as (
    select
        commissions.*,
        orders.refund_ids,
        -- In whole ten-thousandths, because a division of decimals would be a float.
        {{ round_half_up(
            'cast(' ~ to_minor_units('commissions.charged_amount') ~ ' * cast('
            ~ to_minor_units('least(orders.refunded_amount, orders.kept_amount)') ~ ' as hugeint) // '
            ~ to_minor_units('orders.kept_amount') ~ ' as decimal(28, 0)) * 0.0001'
        ) }} as owed_amount
    from commissions
    inner join orders using (shop_id, order_id)
    where orders.kept_amount > 0 and orders.refunded_amount > 0
)

select
    'FIN-18' as code,
    owed.shop_id,
    'order' as entity_type,
    owed.order_id as entity_id,
    cast(sum(owed.owed_amount) as decimal(18, 4)) as money_at_risk_amount,
    any_value(owed.currency) as currency,
    cast(null as timestamptz) as due_at,
    string_agg(
        owed.commission || ' commission back: ' || {{ money_text('owed.owed_amount') }}, ', ' order by owed.commission
    ) as expected,
    'refunded, and none of it came back' as actual,
    to_json({
        'refund_transaction_ids': any_value(owed.refund_ids),
        'commissions': list(owed.commission order by owed.commission),
        'charged': list(owed.charged_amount order by owed.commission)
    }) as evidence,
    'commission kept on a refund' as cause
from owed
anti join commissions as corrected
    on
        owed.shop_id = corrected.shop_id and owed.order_id = corrected.order_id
        and corrected.commission = 'any' and corrected.returned_amount > 0
where owed.returned_amount = 0 and owed.owed_amount >= 0.01 and owed.commission <> 'any'
group by owed.shop_id, owed.order_id

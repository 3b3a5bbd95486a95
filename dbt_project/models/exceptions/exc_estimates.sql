-- Estimates of what is not settled yet that do not add up: one is made of the same parts as a settlement.
with estimates as (
    select
        *,
        cast(
            estimated_revenue_amount + coalesce(estimated_shipping_cost_amount, 0)
            + coalesce(estimated_fee_tax_amount, 0) + coalesce(estimated_adjustment_amount, 0) as decimal(18, 4)
        ) as parts_amount
    from {{ ref('stg_tiktok_shop__unsettled') }}
    where known_until is null and len(faults) = 0 and not is_deleted
)

select
    'FIN-03' as code,
    shop_id,
    'estimate' as entity_type,
    unsettled_id as entity_id,
    abs(estimated_settlement_amount - parts_amount) as money_at_risk_amount,
    currency,
    cast(null as timestamptz) as due_at,
    'parts that add up to ' || {{ money_text('estimated_settlement_amount') }} as expected,
    'parts ' || {{ money_text('parts_amount') }} as actual,
    to_json({'order_id': order_id}) as evidence,
    'estimate does not add up' as cause
from estimates
where estimated_settlement_amount <> parts_amount

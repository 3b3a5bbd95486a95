{{ config(contract={'enforced': true}) }}


-- What TikTok Shop lists as not settled now.
select
    shop_id,
    unsettled_id,
    order_id,
    transaction_type,
    unsettled_reason,
    estimated_settlement_amount,
    estimated_revenue_amount,
    estimated_shipping_cost_amount,
    estimated_fee_tax_amount,
    estimated_adjustment_amount,
    currency,
    order_created_at,
    order_delivered_at,
    known_from as estimated_at
from {{ ref('stg_tiktok_shop__unsettled') }}
where known_until is null and not is_deleted and len(faults) = 0

{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([ref('int_settlements__changes')], 'shop_id, statement_id') }}"
    )
}}


with changes as (
    select *
    from {{ ref('int_settlements__changes') }}
    {{ only_changed_keys('shop_id, statement_id') }}
),

transactions as (
    select
        transactions.* exclude (loaded_through),
        changes.loaded_through
    from {{ ref('stg_tiktok_shop__statement_transactions') }} as transactions
    inner join changes using (shop_id, statement_id)
    where not transactions.is_deleted
),

added as (
    select
        *,
        len(faults) > 0 as is_quarantined,
        coalesce(revenue_amount, 0) - {{ sum_of_parts('revenue_parts') }} as revenue_unitemised_amount,
        coalesce(shipping_cost_amount, 0)
        - {{ sum_of_parts('shipping_cost_parts') }} as shipping_cost_unitemised_amount,
        coalesce(fee_tax_amount, 0)
        - {{ sum_of_parts('fee_parts') }}
        - {{ sum_of_parts('tax_parts') }} as fee_tax_unitemised_amount,
        coalesce(revenue_amount, 0) + coalesce(shipping_cost_amount, 0) + coalesce(fee_tax_amount, 0)
        + coalesce(adjustment_amount, 0) as parts_amount,
        coalesce(settlement_amount, 0) + coalesce(reserve_amount, 0) as payable_amount
    from transactions
),

counted as (
    select
        *,
        row_number() over (
            partition by shop_id, statement_id, content_signature
            order by first_observed_at, length(transaction_id), transaction_id
        ) > 1 as is_copy
    from added
),

headers as (
    select
        statements.shop_id,
        statements.statement_id,
        coalesce(statements.settlement_amount, summaries.total_settlement_amount) as settlement_amount,
        summaries.total_reserve_amount as reserve_amount
    from {{ ref('stg_tiktok_shop__statements') }} as statements
    left join {{ ref('stg_tiktok_shop__statement_summaries') }} as summaries using (shop_id, statement_id)
),

originals as (
    select
        shop_id,
        statement_id,
        sum(settlement_amount) as settlement_amount,
        coalesce(sum(reserve_amount), 0) as reserve_amount
    from counted
    where not is_copy
    group by shop_id, statement_id
),

-- A copy is surplus when the statement's own header adds up without it.
surplus as (
    select
        originals.shop_id,
        originals.statement_id
    from originals
    inner join headers using (shop_id, statement_id)
    where
        coalesce(originals.settlement_amount, 0) = headers.settlement_amount
        and (headers.reserve_amount is null or originals.reserve_amount = headers.reserve_amount)
)

select
    counted.shop_id,
    counted.statement_id,
    counted.transaction_id,
    counted.transaction_type,
    counted.is_flat,
    counted.order_id,
    counted.settled_order_id,
    {{ id_number('counted.settled_order_id') }} as settled_order_number,
    counted.order_created_at,
    counted.adjustment_id,
    counted.reserve_id,
    counted.reserve_status,
    counted.estimated_release_at,
    counted.settlement_amount,
    counted.revenue_amount,
    counted.shipping_cost_amount,
    counted.fee_tax_amount,
    counted.adjustment_amount,
    counted.reserve_amount,
    counted.payable_amount,
    counted.parts_amount,
    counted.revenue_unitemised_amount,
    counted.shipping_cost_unitemised_amount,
    counted.fee_tax_unitemised_amount,
    {%- for column, nested, flat in [
        ('sold', 'subtotal_before_discount_amount', 'gross_sales_amount'),
        ('refunded', 'refund_subtotal_before_discount_amount', 'gross_sales_refund_amount'),
        ('seller_discount', 'seller_discount_amount', 'seller_discount_amount'),
        ('refunded_discount', 'seller_discount_refund_amount', 'seller_discount_refund_amount'),
    ] %}
        try_cast(counted.revenue_parts[if(counted.is_flat, '{{ flat }}', '{{ nested }}')] as decimal(18, 4))
            as {{ column }}_amount,
    {%- endfor %}
    try_cast(counted.shipping_cost_parts['customer_paid_shipping_fee_amount'] as decimal(18, 4))
        as buyer_shipping_amount,
    counted.buyer_paid_amount,
    counted.is_quarantined,
    counted.is_copy and surplus.statement_id is not null as is_surplus,
    -- Fees may hold more than they itemise (fact sheet tiktok_shop 7.3), so their remainder is a class of its own. It
    -- is a fault when more is itemised than charged, or when an earlier version itemised more of the same total.
    coalesce(counted.settlement_amount, 0) <> counted.parts_amount
    or counted.revenue_unitemised_amount <> 0
    or counted.shipping_cost_unitemised_amount <> 0
    or (not counted.is_flat and sign(counted.fee_tax_unitemised_amount) * sign(counted.fee_tax_amount) < 0)
    or coalesce(abs(counted.fee_tax_unitemised_amount) > revised.least_unitemised_amount, false) as is_broken,
    counted.observed_at,
    counted.loaded_through
from counted
left join surplus using (shop_id, statement_id)
left join {{ ref('stg_tiktok_shop__revised_fees') }} as revised
    on
        counted.shop_id = revised.shop_id
        and counted.transaction_id = revised.transaction_id
        and counted.fee_tax_amount = revised.fee_tax_amount
        and not counted.is_flat

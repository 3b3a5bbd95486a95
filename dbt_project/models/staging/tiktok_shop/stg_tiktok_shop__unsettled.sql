-- Every version is kept, with the span of time in which it was the latest: estimates vanish on settlement, and a month
-- end needs what was known then.
with versions as (
    select
        shop_id,
        id as unsettled_id,
        payload,
        is_deleted,
        observed_at as known_from,
        lead(observed_at)
            over (partition by shop_id, id order by observed_at, {{ load_sequence('load_id') }})
            as known_until,
        last_value(payload ignore nulls) over (
            partition by shop_id, id
            order by observed_at, {{ load_sequence('load_id') }} rows between unbounded preceding and current row
        ) as last_payload,
        {{ load_sequence('load_id') }} as loaded_through
    from {{ source('raw_tiktok_shop', 'unsettled_transactions') }}
)

select
    shop_id,
    unsettled_id,
    known_from,
    known_until,
    last_payload ->> '$.type' as transaction_type,
    coalesce(nullif(last_payload ->> '$.order_id', ''), nullif(last_payload ->> '$.adjustment_order_id', ''))
        as order_id,
    last_payload ->> '$.currency' as currency,
    last_payload ->> '$.unsettled_reason' as unsettled_reason,
    {{ epoch_instant("last_payload ->> '$.order_create_time'") }} as order_created_at,
    {{ epoch_instant("last_payload ->> '$.order_delivery_time'") }} as order_delivered_at,
    {{ amount("last_payload ->> '$.est_settlement_amount'") }} as estimated_settlement_amount,
    {{ amount("last_payload ->> '$.est_revenue_amount'") }} as estimated_revenue_amount,
    {{ amount("last_payload ->> '$.est_shipping_cost_amount'") }} as estimated_shipping_cost_amount,
    {{ amount("last_payload ->> '$.est_fee_tax_amount'") }} as estimated_fee_tax_amount,
    {{ amount("last_payload ->> '$.est_adjustment_amount'") }} as estimated_adjustment_amount,
    -- The promised day is text such as "Delivered + 7 days" until the parcel has arrived, then a time (fact sheet
    -- tiktok_shop 7.6).
    {{ faults([
        amount_fault('est_settlement_amount', "(last_payload ->> '$.est_settlement_amount')"),
        amount_fault('est_revenue_amount', "(last_payload ->> '$.est_revenue_amount')"),
        amount_fault('est_fee_tax_amount', "(last_payload ->> '$.est_fee_tax_amount')"),
        amount_fault('est_shipping_cost_amount', "(last_payload ->> '$.est_shipping_cost_amount')"),
        amount_fault('est_adjustment_amount', "(last_payload ->> '$.est_adjustment_amount')"),
        each_fault_in('last_payload', given_time_fault, ['order_create_time', 'order_delivery_time']),
        each_fault_in('last_payload', text_fault, [
            'type', 'order_id', 'adjustment_order_id', 'unsettled_reason', 'estimated_settlement',
        ]),
        given_currency_fault('currency', "(last_payload ->> '$.currency')"),
        "if(try_cast(last_payload ->> '$.estimated_settlement' as double) is not null, "
        ~ given_time_fault('estimated_settlement', "(last_payload ->> '$.estimated_settlement')") ~ ", null)",
    ]) }} as faults,
    is_deleted,
    loaded_through
from versions

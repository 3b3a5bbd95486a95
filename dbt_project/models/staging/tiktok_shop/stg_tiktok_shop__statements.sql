with versions as (
    {{ latest_versions(source('raw_tiktok_shop', 'statements')) }}
),

-- Every time that it was ever of: those of one time are compared with each other.
said as (
    select
        shop_id,
        id,
        list_sort(list(distinct payload ->> '$.statement_time')) as statement_times
    from {{ source('raw_tiktok_shop', 'statements') }}
    where not is_deleted
    group by shop_id, id
)

select
    versions.shop_id,
    versions.id as statement_id,
    coalesce(nullif(payload ->> '$.payment_id', ''), nullif(parent_id, '')) as payment_id,
    payload ->> '$.payment_status' as payment_status,
    payload ->> '$.currency' as currency,
    {{ epoch_instant("payload ->> '$.statement_time'") }} as statement_at,
    coalesce(said.statement_times, []) as statement_times,
    {{ epoch_instant("payload ->> '$.payment_time'") }} as paid_at,
    {{ amount("payload ->> '$.settlement_amount'") }} as settlement_amount,
    {{ amount("payload ->> '$.revenue_amount'") }} as revenue_amount,
    {{ amount("payload ->> '$.net_sales_amount'") }} as net_sales_amount,
    {{ amount("payload ->> '$.shipping_cost_amount'") }} as shipping_cost_amount,
    {{ amount("payload ->> '$.fee_amount'") }} as fee_amount,
    {{ amount("payload ->> '$.adjustment_amount'") }} as adjustment_amount,
    list_concat(
        {{ faults([
            amount_fault('settlement_amount', "(payload ->> '$.settlement_amount')"),
            amount_fault('revenue_amount', "(payload ->> '$.revenue_amount')"),
            amount_fault('net_sales_amount', "(payload ->> '$.net_sales_amount')"),
            amount_fault('shipping_cost_amount', "(payload ->> '$.shipping_cost_amount')"),
            amount_fault('fee_amount', "(payload ->> '$.fee_amount')"),
            amount_fault('adjustment_amount', "(payload ->> '$.adjustment_amount')"),
            currency_fault('currency', "(payload ->> '$.currency')"),
            time_fault('statement_time', "(payload ->> '$.statement_time')"),
            given_time_fault('payment_time', "(payload ->> '$.payment_time')"),
            each_fault_in('payload', text_fault, ['payment_id', 'payment_status']),
        ]) }},
        coalesce(lost.faults, [])
    ) as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions
left join said on versions.shop_id = said.shop_id and versions.id = said.id
left join {{ ref('stg_tiktok_shop__lost_fields') }} as lost
    on lost.entity = 'statements' and versions.shop_id = lost.shop_id and versions.id = lost.record_id

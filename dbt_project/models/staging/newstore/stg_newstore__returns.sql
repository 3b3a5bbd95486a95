{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_newstore', 'returns')], 'shop_id, till_return_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

-- Instants come without an offset and are in UTC. What a unit is worth and what the till gave back are two amounts.
with versions as (
    {{ latest_versions(source('raw_newstore', 'returns')) }}
)

select
    shop_id,
    id as till_return_id,
    parent_id as newstore_order_id,
    nullif(payload ->> '$.externalOrderId', '') as external_order_id,
    nullif(trim(payload ->> '$.receipt'), '') as receipt,
    coalesce(payload ->> '$.isBlind' = 'true', false) as is_blind,
    nullif(payload ->> '$.returnLocationId', '') as node_id,
    payload ->> '$.currency' as currency,
    {{ amount("(payload ->> '$.totalRefundAmount')") }} as worth_amount,
    coalesce({{ amount("(payload ->> '$.totalRefundAmountAdjusted')") }}, 0) as paid_amount,
    try_cast(payload ->> '$.returnedAt' as timestamptz) as returned_at,
    {{ faults([
        missing_fault('returnedAt', "(payload ->> '$.returnedAt')"),
        currency_fault('currency', "(payload ->> '$.currency')"),
        each_fault_in('payload', text_fault, ['externalOrderId', 'receipt', 'returnLocationId']),
        each_fault_in('payload', flag_fault, ['isBlind']),
        each_fault_in('payload', instant_fault, ['returnedAt']),
        each_fault_in('payload', amount_fault, ['totalRefundAmount', 'totalRefundAmountAdjusted', 'returnFee']),
        shape_faults('payload', {'items': 'ARRAY', 'items[*]': 'OBJECT'}),
    ]) }} as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions

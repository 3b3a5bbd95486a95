with versions as (
    {{ latest_versions(source('raw_tiktok_shop', 'statement_summaries')) }}
)

select
    shop_id,
    id as statement_id,
    {{ amount("coalesce(payload ->> '$.total_settlement_amount', payload ->> '$.settlement_amount')") }}
        as total_settlement_amount,
    {{ amount("payload ->> '$.total_reserve_amount'") }} as total_reserve_amount,
    {{ amount("payload ->> '$.payable_amount'") }} as payable_amount,
    {{ faults([
        amount_fault('total_settlement_amount', "(payload ->> '$.total_settlement_amount')"),
        amount_fault('total_reserve_amount', "(payload ->> '$.total_reserve_amount')"),
        amount_fault('settlement_amount', "(payload ->> '$.settlement_amount')"),
        amount_fault('payable_amount', "(payload ->> '$.payable_amount')"),
    ]) }} as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions

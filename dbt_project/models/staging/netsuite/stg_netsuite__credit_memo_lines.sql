{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_netsuite', 'credit_memos')], 'shop_id, credit_memo_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_netsuite', 'credit_memos')) }}
),

lines as (
    select
        shop_id,
        id as credit_memo_id,
        is_deleted,
        observed_at,
        loaded_through,
        unnest(
            from_json(
                payload -> '$.lines',
                '[{"line": "VARCHAR", "item": "VARCHAR", "account": "VARCHAR", "quantity": "VARCHAR",
                   "amount": "VARCHAR", "memo": "VARCHAR", "taxline": "VARCHAR"}]'
            )
        ) as line
    from versions
)

select
    shop_id,
    credit_memo_id,
    line.line,
    nullif(line.item, '') as item_id,
    nullif(line.account, '') as account_id,
    coalesce({{ amount('line.quantity') }}, 0) as quantity,
    coalesce({{ amount('line.amount') }}, 0) as amount,
    coalesce(line.taxline, 'F') = 'T' as is_tax,
    coalesce(line.memo, '') as memo,
    {{ faults([
        each_fault(amount_fault, ['quantity', 'amount'], of='line.', shown='lines.'),
        each_fault(text_fault, ['line', 'item', 'account', 'memo'], of='line.', shown='lines.'),
        flag_fault('lines.taxline', 'line.taxline', words="'T', 'F'"),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from lines

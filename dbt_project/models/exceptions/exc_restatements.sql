-- Statements that changed after a journal of their payment was acknowledged, and add up: a delta journal is due.
with acknowledged as (
    select shop_id, regexp_extract(entity_key, '^TTS-.*-([^-]+)-[0-9]{6}-R[0-9]+$', 1) as payment_id, min(acknowledged_at) as acknowledged_at
    from {{ ref('stg_tieout__acknowledgements') }}
    where contains(sync, 'journal')
    group by all
),

changes as (
    select shop_id, statement_id, loaded_through from {{ ref('stg_tiktok_shop__statements') }}
    union all
    select shop_id, statement_id, loaded_through from {{ ref('stg_tiktok_shop__statement_transactions') }}
    union all
    select shop_id, statement_id, loaded_through from {{ ref('stg_tiktok_shop__statement_summaries') }}
),

changed as (
    select shop_id, statement_id, max(loaded_through) as loaded_through from changes group by shop_id, statement_id
),

differing as (
    select shop_id, payment_id, max(amount) as amount from {{ ref('sync_netsuite__journal_entries') }}
    where revision > 0
    group by shop_id, payment_id
)

select
    'FIN-17' as code, statements.shop_id, 'statement' as entity_type, statements.statement_id as entity_id,
    coalesce(differing.amount, 0) as money_at_risk_amount, statements.currency, cast(null as timestamptz) as due_at,
    'as it was when its journal was posted' as expected,
    'restated; settlement now ' || coalesce(statements.settlement_amount, statements.lines_settlement_amount) as actual,
    to_json({'payment_id': payment_id, 'acknowledged_at': acknowledged.acknowledged_at}) as evidence,
    'statement restated' as cause
from {{ ref('int_settlements__statements') }} as statements
inner join acknowledged using (shop_id, payment_id)
inner join changed on statements.shop_id = changed.shop_id and statements.statement_id = changed.statement_id
inner join differing using (shop_id, payment_id)
where statements.arithmetic = 'sound' and changed.loaded_through > epoch_us(acknowledged.acknowledged_at) * 10

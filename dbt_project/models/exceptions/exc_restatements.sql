-- Statements whose money changed after a journal of their payment was acknowledged, and that add up: a delta journal is
-- due. A statement with a fee that no map knows waits for the map, and is told there.
with acknowledged as (
    select shop_id, regexp_extract(entity_key, '^TTS-.*-([^-]+)-[0-9]{6}-R[0-9]+$', 1) as payment_id, min(acknowledged_at) as acknowledged_at
    from {{ ref('stg_tieout__acknowledgements') }}
    where contains(sync, 'journal')
    group by all
),

differing as (
    select shop_id, payment_id, max(amount) as amount from {{ ref('sync_netsuite__journal_entries') }}
    where revision > 0
    group by shop_id, payment_id
),

unclassified as (
    select distinct shop_id, statement_id from {{ ref('int_settlements__lines') }} where line_class = 'unclassified'
),

candidates as (
    select
        statements.shop_id,
        statements.statement_id,
        statements.payment_id,
        statements.currency,
        coalesce(statements.settlement_amount, statements.lines_settlement_amount) as settlement_amount,
        acknowledged.acknowledged_at,
        epoch_us(acknowledged.acknowledged_at) * 10 as acknowledged_through,
        differing.amount
    from {{ ref('int_settlements__statements') }} as statements
    inner join acknowledged using (shop_id, payment_id)
    inner join differing using (shop_id, payment_id)
    anti join unclassified using (shop_id, statement_id)
    where statements.arithmetic = 'sound'
),

relisted as (
    select candidates.shop_id, candidates.statement_id
    from candidates
    inner join {{ ref('stg_tiktok_shop__statements') }} as listed using (shop_id, statement_id)
    where listed.loaded_through > candidates.acknowledged_through
),

-- What a line said of money, version by version; its other fields may change without a journal being due.
versions as (
    select
        candidates.shop_id,
        candidates.statement_id,
        candidates.acknowledged_through,
        versions.id,
        {{ load_sequence('versions.load_id') }} as load_sequence,
        if(versions.is_deleted, ['gone'], versions.payload ->> [
            '$.type', '$.settlement_amount', '$.reserve_amount', '$.reserve_status', '$.adjustment_amount', '$.revenue_breakdown',
            '$.shipping_cost_breakdown', '$.fee_tax_breakdown', '$.revenue_amount', '$.shipping_cost_amount', '$.fee_tax_amount',
            '$.fee_amount'
        ]) as money
    from candidates
    inner join {{ ref('stg_tiktok_shop__statement_transactions') }} as lines using (shop_id, statement_id)
    inner join {{ source('raw_tiktok_shop', 'statement_transactions') }} as versions
        on lines.shop_id = versions.shop_id and lines.transaction_id = versions.id
    where lines.loaded_through > candidates.acknowledged_through
),

changed as (
    select shop_id, statement_id from relisted
    union
    select shop_id, statement_id
    from versions
    group by shop_id, statement_id, id
    having
        arg_max(money, load_sequence)
        is distinct from arg_max(money, load_sequence) filter (where load_sequence <= acknowledged_through)
)

select
    'FIN-17' as code, shop_id, 'statement' as entity_type, statement_id as entity_id, amount as money_at_risk_amount, currency,
    cast(null as timestamptz) as due_at, 'as it was when its journal was posted' as expected,
    'restated; settlement now ' || settlement_amount as actual,
    to_json({'payment_id': payment_id, 'acknowledged_at': acknowledged_at}) as evidence, 'statement restated' as cause
from candidates
semi join changed using (shop_id, statement_id)

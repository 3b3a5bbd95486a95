-- What has changed in sound statements since a journal of their payment was acknowledged, by versions of their lines.
with acknowledged as (
    select
        shop_id,
        regexp_extract(entity_key, '^TTS-.*-([^-]+)-[0-9]{6}-R[0-9]+$', 1) as payment_id,
        min(acknowledged_at) as acknowledged_at,
        max(acknowledged_at) as last_acknowledged_at
    from {{ ref('stg_tieout__acknowledgements') }}
    where contains(sync, 'journal')
    group by all
),

posted as (
    select
        statements.shop_id,
        statements.statement_id,
        statements.payment_id,
        statements.currency,
        coalesce(statements.settlement_amount, statements.lines_settlement_amount) as settlement_amount,
        statements.lines_settlement_amount + statements.lines_reserve_amount as payable_amount,
        acknowledged.acknowledged_at,
        epoch_us(acknowledged.acknowledged_at) * 10 as acknowledged_through,
        epoch_us(acknowledged.last_acknowledged_at) * 10 as last_acknowledged_through
    from {{ ref('int_settlements__statements') }} as statements
    inner join acknowledged using (shop_id, payment_id)
    where statements.arithmetic = 'sound'
),

relisted as (
    select
        posted.shop_id,
        posted.statement_id
    from posted
    inner join {{ ref('stg_tiktok_shop__statements') }} as listed using (shop_id, statement_id)
    where listed.loaded_through > posted.acknowledged_through
),

-- What a line said of money, and what it said it was for, version by version.
versions as (
    select
        posted.shop_id,
        posted.statement_id,
        posted.acknowledged_through,
        posted.last_acknowledged_through,
        versions.id,
        {{ load_sequence('versions.load_id') }} as load_sequence,
        if(versions.is_deleted, ['gone'], versions.payload ->> [
            '$.type',
            '$.settlement_amount',
            '$.reserve_amount',
            '$.reserve_status',
            '$.adjustment_amount',
            '$.revenue_breakdown',
            '$.shipping_cost_breakdown',
            '$.fee_tax_breakdown',
            '$.revenue_amount',
            '$.shipping_cost_amount',
            '$.fee_tax_amount',
            '$.fee_amount'
        ]) as money,
        if(
            versions.is_deleted,
            null,
            concat_ws(' ', versions.payload ->> '$.type', nullif(versions.payload ->> '$.order_id', ''))
        ) as purpose
    from posted
    inner join {{ ref('stg_tiktok_shop__statement_transactions') }} as lines using (shop_id, statement_id)
    inner join {{ source('raw_tiktok_shop', 'statement_transactions') }} as versions
        on lines.shop_id = versions.shop_id and lines.transaction_id = versions.id
    where lines.loaded_through > posted.acknowledged_through
),

lines as (
    select
        shop_id,
        statement_id,
        id as transaction_id,
        arg_max(money, load_sequence) as money,
        arg_max(money, load_sequence) filter (where load_sequence <= acknowledged_through) as posted_money,
        arg_max(purpose, load_sequence) as purpose,
        -- Held against the latest journal: one that was approved since has accepted it.
        arg_max(purpose, load_sequence) filter (where load_sequence <= last_acknowledged_through) as posted_purpose
    from versions
    group by shop_id, statement_id, id
),

summed as (
    select
        shop_id,
        statement_id,
        bool_or(money is distinct from posted_money) as is_money_changed,
        coalesce(list(transaction_id order by transaction_id) filter (where purpose <> posted_purpose), [])
            as relabelled_ids
    from lines
    group by shop_id, statement_id
)

select
    posted.* exclude (acknowledged_through, last_acknowledged_through),
    relisted.statement_id is not null or coalesce(summed.is_money_changed, false) as is_restated,
    coalesce(summed.relabelled_ids, []) as relabelled_ids
from posted
left join relisted using (shop_id, statement_id)
left join summed using (shop_id, statement_id)
where relisted.statement_id is not null or summed.is_money_changed or len(summed.relabelled_ids) > 0

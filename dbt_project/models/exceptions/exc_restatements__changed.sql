-- What has changed in sound statements, by versions: since a journal of their payment was acknowledged; and, before the
-- first one is, since the statement was first read.
with acknowledged as (
    select
        shop_id,
        {{ journal_key('entity_key') }}['payment'] as payment_id,
        min(acknowledged_at) as acknowledged_at,
        max(acknowledged_at) as last_acknowledged_at
    from {{ ref('stg_tieout__acknowledgements') }}
    where contains(sync, 'journal')
    group by all
),

classified as (
    select
        statements.shop_id,
        statements.statement_id,
        statements.payment_id,
        statements.currency,
        coalesce(statements.settlement_amount, statements.lines_settlement_amount) as settlement_amount,
        statements.lines_settlement_amount + statements.lines_reserve_amount as payable_amount,
        statements.loaded_through,
        statements.statement_at,
        acknowledged.acknowledged_at,
        epoch_us(acknowledged.acknowledged_at) * 10 as acknowledged_through,
        epoch_us(acknowledged.last_acknowledged_at) * 10 as last_acknowledged_through
    from {{ ref('int_settlements__statements') }} as statements
    left join acknowledged using (shop_id, payment_id)
    where statements.arithmetic = 'sound'
),

-- Lines that were sent again; and, of what is posted, those that came since.
lines as (
    select
        classified.shop_id,
        classified.statement_id,
        classified.acknowledged_through,
        classified.last_acknowledged_through,
        lines.transaction_id,
        lines.loaded_through > classified.acknowledged_through as is_newer
    from classified
    inner join {{ ref('stg_tiktok_shop__statement_transactions') }} as lines using (shop_id, statement_id)
    where
        lines.loaded_through > classified.acknowledged_through
        or (lines.shop_id, lines.transaction_id) in (
            select
                shop_id,
                transaction_id
            from {{ ref('stg_tiktok_shop__line_versions') }}
        )
),

compared as (
    select
        lines.shop_id,
        lines.statement_id,
        lines.transaction_id,
        coalesce(bool_or(lines.is_newer), false) as is_newer,
        arg_max(versions.money, versions.version_number) as money,
        arg_max(versions.money, versions.version_number)
        filter (where versions.load_sequence <= lines.acknowledged_through) as posted_money,
        -- Held against the latest journal: one that was approved since has accepted it. Before the first, against the
        -- first version that adds up.
        case
            when any_value(lines.acknowledged_through) is null
                then arg_min(versions.money, versions.version_number) filter (where versions.is_sound)
            else
                arg_max(versions.money, versions.version_number)
                filter (where versions.load_sequence <= lines.last_acknowledged_through)
        end as accepted_money,
        arg_max(versions.purpose, versions.version_number) as purpose,
        arg_max(versions.purpose, versions.version_number)
        filter (where versions.load_sequence <= lines.last_acknowledged_through) as posted_purpose
    from lines
    left join {{ ref('stg_tiktok_shop__line_versions') }} as versions using (shop_id, transaction_id)
    group by lines.shop_id, lines.statement_id, lines.transaction_id
),

summed as (
    select
        shop_id,
        statement_id,
        bool_or(is_newer and (money is null or money is distinct from posted_money)) as is_money_changed,
        coalesce(list(transaction_id order by transaction_id) filter (where purpose <> posted_purpose), [])
            as relabelled_ids,
        -- A line that is gone is missing in its header, or is due in a delta journal.
        coalesce(
            list(transaction_id order by transaction_id)
            filter (where money <> accepted_money and money <> ['gone']),
            []
        ) as changed_ids
    from compared
    group by shop_id, statement_id
),

days as (
    select
        versions.shop_id,
        versions.statement_id,
        case
            when any_value(classified.last_acknowledged_through) is null
                then arg_min(versions.statement_at, (versions.observed_at, versions.load_sequence))
            else
                arg_max(versions.statement_at, (versions.observed_at, versions.load_sequence))
                filter (where versions.load_sequence <= classified.last_acknowledged_through)
        end as accepted_at
    from classified
    inner join {{ ref('stg_tiktok_shop__statement_versions') }} as versions using (shop_id, statement_id)
    group by versions.shop_id, versions.statement_id
)

select
    classified.* exclude (acknowledged_through, last_acknowledged_through, loaded_through),
    coalesce(classified.loaded_through > classified.acknowledged_through, false)
    or coalesce(summed.is_money_changed, false) as is_restated,
    coalesce(summed.relabelled_ids, []) as relabelled_ids,
    coalesce(summed.changed_ids, []) as changed_ids,
    if(days.accepted_at <> classified.statement_at, days.accepted_at, null) as former_statement_at
from classified
left join summed using (shop_id, statement_id)
left join days using (shop_id, statement_id)
where
    classified.loaded_through > classified.acknowledged_through
    or summed.is_money_changed
    or len(summed.relabelled_ids) > 0
    or len(summed.changed_ids) > 0
    or days.accepted_at <> classified.statement_at

-- One row per journal that was acknowledged, as it was acknowledged last: a key that was acknowledged again (what
-- was found in the books and approved after a loss of state) has the later content, as in the outbox. Entries
-- are text: account, debit, credit.
with acknowledged as (
    select
        entity_key as external_id,
        shop_id,
        {{ journal_key('entity_key') }}['payment'] as payment_id,
        desired,
        from_json(
            desired -> '$.lines',
            '[{"account": "VARCHAR", "debit": "VARCHAR", "credit": "VARCHAR", "memo": "VARCHAR"}]'
        ) as lines,
        vendor_id,
        acknowledged_at
    from {{ ref('stg_tieout__acknowledgements') }}
    where ends_with(sync, '__journal_entries')
    qualify row_number() over (partition by entity_key order by acknowledged_at desc, acknowledgement_id desc) = 1
),

unnested as (
    select
        external_id,
        unnest(lines) as line
    from acknowledged
),

amounts as (
    select
        external_id,
        line,
        try_cast(line.debit as decimal(18, 4)) as debit,
        try_cast(line.credit as decimal(18, 4)) as credit
    from unnested
),

summed as (
    select
        external_id,
        {{ entries_of('line.account', 'debit', 'credit') }} as entries,
        {{ entries_of('line.account', 'debit', 'credit', 'line.memo') }} as noted_entries,
        cast(sum(debit) as decimal(18, 4)) as debit_amount
    from amounts
    group by external_id
)

select
    acknowledged.external_id,
    acknowledged.shop_id,
    nullif(acknowledged.payment_id, '') as payment_id,
    acknowledged.vendor_id,
    acknowledged.acknowledged_at,
    try_cast(acknowledged.desired ->> '$.date' as date) as journal_date,
    acknowledged.desired ->> '$.currency' as currency,
    acknowledged.desired ->> '$.memo' as memo,
    nullif(regexp_extract(acknowledged.desired ->> '$.subsidiary', '^[0-9]+$'), '') as subsidiary_id,
    acknowledged.lines,
    summed.entries,
    summed.noted_entries,
    summed.debit_amount
from acknowledged
left join summed using (external_id)

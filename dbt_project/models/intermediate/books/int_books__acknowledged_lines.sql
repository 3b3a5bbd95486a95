-- What NetSuite has acknowledged, line by line, each journal as it was first acknowledged.
with acknowledged as (
    select
        entity_key,
        shop_id,
        {{ journal_key('entity_key') }} as key,
        vendor_id,
        acknowledged_at,
        desired,
        from_json(
            desired,
            '{"date": "VARCHAR", "currency": "VARCHAR", "memo": "VARCHAR",
              "lines": [{"account": "VARCHAR", "debit": "VARCHAR", "credit": "VARCHAR", "memo": "VARCHAR"}]}'
        ) as journal
    from {{ ref('stg_tieout__acknowledgements') }}
    where sync = 'netsuite__journal_entries'
    qualify row_number() over (partition by entity_key order by acknowledged_at, acknowledgement_id) = 1
),

lines as (
    select
        *,
        unnest(journal.lines) as line,
        unnest(range(1, len(journal.lines) + 1)) as line_number
    from acknowledged
)

select
    entity_key as journal_id,
    shop_id,
    key.payment as payment_id,
    left(key.month, 4) || '-' || right(key.month, 2) as month,
    try_cast(key.revision as integer) as revision,
    try_cast(journal.date as date) as journal_date,
    journal.currency,
    line_number,
    line.account as account_number,
    line.memo as line_class,
    try_cast(line.debit as decimal(18, 4)) as debit_amount,
    try_cast(line.credit as decimal(18, 4)) as credit_amount,
    vendor_id,
    acknowledged_at
from lines

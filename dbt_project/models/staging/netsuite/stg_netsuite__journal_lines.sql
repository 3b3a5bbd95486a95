with versions as (
    {{ netsuite_transactions() }}
),

lines as (
    select
        id as journal_id,
        is_deleted,
        loaded_through,
        unnest(
            from_json(
                payload -> '$.lines',
                '[{"line": "VARCHAR", "account": "VARCHAR", "acctnumber": "VARCHAR", "debit": "VARCHAR",
                   "credit": "VARCHAR", "memo": "VARCHAR"}]'
            )
        ) as line
    from versions
)

select
    journal_id,
    line.line as line_number,
    line.account as account_id,
    coalesce(line.acctnumber, '') as account_number,
    coalesce({{ amount('line.debit') }}, 0) as debit_amount,
    coalesce({{ amount('line.credit') }}, 0) as credit_amount,
    coalesce(line.memo, '') as memo,
    {{ faults([amount_fault('lines.debit', 'line.debit'), amount_fault('lines.credit', 'line.credit')]) }} as faults,
    is_deleted,
    loaded_through
from lines

with versions as (
    {{ netsuite_transactions() }}
),

lines as (
    select
        id as journal_id,
        is_deleted,
        observed_at,
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
    {{ faults([
        each_fault(amount_fault, ['debit', 'credit'], of='line.', shown='lines.'),
        each_fault(text_fault, ['line', 'account', 'acctnumber', 'memo'], of='line.', shown='lines.'),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from lines

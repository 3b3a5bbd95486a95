-- Reserves held beyond their day. A release that has vanished with its line or statement is told there.
with transactions as (
    select
        transactions.*,
        statements.currency,
        clock.as_of
    from {{ ref('int_settlements__transactions') }} as transactions
    inner join {{ ref('int_settlements__statements') }} as statements using (shop_id, statement_id)
    left join {{ ref('int_coverage__as_of') }} as clock using (shop_id)
    where statements.arithmetic not in ('deleted', 'surplus') and not transactions.is_quarantined
),

released as (
    select
        shop_id,
        reserve_id
    from {{ ref('stg_tiktok_shop__statement_transactions') }}
    where reserve_status = 'RELEASED'
)

select
    'FIN-09' as code,
    held.shop_id,
    'reserve' as entity_type,
    coalesce(held.reserve_id, held.transaction_id) as entity_id,
    abs(held.reserve_amount) as money_at_risk_amount,
    held.currency,
    held.estimated_release_at + interval 3 day as due_at,
    'released by ' || cast(cast(held.estimated_release_at as date) as varchar) as expected,
    'still held' as actual,
    to_json({'statement_id': held.statement_id, 'transaction_id': held.transaction_id}) as evidence,
    'release overdue' as cause
from transactions as held
anti join released using (shop_id, reserve_id)
where
    held.reserve_status = 'COLLECTED'
    and not held.is_surplus
    and held.as_of > held.estimated_release_at + interval 3 day
qualify
    row_number()
        over (
            partition by held.shop_id, coalesce(held.reserve_id, held.transaction_id) order by held.transaction_id
        )
    = 1

-- One row per statement: its header against its own lines.
select
    shop_id,
    statement_id,
    payment_id,
    case
        when arithmetic = 'surplus' then 'duplicate_key'
        when arithmetic = 'deleted' then 'missing_left'
        when arithmetic = 'quarantined' then 'accepted'
        when arithmetic = 'sound' then 'matched'
        when transaction_count = 0 then 'missing_right'
        else 'mismatched'
    end as status,
    arithmetic,
    coalesce(settlement_amount, total_settlement_amount) as left_amount,
    lines_settlement_amount as right_amount,
    cast(coalesce(settlement_amount, total_settlement_amount, 0) - lines_settlement_amount as decimal(18, 4))
        as difference_amount,
    currency,
    transaction_count,
    quarantined_count,
    observed_at as left_as_of,
    lines_observed_at as right_as_of
from {{ ref('int_settlements__statements') }}

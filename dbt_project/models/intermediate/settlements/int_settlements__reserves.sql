-- Reserves as the sums of their lines that are not deleted: collected, released and what is still held. One row
-- per reserve.
with transactions as (
    select
        transactions.*,
        coalesce(transactions.reserve_id, transactions.transaction_id) as reserve_key,
        statements.currency,
        clock.as_of
    from {{ ref('int_settlements__transactions') }} as transactions
    inner join {{ ref('int_settlements__statements') }} as statements using (shop_id, statement_id)
    left join {{ ref('int_coverage__as_of') }} as clock using (shop_id)
    where
        statements.arithmetic not in ('deleted', 'surplus')
        and not transactions.is_quarantined
        and not transactions.is_surplus
        -- A line that says anything of a reserve is one of a reserve: without an amount or a status it does not add up.
        and (
            transactions.transaction_type = 'RESERVE'
            or transactions.reserve_amount <> 0
            or transactions.reserve_id is not null
            or transactions.reserve_status is not null
            or transactions.estimated_release_at > timestamptz 'epoch'
        )
),

-- What any line has ever said of a reserve.
ever as (
    select
        shop_id,
        reserve_id as reserve_key,
        count(*) filter (where reserve_status = 'COLLECTED') as collections,
        count(*) filter (where reserve_status = 'RELEASED') as releases
    from {{ ref('stg_tiktok_shop__statement_transactions') }}
    where reserve_id is not null
    group by shop_id, reserve_id
),

-- A collection is no older than its order.
verified as (
    select
        shop_id,
        min(window_from) as window_from
    from {{ ref('int_coverage__windows') }}
    where system = 'tiktok_shop' and entity = 'statement_transactions'
    group by shop_id
),

reserves as (
    select
        shop_id,
        reserve_key,
        coalesce(count(*) filter (where reserve_status = 'COLLECTED'), 0) as collections,
        coalesce(count(*) filter (where reserve_status = 'RELEASED'), 0) as releases,
        coalesce(-sum(reserve_amount) filter (where reserve_status = 'COLLECTED'), 0) as collected_amount,
        coalesce(sum(reserve_amount) filter (where reserve_status = 'RELEASED'), 0) as released_amount,
        -- Money is taken when it is collected, and given when it is released.
        coalesce(bool_or(not coalesce(
            (reserve_status = 'COLLECTED' and reserve_amount <= 0)
            or (reserve_status = 'RELEASED' and reserve_amount >= 0), false
        )), false) as is_sign_off,
        count(distinct order_id) > 1 as is_order_off,
        max(estimated_release_at) filter (where reserve_status = 'COLLECTED') as release_at,
        coalesce(max(abs(reserve_amount)), 0) as largest_amount,
        any_value(currency) as currency,
        min(order_id) as order_id,
        max(as_of) as as_of,
        min(order_created_at) as order_created_at,
        list(transaction_id order by transaction_id) as transaction_ids,
        list(distinct statement_id order by statement_id) as statement_ids
    from transactions
    group by shop_id, reserve_key
)

select
    reserves.*,
    reserves.collected_amount - reserves.released_amount as held_amount,
    reserves.collections < coalesce(ever.collections, reserves.collections)
    or reserves.releases < coalesce(ever.releases, reserves.releases) as is_reported,
    coalesce(ever.collections, 0) = 0 and verified.window_from <= reserves.order_created_at as is_uncollected
from reserves
left join ever using (shop_id, reserve_key)
left join verified using (shop_id)

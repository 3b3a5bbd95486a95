{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_returns(of_refunds=true) }}"
    )
}}

-- When each refund settled: one row per return that is refunded, or about to be. Settlement lines name the order alone,
-- so a refund is matched to the line of its amount; among equal ones, the first refund to the first line. What matches
-- none may be in any line that is left: `first_day` to `last_day` are the days on which it can have settled.
with returned as (
    select
        shop_id,
        return_id,
        order_id,
        seller_amount,
        refunded_at,
        row_number() over (
            partition by shop_id, order_id, seller_amount order by refunded_at asc nulls last, return_id asc
        ) as occurrence
    from {{ ref('int_returns__returns') }}
    {{ only_changed_keys('shop_id, order_id') }}
    where stage in ('refunding', 'refunded')
),

listed as (
    select
        shop_id,
        order_id,
        unnest(refunds) as refund
    from {{ ref('int_returns__settlements') }}
    {{ only_changed_keys('shop_id, order_id') }}
),

settled as (
    select
        shop_id,
        order_id,
        refund.amount,
        refund.settled_at,
        refund.transaction_id,
        row_number() over (
            partition by shop_id, order_id, refund.amount order by refund.settled_at, refund.transaction_id
        ) as occurrence
    from listed
),

matched as (
    select
        returned.shop_id,
        returned.return_id,
        settled.order_id,
        settled.transaction_id,
        settled.amount,
        settled.settled_at
    from returned
    inner join settled
        on
            returned.shop_id = settled.shop_id
            and returned.order_id = settled.order_id
            and returned.seller_amount = settled.amount
            and returned.occurrence = settled.occurrence
),

remaining as (
    select settled.*
    from settled
    anti join matched
        on
            settled.shop_id = matched.shop_id
            and settled.order_id = matched.order_id
            and settled.transaction_id = matched.transaction_id
),

guessed as (
    select
        returned.shop_id,
        returned.return_id,
        min(remaining.settled_at) filter (where remaining.settled_at >= returned.refunded_at) as settled_at,
        min(remaining.settled_at) as first_at,
        max(remaining.settled_at) as last_at
    from returned
    inner join remaining on returned.shop_id = remaining.shop_id and returned.order_id = remaining.order_id
    anti join matched on returned.shop_id = matched.shop_id and returned.return_id = matched.return_id
    group by returned.shop_id, returned.return_id
),

dated as (
    select
        returned.shop_id,
        returned.return_id,
        returned.order_id,
        returned.refunded_at,
        matched.transaction_id,
        matched.amount as settled_amount,
        coalesce(matched.settled_at, guessed.settled_at) as settled_at,
        -- A statement is of the day before it.
        cast(coalesce(matched.settled_at, guessed.first_at) - interval 1 second as date) as first_line_day,
        cast(coalesce(matched.settled_at, guessed.last_at) - interval 1 second as date) as last_line_day
    from returned
    left join matched on returned.shop_id = matched.shop_id and returned.return_id = matched.return_id
    left join guessed on returned.shop_id = guessed.shop_id and returned.return_id = guessed.return_id
)

select
    dated.shop_id,
    dated.return_id,
    dated.order_id,
    dated.transaction_id,
    dated.settled_amount,
    dated.settled_at,
    -- While no line can be its own, it counts on its own day.
    least(dated.first_line_day, if(dated.settled_at is null, cast(dated.refunded_at as date), null)) as first_day,
    greatest(dated.last_line_day, if(dated.settled_at is null, cast(dated.refunded_at as date), null)) as last_day,
    changes.loaded_through
from dated
left join {{ of_changed(ref('int_returns__refund_changes')) }} as changes
    on dated.shop_id = changes.shop_id and dated.order_id = changes.order_id

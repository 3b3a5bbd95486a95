{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_returns(of_refunds=true, also=refunds_waiting('state')) }}"
    )
}}

-- What TikTok Shop refunded by its returns against what its settlements took back, per order, as the seller bears it. A
-- refund and its settlement line come days apart: `state` names what is waited for, and `is_break` says when that is
-- over. One row per order that has either. Orders with figures that cannot be read are in quarantine instead.
{%- set grace_days = 4 %}

with reads as (
    select
        shop_id,
        any_value(windows) filter (where entity = 'statements') as statement_windows,
        any_value(windows) filter (where entity = 'returns') as return_windows
    from {{ ref('int_coverage__reads') }}
    where system = 'tiktok_shop'
    group by shop_id
),

returned as (
    select
        shop_id,
        order_id,
        count(*) as return_count,
        coalesce(sum(seller_amount) filter (where stage = 'refunded'), 0) as returned_amount,
        coalesce(sum(seller_amount) filter (where stage = 'refunding'), 0) as refunding_amount,
        max(refunded_at) as refunded_at,
        max(updated_at) filter (where stage = 'refunding') as refunding_at,
        list(return_id order by return_id) filter (where stage in ('refunded', 'refunding')) as return_ids,
        any_value(currency) as currency,
        bool_or(stage in ('refunded', 'refunding') and lines_amount is distinct from refund_amount) as is_contradictory
    from {{ ref('int_returns__returns') }}
    {{ only_changed_keys('shop_id, order_id') }}
    group by shop_id, order_id
),

settled as (
    select * from {{ ref('int_returns__settlements') }}
    {{ only_changed_keys('shop_id, order_id') }}
),

concerned as (
    select
        shop_id,
        order_id
    from settled
    where settled_amount <> 0
    union
    select
        shop_id,
        order_id
    from returned
    where returned_amount <> 0 or refunding_amount <> 0 or is_contradictory
),

-- A return that is in quarantine is there, and nobody can say what it refunds.
unreadable as (
    select distinct
        shop_id,
        order_id
    from {{ ref('stg_tiktok_shop__returns') }}
    {{ only_changed_keys('shop_id, order_id') }}
    anti join {{ ref('int_returns__returns') }} using (shop_id, return_id)
    where not is_deleted
),

compared as (
    select
        shop_id,
        order_id,
        coalesce(returned.return_count, 0) as return_count,
        coalesce(returned.return_ids, []) as return_ids,
        coalesce(settled.transaction_ids, []) as transaction_ids,
        cast(coalesce(returned.returned_amount, 0) as decimal(18, 4)) as returned_amount,
        cast(coalesce(returned.refunding_amount, 0) as decimal(18, 4)) as refunding_amount,
        coalesce(settled.settled_amount, 0) as settled_amount,
        coalesce(settled.currency, returned.currency) as currency,
        returned.refunded_at,
        settled.settled_at,
        settled.sale_settled_at,
        orders.delivered_at,
        case
            when settled.is_unusable or returned.is_contradictory or unreadable.order_id is not null then 'unreadable'
            when coalesce(settled.settled_amount, 0) = coalesce(returned.returned_amount, 0) then 'equal'
            when
                settled.settled_amount = returned.returned_amount + returned.refunding_amount
                then 'settled_first'
            when coalesce(settled.settled_amount, 0) > coalesce(returned.returned_amount, 0)
                then if(coalesce(returned.return_count, 0) = 0, 'without_return', 'settled_more')
            when not coalesce(settled.is_sale_settled, false) then 'waits_for_sale'
            else 'waits_for_settlement'
        end as state,
        greatest(returned.refunded_at, settled.sale_settled_at) as settles_from,
        settles_from + interval {{ grace_days }} day as settles_by,
        reads.statement_windows,
        reads.return_windows,
        changes.loaded_through
    from settled
    full join returned using (shop_id, order_id)
    inner join concerned using (shop_id, order_id)
    left join reads using (shop_id)
    left join unreadable using (shop_id, order_id)
    left join {{ of_changed(ref('int_returns__refund_changes')) }} as changes using (shop_id, order_id)
    left join {{ of_changed(ref('stg_tiktok_shop__orders')) }} as orders using (shop_id, order_id)
)

select
    * exclude (settles_from, statement_windows, return_windows),
    cast(returned_amount - settled_amount as decimal(18, 4)) as difference_amount,
    case state
        when 'waits_for_settlement' then {{ was_read('statement_windows', 'settles_from', 'settles_by') }}
        when 'settled_first'
            then {{ was_read('return_windows', 'settled_at', 'settled_at + interval ' ~ grace_days ~ ' day') }}
        -- Believed only where returns were read since before the order arrived.
        when 'without_return' then {{ was_read('return_windows', 'delivered_at', 'settled_at') }}
        when 'settled_more' then {{ was_read('return_windows', 'settled_at', 'settled_at') }}
        else false
    end as is_break
from compared

{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([ref('int_settlements__changes')], 'shop_id, statement_id') }}"
    )
}}

-- Every settlement line of a statement, and every penny of it: counted, copies left out, held in quarantine. One row
-- per statement; what is in none of these, or in a class of the books with another sum, is named in `reason`.
with staged as (
    select
        shop_id,
        statement_id,
        transaction_id
    from {{ ref('stg_tiktok_shop__statement_transactions') }}
    {{ only_changed_keys('shop_id, statement_id') }}
    where not is_deleted
),

counted as (
    select
        shop_id,
        statement_id,
        transaction_id,
        is_quarantined,
        is_surplus,
        coalesce(parts_amount, 0) + coalesce(reserve_amount, 0) as amount
    from {{ ref('int_settlements__transactions') }}
    {{ only_changed_keys('shop_id, statement_id') }}
),

classed as (
    select
        shop_id,
        statement_id,
        sum(amount) as amount
    from {{ ref('int_books__statement_classes') }}
    {{ only_changed_keys('shop_id, statement_id') }}
    group by shop_id, statement_id
),

placed as (
    select
        staged.shop_id,
        staged.statement_id,
        count(*) as line_count,
        count(*) filter (where counted.is_quarantined) as quarantined_count,
        count(*) filter (where counted.is_surplus and not counted.is_quarantined) as surplus_count,
        list(staged.transaction_id order by staged.transaction_id) filter (where counted.transaction_id is null)
            as lost_ids,
        coalesce(sum(counted.amount) filter (where not counted.is_quarantined and not counted.is_surplus), 0)
            as counted_amount
    from staged
    left join counted
        on
            staged.shop_id = counted.shop_id
            and staged.statement_id = counted.statement_id
            and staged.transaction_id = counted.transaction_id
    group by staged.shop_id, staged.statement_id
)

select
    changes.shop_id,
    changes.statement_id,
    coalesce(placed.line_count, 0) as line_count,
    coalesce(placed.quarantined_count, 0) as quarantined_count,
    coalesce(placed.surplus_count, 0) as surplus_count,
    cast(coalesce(placed.counted_amount, 0) as decimal(18, 4)) as counted_amount,
    cast(coalesce(classed.amount, 0) as decimal(18, 4)) as classed_amount,
    case
        when len(placed.lost_ids) > 0
            then 'no figure holds line ' || array_to_string(placed.lost_ids[1:5], ', ')
        when placed.line_count > 0 and statements.statement_id is null then 'its lines name it, and it was never listed'
        when coalesce(placed.counted_amount, 0) <> coalesce(classed.amount, 0)
            then
                'its lines come to ' || coalesce(placed.counted_amount, 0) || ', their classes to '
                || coalesce(classed.amount, 0)
        else ''
    end as reason,
    statements.currency,
    changes.loaded_through
from {{ ref('int_settlements__changes') }} as changes
{{ only_changed_keys('shop_id, statement_id') }}
left join placed on changes.shop_id = placed.shop_id and changes.statement_id = placed.statement_id
left join classed on changes.shop_id = classed.shop_id and changes.statement_id = classed.statement_id
left join {{ ref('stg_tiktok_shop__statements') }} as statements
    on changes.shop_id = statements.shop_id and changes.statement_id = statements.statement_id

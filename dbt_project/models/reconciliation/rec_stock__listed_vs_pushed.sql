-- What each SKU lists against what we last wrote (before the first write: against its first reading), less what was
-- bought and plus what was given back since. What is left over was changed by someone else.
with readings as (
    select
        shop_id,
        max(window_to) as as_of,
        max(read_in_load) as read_in_load
    from {{ ref('int_coverage__windows') }}
    where system = 'tiktok_shop' and entity = 'inventory'
    group by shop_id
),

-- A write whose outcome is open may have been done.
undecided as (
    select
        shop_id,
        entity_key as sku_id
    from {{ ref('stg_tieout__outbox') }}
    where sync = 'tiktok_shop__stock' and state in ('leased', 'sent', 'unknown')
),

listed as (
    select
        baselines.* exclude (quantity),
        baselines.quantity as pushed_quantity,
        inventory.available_quantity as listed_quantity,
        readings.as_of,
        undecided.sku_id is not null
        or coalesce(epoch_us(baselines.pushed_at) * 10 >= readings.read_in_load, false) as is_unread
    from {{ ref('int_stock__baselines') }} as baselines
    inner join {{ ref('stg_tiktok_shop__inventory') }} as inventory
        on
            baselines.shop_id = inventory.shop_id
            and baselines.sku_id = inventory.sku_id
            and baselines.warehouse_id = inventory.warehouse_id
            and not inventory.is_deleted
    inner join readings on baselines.shop_id = readings.shop_id
    left join undecided on baselines.shop_id = undecided.shop_id and baselines.sku_id = undecided.sku_id
),

-- What happened in the second of a reading, or while it went on, may or may not be in its figure; so may a line that
-- was cancelled alone, which has no time.
summed as (
    select
        listed.*,
        coalesce(sum(units) filter (where created_at > measured_at and created_at <= as_of), 0) as bought_quantity,
        coalesce(sum(units) filter (where given_back_at > measured_at and given_back_at <= as_of), 0)
            as given_back_quantity,
        coalesce(sum(units) filter (where created_at = measured_at or created_at > as_of), 0) as maybe_bought,
        coalesce(
            sum(units) filter (where given_back_at = measured_at or given_back_at > as_of or is_maybe_given_back), 0
        ) as maybe_given_back
    from listed
    left join {{ ref('int_items__last_sale_price') }} as bought
        on
            listed.shop_id = bought.shop_id
            and listed.sku_id = bought.sku_id
            and listed.warehouse_id = bought.warehouse_id
    group by all
)

select
    shop_id,
    sku_id,
    warehouse_id,
    pushed_at,
    measured_at,
    as_of,
    pushed_quantity,
    cast(bought_quantity as bigint) as bought_quantity,
    cast(given_back_quantity as bigint) as given_back_quantity,
    cast(pushed_quantity - bought_quantity + given_back_quantity as bigint) as expected_quantity,
    listed_quantity,
    case
        when is_unread then 'in_transit'
        -- A write ends at zero: what was bought beyond it is in no figure.
        when pushed_quantity < bought_quantity then 'within_tolerance'
        when listed_quantity = pushed_quantity - bought_quantity + given_back_quantity then 'matched'
        when
            listed_quantity - (pushed_quantity - bought_quantity + given_back_quantity)
            between -maybe_bought and maybe_given_back
            then 'within_tolerance'
        else 'mismatched'
    end as status
from summed

-- What changed stock between two snapshots, besides shipping: adjustments (signed) and receipts. X12 gives a movement a
-- day and no time: it began no earlier than `day_starts_at` and was reported at `reported_at`, the instant of its file.
with adjustments as (
    {{ latest_versions(source('raw_gxo', 'stock_adjustments')) }}
),

receipts as (
    {{ latest_versions(source('raw_gxo', 'stock_receipts')) }}
),

days as (
    select
        shop_id,
        id,
        max(updated_at) as day_starts_at
    from {{ source('raw_gxo', 'stock_adjustments') }}
    group by shop_id, id
    union all
    select
        shop_id,
        id,
        max(updated_at) as day_starts_at
    from {{ source('raw_gxo', 'stock_receipts') }}
    group by shop_id, id
),

received as (
    select
        *,
        unnest(
            from_json(payload -> '$.lines', '[{"sku": "VARCHAR", "received": "VARCHAR", "exceptions": [["VARCHAR"]]}]')
        ) as line
    from receipts
),

moved as (
    select
        * exclude (payload),
        'adjustment' as movement_type,
        payload,
        payload ->> '$.sku' as sku,
        coalesce(payload ->> '$.reason', '') as reason_code,
        {{ units("payload ->> '$.quantity'") }} as quantity,
        0 as unsellable_quantity
    from adjustments
    where not is_deleted
    union all
    select
        * exclude (payload, line),
        'receipt' as movement_type,
        payload,
        line.sku,
        '' as reason_code,
        {{ units("line.received") }} as quantity,
        coalesce(list_sum(list_transform(line.exceptions, lambda e: {{ units("e[1]") }})), 0)
            as unsellable_quantity
    from received
    where not is_deleted
)

select
    moved.id as movement_id,
    moved.movement_type,
    moved.payload ->> '$.site' as site,
    moved.sku,
    moved.quantity,
    moved.reason_code,
    -- What a receipt is of: a return's id, or the number of a purchase (fact sheet gxo 9).
    coalesce(
        nullif(trim(moved.payload ->> '$.references.RZ'), ''), nullif(trim(moved.payload ->> '$.order_number'), '')
    ) as reference,
    -- It names a return, even an empty one, in the segment for those.
    coalesce(moved.payload ->> '$.references.RZ' is not null, false) as has_return_reference,
    -- Hold and release change what may be sold, not what is there (fact sheet gxo 8).
    case when moved.reason_code in ('05', '55') then 0 else moved.quantity end as on_hand_change,
    case moved.reason_code
        when '05' then -abs(moved.quantity)
        when '55' then abs(moved.quantity)
        else moved.quantity - moved.unsellable_quantity
    end as available_change,
    try_cast(nullif(moved.payload ->> '$.date', '') as date) as moved_on,
    days.day_starts_at,
    moved.first_observed_at as reported_at,
    moved.observed_at,
    moved.loaded_through
from moved
left join days on moved.shop_id = days.shop_id and moved.id = days.id

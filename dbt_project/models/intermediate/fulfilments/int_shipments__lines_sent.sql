-- In which parcel a line item was sent to TikTok Shop, the first time that it was: it stays there, whatever comes
-- after.
with sent as (
    select
        shop_id,
        entity_key as parcel_id,
        acknowledged_at,
        json_extract_string(desired, '$.order_id') as order_id,
        unnest(from_json(desired -> '$.order_line_ids', '["VARCHAR"]')) as order_line_id
    from {{ ref('stg_tieout__acknowledgements') }}
    where sync = 'tiktok_shop__shipments'
)

select
    shop_id,
    order_id,
    order_line_id,
    arg_min(parcel_id, {'at': acknowledged_at, 'parcel_id': parcel_id}) as parcel_id
from sent
group by shop_id, order_id, order_line_id

-- Parcels sent to TikTok Shop, with the tracking number sent, and the one that corrected it.
with sent as (
    select
        shop_id,
        entity_key as parcel_id,
        arg_max(vendor_id, acknowledged_at) as package_id,
        arg_max(json_extract_string(desired, '$.tracking_number'), acknowledged_at) as tracking_number,
        arg_max(json_extract_string(desired, '$.provider_id'), acknowledged_at) as provider_id,
        max(acknowledged_at) as sent_at
    from {{ ref('stg_tieout__acknowledgements') }}
    where sync = 'tiktok_shop__shipments'
    group by shop_id, entity_key
),

corrected as (
    select
        shop_id,
        entity_key as package_id,
        arg_max(json_extract_string(desired, '$.tracking_number'), acknowledged_at) as tracking_number
    from {{ ref('stg_tieout__acknowledgements') }}
    where sync = 'tiktok_shop__tracking_corrections'
    group by shop_id, entity_key
)

select
    sent.*,
    corrected.tracking_number as corrected_tracking_number
from sent
left join corrected on sent.shop_id = corrected.shop_id and sent.package_id = corrected.package_id

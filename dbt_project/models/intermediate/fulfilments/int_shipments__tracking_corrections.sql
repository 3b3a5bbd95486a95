-- Parcels for which the warehouse names another number than was sent to TikTok Shop: it takes one correction in 72
-- hours.
with due as (
    select
        cartons.shop_id,
        packages.package_id,
        packages.tracking_number as seen,
        cartons.tracking_number,
        cartons.carrier,
        carriers.provider_id,
        sent.corrected_tracking_number is not null as is_corrected,
        as_of.as_of > packages.created_at + interval 72 hour as is_late
    from {{ ref('int_shipments__cartons') }} as cartons
    inner join {{ ref('int_shipments__tracking_sent') }} as sent
        on cartons.shop_id = sent.shop_id and cartons.shipment_id || '/' || cartons.carton_number = sent.parcel_id
    inner join {{ ref('stg_tiktok_shop__packages') }} as packages
        on
            sent.shop_id = packages.shop_id
            and sent.package_id = packages.package_id
            and packages.package_status in ('PROCESSING', 'FULFILLING')
            and not packages.is_deleted
    inner join {{ ref('stg_config__shops') }} as shops
        on cartons.shop_id = shops.configured_shop_id and not shops.is_deleted
    inner join {{ ref('int_coverage__as_of') }} as as_of on cartons.shop_id = as_of.shop_id
    left join {{ ref('stg_config__carrier_map') }} as carriers
        on
            cartons.system = carriers.system
            and cartons.carrier = carriers.carrier
            and carriers.region in (shops.region, '*')
            and not carriers.is_deleted
            and cartons.shipped_on between carriers.valid_from and carriers.valid_to
    where
        cartons.tracking_number <> ''
        and cartons.tracking_number not in (packages.tracking_number, coalesce(sent.corrected_tracking_number, ''))
),

written as (
    select
        *,
        cast(to_json({
            'package_id': package_id,
            'seen': seen,
            'tracking_number': tracking_number,
            'provider_id': coalesce(provider_id, '')
        }) as varchar) as desired
    from due
)

select
    package_id,
    shop_id,
    desired,
    case
        when not regexp_full_match(tracking_number, '[A-Za-z0-9_./-]{4,50}')
            then 'FUL-04: tracking number ' || tracking_number || ' is not well formed'
        when is_corrected then 'FUL-04: the number was corrected once already; the warehouse says ' || tracking_number
        when is_late then 'FUL-04: after 72 hours no number can be corrected; the warehouse says ' || tracking_number
        when provider_id is null then 'FUL-05: carriers.csv has no provider for carrier ' || carrier
    end as blocked_reason
from written

-- Cartons that left a warehouse and of which TikTok Shop does not know yet, held to the contract of a shipping advice.
with cartons as (
    select
        cartons.*,
        count(distinct cartons.order_id) over (partition by cartons.tracking_number) as orders_of_number
    from {{ ref('int_shipments__cartons') }} as cartons
),

due as (
    select
        cartons.shop_id,
        cartons.order_id,
        cartons.shipment_id || '/' || cartons.carton_number as parcel_id,
        cartons.carrier,
        cartons.tracking_number,
        cartons.orders_of_number,
        cartons.order_line_ids,
        carriers.provider_id,
        orders.is_cancel_requested
    from cartons
    inner join {{ ref('stg_tiktok_shop__orders') }} as orders
        on cartons.shop_id = orders.shop_id and cartons.order_id = orders.order_id
    inner join {{ ref('stg_config__shops') }} as shops
        on cartons.shop_id = shops.configured_shop_id and not shops.is_deleted
    left join {{ ref('stg_config__carrier_map') }} as carriers
        on
            cartons.system = carriers.system
            and cartons.carrier = carriers.carrier
            and carriers.region in (shops.region, '*')
            and not carriers.is_deleted
            and cartons.shipped_on between carriers.valid_from and carriers.valid_to
    anti join {{ ref('stg_tieout__acknowledgements') }} as acknowledged
        on
            acknowledged.sync = 'tiktok_shop__shipments'
            and cartons.shop_id = acknowledged.shop_id
            and cartons.shipment_id || '/' || cartons.carton_number = acknowledged.entity_key
    where orders.order_status in ('AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING')
),

written as (
    select
        *,
        cast(to_json({
            'order_id': order_id,
            'order_line_ids': order_line_ids,
            'tracking_number': tracking_number,
            'provider_id': coalesce(provider_id, '')
        }) as varchar) as desired
    from due
)

select
    parcel_id,
    shop_id,
    order_id,
    desired,
    case
        when is_cancel_requested then 'CAN-03: the buyer asks to cancel it, and waits for an answer'
        when tracking_number = '' then 'FUL-03: the advice names no tracking number'
        when not regexp_full_match(tracking_number, '[A-Za-z0-9_./-]{4,50}')
            then 'FUL-04: tracking number ' || tracking_number || ' is not well formed'
        when orders_of_number > 1 then 'FUL-04: tracking number ' || tracking_number || ' is on several orders'
        when provider_id is null then 'FUL-05: carriers.csv has no provider for carrier ' || carrier
    end as blocked_reason
from written

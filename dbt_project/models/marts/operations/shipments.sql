{{ config(contract={'enforced': true}) }}

-- Every parcel that a warehouse said has left, and what TikTok Shop knows of it.
with cartons as (
    select
        *,
        {{ joined_key(['shipment_id', 'carton_number']) }} as parcel_id
    from {{ ref('int_shipments__cartons') }}
),

waiting as (
    select
        shop_id,
        parcel_id,
        blocked_reason
    from {{ ref('int_shipments__tracking_due') }}
)

select
    cartons.parcel_id,
    cartons.shop_id,
    cartons.order_id,
    cartons.shipment_id,
    cartons.carton_number,
    cartons.system as fulfilment_system,
    fulfilments.location as fulfilment_location,
    cartons.carrier,
    cartons.tracking_number,
    cartons.order_line_ids,
    cartons.shipped_on,
    cartons.advised_at,
    case
        when sent.parcel_id is not null then 'sent'
        when waiting.blocked_reason is not null then 'held'
        when waiting.parcel_id is not null then 'due'
        else 'not_due'
    end as status,
    sent.sent_at,
    coalesce(sent.corrected_tracking_number, sent.tracking_number) as sent_tracking_number,
    sent.provider_id,
    sent.package_id,
    coalesce(waiting.blocked_reason, corrections.blocked_reason) as held_because
from cartons
left join {{ ref('int_fulfilments__orders') }} as fulfilments
    on cartons.shop_id = fulfilments.shop_id and cartons.order_id = fulfilments.order_id
left join {{ ref('int_shipments__tracking_sent') }} as sent
    on cartons.shop_id = sent.shop_id and cartons.parcel_id = sent.parcel_id
left join waiting on cartons.shop_id = waiting.shop_id and cartons.parcel_id = waiting.parcel_id
left join {{ ref('int_shipments__tracking_corrections') }} as corrections
    on sent.shop_id = corrections.shop_id and sent.package_id = corrections.package_id

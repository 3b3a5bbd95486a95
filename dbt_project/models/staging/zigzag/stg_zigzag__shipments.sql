{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_zigzag', 'returns')], 'shop_id, return_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_zigzag', 'returns')) }}
),

shipments as (
    select
        shop_id,
        id as return_id,
        is_deleted,
        observed_at,
        loaded_through,
        unnest(
            from_json(
                payload -> '$.shipments',
                '[{"shipmentNumber": "VARCHAR", "carrier": "VARCHAR", "service": "VARCHAR",
                   "trackingNumber": "VARCHAR", "labelUrl": "VARCHAR", "status": "VARCHAR"}]'
            )
        ) as shipment
    from versions
)

select
    shop_id,
    return_id,
    coalesce(shipment.shipmentnumber, '') as shipment_number,
    coalesce(shipment.carrier, '') as carrier,
    coalesce(shipment.service, '') as service,
    coalesce(shipment.trackingnumber, '') as tracking_number,
    shipment.status,
    {{ faults([
        each_fault(missing_fault, ['shipmentNumber', 'status'], of='shipment.', shown='shipments.'),
        each_fault(text_fault, [
            'shipmentNumber', 'carrier', 'service', 'trackingNumber', 'labelUrl', 'status',
        ], of='shipment.', shown='shipments.'),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from shipments

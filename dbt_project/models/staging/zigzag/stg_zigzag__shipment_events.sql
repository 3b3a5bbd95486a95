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
                '[{"shipmentNumber": "VARCHAR", "trackingNumber": "VARCHAR",
                   "events": [{"code": "VARCHAR", "description": "VARCHAR", "at": "VARCHAR", "location": "VARCHAR"}]}]'
            )
        ) as shipment
    from versions
),

events as (
    select
        *,
        unnest(shipment.events) as scan
    from shipments
)

select
    shop_id,
    return_id,
    coalesce(shipment.shipmentnumber, '') as shipment_number,
    coalesce(shipment.trackingnumber, '') as tracking_number,
    scan.code,
    coalesce(scan.description, '') as description,
    try_cast(scan.at as timestamptz) as happened_at,
    coalesce(scan.location, '') as location,
    {{ faults([
        each_fault(missing_fault, ['code', 'at'], of='scan.', shown='shipments.events.'),
        each_fault(text_fault, ['code', 'description', 'location'], of='scan.', shown='shipments.events.'),
        each_fault(instant_fault, ['at'], of='scan.', shown='shipments.events.'),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from events

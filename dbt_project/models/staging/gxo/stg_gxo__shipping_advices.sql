{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_gxo', 'shipping_advices')], 'shop_id, shipment_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_gxo', 'shipping_advices')) }}
)

select
    shop_id,
    id as shipment_id,
    payload ->> '$.order_number' as order_id,
    payload ->> '$.site' as site,
    payload ->> '$.scac' as carrier,
    payload ->> '$.service' as service,
    try_cast(nullif(payload ->> '$.ship_date', '') as date) as shipped_on,
    list_transform(
        from_json(
            payload -> '$.lines',
            '[{"sku": "VARCHAR", "ordered": "VARCHAR", "shipped": "VARCHAR", "status": "VARCHAR", "carton": "VARCHAR"}]'
        ),
        lambda line: {
            'sku': line.sku, 'ordered': {{ units('line.ordered') }}, 'shipped': {{ units('line.shipped') }},
            'status': line.status, 'carton': line.carton
        }
    ) as lines,
    from_json(payload -> '$.cartons', '[{"number": "VARCHAR", "tracking_numbers": ["VARCHAR"]}]') as cartons,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions

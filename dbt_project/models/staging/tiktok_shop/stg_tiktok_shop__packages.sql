{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_touched([source('raw_tiktok_shop', 'packages')], 'shop_id, package_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_tiktok_shop', 'packages')) }}
),

documents as (
    select
        * exclude (payload),
        from_json(
            payload,
            '{"orders": [{"id": "VARCHAR"}], "order_line_item_ids": ["VARCHAR"], "status": "VARCHAR",
              "tracking_number": "VARCHAR", "shipping_provider_id": "VARCHAR", "shipping_provider_name": "VARCHAR",
              "create_time": "VARCHAR", "update_time": "VARCHAR"}'
        ) as body
    from versions
)

select
    shop_id,
    id as package_id,
    list_sort(list_transform(coalesce(body.orders, []), lambda each: each.id)) as order_ids,
    list_sort(coalesce(body.order_line_item_ids, [])) as order_line_ids,
    body.status as package_status,
    coalesce(body.tracking_number, '') as tracking_number,
    coalesce(body.shipping_provider_id, '') as provider_id,
    body.shipping_provider_name as provider_name,
    {{ epoch_instant('body.create_time') }} as created_at,
    {{ epoch_instant('body.update_time') }} as updated_at,
    {{ faults([
        given_time_fault('create_time', 'body.create_time'), given_time_fault('update_time', 'body.update_time'),
    ]) }} as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from documents

{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tiktok_shop', 'packages')], 'shop_id, package_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_tiktok_shop', 'packages')) }}
),

documents as (
    select
        *,
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
    list_concat(
        {{ faults([
            each_fault(given_time_fault, ['create_time', 'update_time'], of='body.'),
            each_fault(text_fault, [
                'status', 'tracking_number', 'shipping_provider_id', 'shipping_provider_name',
            ], of='body.'),
            shape_faults('payload', {'orders': 'ARRAY', 'orders[*]': 'OBJECT', 'order_line_item_ids': 'ARRAY'}),
        ]) }},
        {{ faults_in('body.orders', 'parcel', [
            missing_fault('orders.id', 'parcel.id'), text_fault('orders.id', 'parcel.id'),
        ]) }},
        {{ faults_in('body.order_line_item_ids', 'line_id', [text_fault('order_line_item_ids', 'line_id')]) }}
    ) as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from documents

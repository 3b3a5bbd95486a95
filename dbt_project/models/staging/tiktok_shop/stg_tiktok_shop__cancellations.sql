{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_touched([source('raw_tiktok_shop', 'cancellations')], 'shop_id, cancel_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_tiktok_shop', 'cancellations')) }}
),

documents as (
    select
        * exclude (payload),
        from_json(
            payload,
            '{"order_id": "VARCHAR", "cancel_type": "VARCHAR", "cancel_status": "VARCHAR", "role": "VARCHAR",
              "cancel_reason": "VARCHAR", "create_time": "VARCHAR", "update_time": "VARCHAR",
              "should_replenish_stock": "VARCHAR", "cancel_line_items": [{"order_line_item_id": "VARCHAR"}],
              "seller_next_action_response": [{"action": "VARCHAR", "deadline": "BIGINT"}]}'
        ) as body
    from versions
)

select
    shop_id,
    id as cancel_id,
    body.order_id,
    body.cancel_status,
    body.cancel_type,
    body.role,
    body.cancel_reason as reason,
    list_sort(list_transform(coalesce(body.cancel_line_items, []), lambda line: line.order_line_item_id)) as line_ids,
    coalesce(body.should_replenish_stock = 'true', false) as replenishes_stock,
    {{ epoch_instant('body.create_time') }} as requested_at,
    to_timestamp(
        list_min(
            list_transform(
                list_filter(
                    body.seller_next_action_response,
                    lambda next: next.action = 'SELLER_RESPOND_BUYER_CANCEL' and next.deadline between 1 and 4102444799
                ),
                lambda next: next.deadline
            )
        )
    ) as answer_due_at,
    {{ epoch_instant('body.update_time') }} as updated_at,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from documents

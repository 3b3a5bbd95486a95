{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tiktok_shop', 'cancellations')], 'shop_id, cancel_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_tiktok_shop', 'cancellations')) }}
),

documents as (
    select
        *,
        from_json(
            payload,
            '{"order_id": "VARCHAR", "cancel_type": "VARCHAR", "cancel_status": "VARCHAR", "role": "VARCHAR",
              "cancel_reason": "VARCHAR", "create_time": "VARCHAR", "update_time": "VARCHAR",
              "should_replenish_stock": "VARCHAR", "cancel_line_items": [{"order_line_item_id": "VARCHAR"}],
              "seller_next_action_response": [{"action": "VARCHAR", "deadline": "VARCHAR"}]}'
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
    list_min(
        list_transform(
            list_filter(
                body.seller_next_action_response, lambda next: next.action = 'SELLER_RESPOND_BUYER_CANCEL'
            ),
            lambda next: {{ epoch_instant('next.deadline') }}
        )
    ) as answer_due_at,
    {{ epoch_instant('body.update_time') }} as updated_at,
    list_concat(
        {{ faults([
            each_fault(given_time_fault, ['create_time', 'update_time'], of='body.'),
            each_fault(text_fault, ['order_id', 'cancel_type', 'cancel_status', 'role', 'cancel_reason'], of='body.'),
            flag_fault('should_replenish_stock', 'body.should_replenish_stock'),
            shape_faults('payload', {
                'cancel_line_items': 'ARRAY', 'cancel_line_items[*]': 'OBJECT',
                'seller_next_action_response': 'ARRAY', 'seller_next_action_response[*]': 'OBJECT',
            }),
        ]) }},
        {{ faults_in('body.cancel_line_items', 'line', [
            text_fault('cancel_line_items.order_line_item_id', 'line.order_line_item_id'),
        ]) }},
        {{ faults_in('body.seller_next_action_response', 'next', [
            text_fault('seller_next_action_response.action', 'next.action'),
            given_time_fault('seller_next_action_response.deadline', 'next.deadline'),
        ]) }}
    ) as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from documents

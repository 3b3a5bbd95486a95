{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tiktok_shop', 'returns')], 'shop_id, return_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

{%- set shipping_fees = [
    'seller_paid_return_shipping_fee', 'platform_paid_return_shipping_fee', 'buyer_paid_return_shipping_fee',
] %}

with versions as (
    {{ latest_versions(source('raw_tiktok_shop', 'returns')) }}
),

documents as (
    select
        *,
        from_json(
            payload,
            '{"order_id": "VARCHAR", "return_type": "VARCHAR", "return_status": "VARCHAR",
              "arbitration_status": "VARCHAR", "role": "VARCHAR", "return_reason": "VARCHAR",
              "return_reason_text": "VARCHAR", "shipment_type": "VARCHAR", "handover_method": "VARCHAR",
              "return_tracking_number": "VARCHAR", "return_provider_name": "VARCHAR", "pre_return_id": "VARCHAR",
              "next_return_id": "VARCHAR", "can_buyer_keep_item": "VARCHAR", "create_time": "VARCHAR",
              "update_time": "VARCHAR", "is_combined_return": "VARCHAR", "combined_return_id": "VARCHAR",
              "is_quick_refund": "VARCHAR", "buyer_rejected_partial_refund": "VARCHAR", "seller_proposed_return_type": "VARCHAR",
              "partial_refund": {"currency": "VARCHAR", "amount": "VARCHAR"}, "refund_amount": {{ refund_fields() }},
              "shipping_fee_amount": [{"currency": "VARCHAR", "seller_paid_return_shipping_fee": "VARCHAR",
                  "platform_paid_return_shipping_fee": "VARCHAR", "buyer_paid_return_shipping_fee": "VARCHAR"}],
              "seller_next_action_response": [{"action": "VARCHAR", "deadline": "VARCHAR"}]}'
        ) as body
    from versions
),

{{ kept_versions(source('raw_tiktok_shop', 'returns')) }},

{{ return_states() }},

due as (
    select
        *,
        {{ next_step('body.seller_next_action_response') }} as next_step
    from documents
)

select
    shop_id,
    id as return_id,
    coalesce(body.order_id, '') as order_id,
    coalesce(said.order_ids, []) as order_ids,
    body.return_type,
    body.return_status,
    nullif(body.arbitration_status, '') as arbitration_status,
    body.role as requested_by,
    body.return_reason as reason,
    body.return_reason_text as reason_text,
    nullif(body.shipment_type, '') as shipment_type,
    nullif(body.handover_method, '') as handover_method,
    nullif(body.return_tracking_number, '') as tracking_number,
    nullif(body.return_provider_name, '') as carrier,
    coalesce(body.can_buyer_keep_item = 'true', false) as buyer_keeps_item,
    {{ epoch_instant('body.create_time') }} as created_at,
    {{ epoch_instant('body.update_time') }} as updated_at,
    said.status_observed_at,
    said.status_updated_at,
    next_step.action as next_action,
    -- A request that waits has a deadline, also while none is named.
    coalesce(
        next_step.due_at,
        if(next_step is null and {{ return_stage('body.return_status') }} = 'requested', said.last_due_at, null)
    ) as action_due_at,
    {{ refund_money('body.refund_amount') }},
    coalesce(body.is_quick_refund = 'true', false) as is_quick_refund,
    {{ amount('body.partial_refund.amount') }} as partial_refund_amount,
    list_concat(
        {{ faults([
            each_fault(given_time_fault, ['create_time', 'update_time'], of='body.'),
            given_fault(
                'create_time', 'body.create_time',
                'coalesce(created_at <= least(updated_at, observed_at) + interval 1 hour, true)',
                'later than its last change, or than it was read'
            ),
            each_fault(text_fault, [
                'order_id', 'return_type', 'return_status', 'arbitration_status', 'role', 'return_reason',
                'return_reason_text', 'shipment_type', 'handover_method', 'return_tracking_number',
                'return_provider_name', 'pre_return_id', 'next_return_id', 'combined_return_id',
                'seller_proposed_return_type',
            ], of='body.'),
            each_fault(flag_fault, [
                'can_buyer_keep_item', 'is_combined_return', 'is_quick_refund', 'buyer_rejected_partial_refund',
            ], of='body.'),
            amount_fault('partial_refund.amount', 'body.partial_refund.amount'),
            refund_faults('body.refund_amount'),
            given_fault(
                'partial_refund.currency', 'body.partial_refund.currency',
                'body.partial_refund.currency = body.refund_amount.currency', 'not the currency of the refund'
            ),
            object_fault('refund_amount', 'body.refund_amount.refund_total'),
            object_fault('partial_refund', 'body.partial_refund.amount'),
            shape_faults('payload', {
                'return_line_items': 'ARRAY', 'return_line_items[*]': 'OBJECT',
                'return_line_items[*].refund_amount': 'OBJECT',
                'seller_next_action_response': 'ARRAY', 'seller_next_action_response[*]': 'OBJECT',
                'shipping_fee_amount': 'ARRAY', 'shipping_fee_amount[*]': 'OBJECT',
            }),
        ]) }},
        {{ faults_in('body.seller_next_action_response', 'next', [
            text_fault('seller_next_action_response.action', 'next.action'),
            given_time_fault('seller_next_action_response.deadline', 'next.deadline'),
        ]) }},
        {{ faults_in('body.shipping_fee_amount', 'fee', [
            given_currency_fault('shipping_fee_amount.currency', 'fee.currency'),
            each_fault(amount_fault, shipping_fees, of='fee.', shown='shipping_fee_amount.'),
        ]) }}
    ) as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from due
left join said using (shop_id, id)

{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_touched([source('raw_tiktok_shop', 'orders')], 'shop_id, order_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}


with versions as (
    {{ latest_versions(source('raw_tiktok_shop', 'orders')) }}
)

select
    shop_id,
    id as order_id,
    payload ->> '$.status' as order_status,
    payload ->> '$.payment.currency' as currency,
    {{ amount("payload ->> '$.payment.total_amount'") }} as total_amount,
    {{ epoch_instant("payload ->> '$.create_time'") }} as created_at,
    {{ epoch_instant("payload ->> '$.paid_time'") }} as paid_at,
    {{ epoch_instant("payload ->> '$.delivery_time'") }} as delivered_at,
    {{ epoch_instant("payload ->> '$.update_time'") }} as updated_at,
    coalesce(payload ->> '$.is_sample_order' = 'true', false) as is_sample,
    coalesce(payload ->> '$.is_replacement_order' = 'true', false) as is_replacement,
    coalesce(payload ->> '$.is_buyer_request_cancel' = 'true', false) as is_cancel_requested,
    payload ->> '$.fulfillment_type' as fulfillment_type,
    payload ->> '$.shipping_type' as shipping_type,
    coalesce(payload ->> '$.delivery_option_name', '') as delivery_option,
    payload ->> '$.warehouse_id' as warehouse_id,
    {{ epoch_instant("payload ->> '$.rts_sla_time'") }} as ready_to_ship_due_at,
    {{ epoch_instant("payload ->> '$.tts_sla_time'") }} as in_transit_due_at,
    {{ epoch_instant("payload ->> '$.shipping_due_time'") }} as cancels_at,
    {{ epoch_instant("payload ->> '$.cancel_time'") }} as cancelled_at,
    {{ faults([
        amount_fault('payment.total_amount', "(payload ->> '$.payment.total_amount')"),
        currency_fault('payment.currency', "(payload ->> '$.payment.currency')"),
    ]) }} as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions

-- Words of TikTok Shop's closed lists that no document names, beside the status of an order itself: whatever follows
-- from them is not checked. One row per value: it is the contract that has to learn it. A state must be given; what an
-- order to ship lacks about its shipping is reported as SYS-15.
{%- set states = [
    'UNPAID', 'ON_HOLD', 'AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING', 'AWAITING_COLLECTION', 'IN_TRANSIT', 'DELIVERED',
    'COMPLETED', 'CANCELLED',
] %}
{%- set lists = [
    ('line_status', 'order_lines', 'line_status', 'order_id', states),
    ('fulfillment_type', 'orders', 'fulfillment_type', 'order_id', [
        'FULFILLMENT_BY_SELLER', 'FULFILLMENT_BY_TIKTOK', 'FULFILLMENT_BY_DILAYANI_TOKOPEDIA',
    ]),
    ('package_status', 'packages', 'package_status', 'package_id', [
        'TO_FULFILL', 'PROCESSING', 'FULFILLING', 'COMPLETED', 'CANCELLED',
    ]),
    ('product_status', 'skus', 'product_status', 'product_id', [
        'DRAFT', 'PENDING', 'FAILED', 'ACTIVATE', 'SELLER_DEACTIVATED', 'PLATFORM_DEACTIVATED', 'FREEZE', 'DELETED',
    ]),
    ('cancel_status', 'cancellations', 'cancel_status', 'cancel_id', [
        'CANCELLATION_REQUEST_PENDING', 'CANCELLATION_REQUEST_SUCCESS', 'CANCELLATION_REQUEST_COMPLETE',
        'CANCELLATION_REQUEST_CANCEL', 'CANCELLATION_REQUEST_CANCELLED',
    ]),
    ('return_status', 'returns', 'return_status', 'return_id', [
        'RETURN_OR_REFUND_REQUEST_PENDING', 'REFUND_OR_RETURN_REQUEST_REJECT', 'AWAITING_BUYER_SHIP',
        'BUYER_SHIPPED_ITEM', 'REJECT_RECEIVE_PACKAGE', 'AWAITING_BUYER_RESPONSE', 'RETURN_OR_REFUND_REQUEST_SUCCESS',
        'RETURN_OR_REFUND_REQUEST_COMPLETE', 'RETURN_OR_REFUND_REQUEST_CANCEL', 'RETURN_OR_REFUND_REQUEST_CANCELLED',
        'REPLACEMENT_REQUEST_PENDING', 'REPLACEMENT_REQUEST_REJECT', 'REPLACEMENT_REQUEST_REFUND_SUCCESS',
        'REPLACEMENT_REQUEST_CANCEL', 'REPLACEMENT_REQUEST_COMPLETE', 'EXCHANGE_REQUEST_PENDING',
        'EXCHANGE_REQUEST_REFUND_SUCCESS', 'EXCHANGE_REQUEST_CANCEL', 'EXCHANGE_REQUEST_COMPLETE',
    ]),
    ('return_type', 'returns', 'return_type', 'return_id', [
        'REFUND', 'RETURN_AND_REFUND', 'REPLACEMENT', 'EXCHANGE',
    ]),
    ('arbitration_status', 'returns', 'arbitration_status', 'return_id', [
        'IN_PROGRESS', 'SUPPORT_BUYER', 'SUPPORT_SELLER', 'CLOSED',
    ]),
] %}

with found as (
    {%- for entity_type, model, field, key, known in lists %}
        select
            shop_id,
            '{{ entity_type }}' as entity_type,
            coalesce(nullif({{ field }}, ''), 'none') as entity_id,
            {{ key }} as record_id
        from {{ ref('stg_tiktok_shop__' ~ model) }}
        where
            not is_deleted
            and coalesce({{ field }}, '') not in (
                {%- if entity_type in ('fulfillment_type', 'product_status', 'arbitration_status') %} '', {%- endif %}
                {%- for value in known %}
                    '{{ value }}'{{ ',' if not loop.last }}
                {%- endfor %}
            )
        union all
    {%- endfor %}
    -- A waiting order whose type services.csv does not map is reported by exc_fulfilments.
    select
        orders.shop_id,
        'shipping_type' as entity_type,
        orders.shipping_type as entity_id,
        orders.order_id as record_id
    from {{ ref('stg_tiktok_shop__orders') }} as orders
    anti join {{ ref('stg_config__service_map') }} as services
        on orders.shipping_type = services.shipping_type and not services.is_deleted
    where
        not orders.is_deleted
        and orders.shipping_type not in ('', 'TIKTOK', 'SELLER', 'TIKTOK_DIGITAL')
        and orders.order_status not in ('AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING')
),

-- A line with the same status as its order is reported for the order.
reported as (
    select found.*
    from found
    anti join {{ ref('stg_tiktok_shop__orders') }} as orders
        on
            found.entity_type = 'line_status'
            and found.shop_id = orders.shop_id
            and found.record_id = orders.order_id
            and found.entity_id = orders.order_status
)

select
    'ORD-12' as code,
    shop_id,
    entity_type,
    entity_id,
    cast(0 as decimal(18, 4)) as money_at_risk_amount,
    '' as currency,
    cast(null as timestamptz) as due_at,
    'a documented ' || replace(entity_type, '_', ' ') as expected,
    count(*) || ' records with this one' as actual,
    to_json({'record_ids': list(distinct record_id order by record_id)[1:20]}) as evidence,
    'value unknown' as cause
from reported
group by shop_id, entity_type, entity_id

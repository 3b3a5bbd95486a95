-- Released orders that GXO must still be told of, once each; what was sent already is not proposed again.
with due as (
    select * from {{ ref('int_fulfilments__orders') }}
    where system = 'gxo' and order_status = 'AWAITING_SHIPMENT'
),

known_items as (
    select
        site as location,
        sku as item
    from {{ ref('stg_gxo__stock_levels') }}
),

wanted as (
    select
        shop_id,
        order_id,
        location,
        unnest(lines) as line
    from due
),

-- Only a site that has told its stock can be said not to know an item.
unknown as (
    select
        wanted.shop_id,
        wanted.order_id,
        string_agg(wanted.line.sku, ', ' order by wanted.line.sku) as items
    from wanted
    semi join known_items as told on wanted.location = told.location
    anti join known_items on wanted.location = known_items.location and wanted.line.sku = known_items.item
    group by wanted.shop_id, wanted.order_id
),

written as (
    select
        due.*,
        unknown.items as unknown_items,
        cast(to_json({
            'order_id': due.order_id,
            'purpose': 'N',
            'site': due.location,
            'service': coalesce(due.service, ''),
            'ship_by': coalesce(strftime(due.ready_to_ship_due_at, '%Y-%m-%d'), ''),
            'lines': due.lines
        }) as varchar) as desired
    from due
    left join unknown on due.shop_id = unknown.shop_id and due.order_id = unknown.order_id
    anti join {{ ref('int_fulfilments__sent') }} as sent
        on due.shop_id = sent.shop_id and due.order_id = sent.order_id and sent.purpose = 'N'
)

select
    order_id as entity_key,
    shop_id,
    desired,
    md5(desired) as desired_hash,
    cast(0 as decimal(18, 4)) as amount,
    '' as currency,
    false as needs_approval,
    case
        when is_cancel_requested then 'CAN-03: the buyer asks to cancel it, and waits for an answer'
        when unknown_items is not null then 'MAP-01: the warehouse does not know ' || unknown_items
        when shipping_type = 'TIKTOK' then 'FUL-09: TikTok ships this order, and its label was not bought'
        when service is null then 'MAP-06: services.csv has no service for shipping type ' || shipping_type
    end as blocked_reason
from written

-- Released orders that GXO must still be told of, once each; what was sent already is not proposed again. One that
-- TikTok ships goes with the number of its label, and TikTok shows it as awaiting collection once that is bought.
with due as (
    select
        orders.*,
        labels.order_id is not null as is_labelled,
        labels.packages,
        labels.orders_in_package,
        coalesce(labels.tracking_number, '') as tracking_number
    from {{ ref('int_fulfilments__due') }} as orders
    left join {{ ref('int_fulfilments__labels') }} as labels
        on orders.shop_id = labels.shop_id and orders.order_id = labels.order_id
    where
        orders.system = 'gxo'
        and (
            orders.order_status = 'AWAITING_SHIPMENT'
            or (orders.shipping_type = 'TIKTOK' and labels.order_id is not null)
        )
),

written as (
    select
        *,
        to_json({
            'order_id': order_id,
            'purpose': 'N',
            'site': location,
            'service': coalesce(service, ''),
            'ship_by': coalesce(strftime(ready_to_ship_due_at, '%Y-%m-%d'), ''),
            'tracking_number': if(shipping_type = 'TIKTOK', tracking_number, ''),
            'lines': lines
        }) as told
    from due
),

desired as (
    select
        *,
        -- What was refused goes again as another intent, once a person has seen to what was wrong with it.
        cast(
            if(refused_document is null, told, json_merge_patch(told, json_object('again_after', refused_document)))
            as varchar
        ) as desired
    from written
)

select
    order_id as entity_key,
    shop_id,
    desired,
    md5(desired) as desired_hash,
    cast(0 as decimal(18, 4)) as amount,
    '' as currency,
    refused_document is not null as needs_approval,
    'GXO could not read document ' || refused_document as approval_reason,
    coalesce(
        blocked_reason,
        case
            when shipping_type <> 'TIKTOK' then null
            when order_status = 'AWAITING_SHIPMENT'
                then 'FUL-09: TikTok ships this order, and its label was not bought'
            when packages > 1 or orders_in_package > 1
                then 'FUL-10: TikTok split or combined its packages, and one label goes with one order'
            when tracking_number = '' then 'FUL-08: TikTok has not told the number of its label yet'
        end
    ) as blocked_reason
from desired

{{ config(contract={'enforced': true}) }}

-- Orders that GXO was asked to ship, has not shipped as far as it has said, and that is no longer wanted: cancelled on
-- TikTok Shop, or asked to be by their buyer, whom we answer when the warehouse has said whether it stopped them.
with policy as (
    select coalesce(bool_or(answer_cancellations = 'auto') filter (where not is_deleted), false) as is_automatic
    from {{ ref('stg_config__fulfilment') }}
),

shipped as (
    select distinct order_id
    from {{ ref('stg_gxo__shipping_advices') }}
    where list_sum(list_transform(lines, lambda line: line.shipped)) > 0
),

sent as (
    select
        shop_id,
        order_id,
        bool_or(purpose = 'F') as is_cancelled_there
    from {{ ref('int_fulfilments__sent') }}
    where system = 'gxo'
    group by shop_id, order_id
    having bool_or(purpose = 'N')
),

due as (
    select
        sent.shop_id,
        sent.order_id,
        orders.order_status = 'CANCELLED' as is_cancelled,
        policy.is_automatic,
        -- Consent to stop an order is not needed any more once it is cancelled: then it is another intent.
        cast(to_json({
            'order_id': sent.order_id,
            'purpose': 'F',
            'because': if(orders.order_status = 'CANCELLED', 'cancelled', 'asked')
        }) as varchar) as desired
    from sent
    inner join {{ ref('stg_tiktok_shop__orders') }} as orders
        on sent.shop_id = orders.shop_id and sent.order_id = orders.order_id
    cross join policy
    left join {{ ref('int_cancellations__requests') }} as requests
        on sent.shop_id = requests.shop_id and sent.order_id = requests.order_id
    anti join shipped on sent.order_id = shipped.order_id
    where
        not sent.is_cancelled_there
        and (
            orders.order_status = 'CANCELLED'
            or (requests.goods = 'at_warehouse' and requests.is_whole_order)
        )
)

select
    order_id,
    shop_id,
    desired,
    not is_cancelled and not is_automatic as needs_approval,
    'it stops an order because its buyer asks' as approval_reason,
    cast(null as varchar) as blocked_reason
from due

{{ config(contract={'enforced': true}) }}

-- Orders that are no longer wanted: cancelled on TikTok Shop, or asked to be by their buyer, whom we answer when the
-- system that ships them has said whether it stopped them. What can still be stopped there each system knows.
with policy as (
    select coalesce(bool_or(answer_cancellations = 'auto') filter (where not is_deleted), false) as is_automatic
    from {{ ref('stg_config__fulfilment') }}
),

asked as (
    select distinct
        shop_id,
        order_id
    from {{ ref('int_cancellations__requests') }}
    where goods = 'at_warehouse' and is_whole_order
),

sent as (
    select
        shop_id,
        order_id,
        list_sort(list(distinct system)) as systems
    from {{ ref('int_fulfilments__sent') }}
    where purpose = 'F'
    group by shop_id, order_id
),

unwanted as (
    select
        orders.shop_id,
        orders.order_id,
        coalesce(orders.order_status = 'CANCELLED', false) as is_cancelled,
        coalesce(sent.systems, []) as sent_to
    from {{ ref('stg_tiktok_shop__orders') }} as orders
    left join asked on orders.shop_id = asked.shop_id and orders.order_id = asked.order_id
    left join sent on orders.shop_id = sent.shop_id and orders.order_id = sent.order_id
    where orders.order_status = 'CANCELLED' or asked.order_id is not null
)

select
    unwanted.shop_id,
    unwanted.order_id,
    cast(to_json({
        'order_id': unwanted.order_id,
        'purpose': 'F',
        -- Consent to stop an order is not needed any more once it is cancelled: then it is another intent.
        'because': if(unwanted.is_cancelled, 'cancelled', 'asked')
    }) as varchar) as desired,
    not unwanted.is_cancelled and not policy.is_automatic as needs_approval,
    'it stops an order because its buyer asks' as approval_reason,
    unwanted.sent_to
from unwanted
cross join policy

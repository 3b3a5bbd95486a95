-- Orders cancelled on TikTok Shop that GXO was told to ship, and that it has not shipped as far as it has said.
with shipped as (
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
    group by shop_id, order_id
    having bool_or(purpose = 'N')
),

due as (
    select
        sent.shop_id,
        sent.order_id,
        cast(to_json({'order_id': sent.order_id, 'purpose': 'F'}) as varchar) as desired
    from sent
    inner join {{ ref('stg_tiktok_shop__orders') }} as orders
        on sent.shop_id = orders.shop_id and sent.order_id = orders.order_id
    anti join shipped on sent.order_id = shipped.order_id
    where orders.order_status = 'CANCELLED' and not sent.is_cancelled_there
)

select
    order_id as entity_key,
    shop_id,
    desired,
    md5(desired) as desired_hash,
    cast(0 as decimal(18, 4)) as amount,
    '' as currency,
    false as needs_approval,
    cast(null as varchar) as blocked_reason
from due

{{ config(contract={'enforced': true}) }}

-- Unwanted orders that GXO was asked to ship, and has not shipped as far as it has said.
select
    unwanted.order_id,
    unwanted.shop_id,
    unwanted.desired,
    unwanted.needs_approval,
    unwanted.approval_reason,
    cast(null as varchar) as blocked_reason
from {{ ref('int_cancellations__unwanted') }} as unwanted
semi join {{ ref('int_fulfilments__sent') }} as sent
    on
        unwanted.shop_id = sent.shop_id
        and unwanted.order_id = sent.order_id
        and sent.system = 'gxo'
        and sent.purpose = 'N'
anti join {{ ref('stg_gxo__shipping_advices') }} as advices
    on
        unwanted.order_id = advices.order_id
        and list_sum(list_transform(advices.lines, lambda line: line.shipped)) > 0
where not list_contains(unwanted.sent_to, 'gxo')

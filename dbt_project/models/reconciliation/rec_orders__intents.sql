-- What became of telling a fulfilment system of an order or its cancellation, and of buying its label: why it is held,
-- or how far it got. One row per order and purpose that is still wanted; what was sent well has none.
{%- set due = {
    'gxo__warehouse_orders': ('order', 'int_gxo__orders_due'),
    'gxo__cancellations': ('cancellation', 'int_gxo__cancellations_due'),
    'linnworks__orders': ('order', 'int_linnworks__orders_due'),
    'linnworks__cancellations': ('cancellation', 'int_linnworks__cancellations_due'),
    'tiktok_shop__labels': ('label', 'int_fulfilments__labels_due'),
} %}

with wanted as (
    {%- for sync, (purpose, model) in due.items() %}
        select
            '{{ sync }}' as sync,
            '{{ purpose }}' as purpose,
            shop_id,
            order_id,
            coalesce(cast(blocked_reason as varchar), '') as held_because
        from {{ ref(model) }}
        {%- if not loop.last %} union all {%- endif %}
    {%- endfor %}
),

reported as (
    select
        wanted.shop_id,
        wanted.order_id,
        wanted.purpose,
        wanted.held_because,
        coalesce(outbox.state, '') as intent_state,
        coalesce(outbox.error_code, '') as error_code,
        coalesce(outbox.last_error, '') as last_error
    from wanted
    left join {{ ref('stg_tieout__outbox') }} as outbox
        on
            wanted.sync = outbox.sync
            and wanted.order_id = outbox.entity_key
            and wanted.shop_id = outbox.shop_id
            and outbox.state in ('pending', 'unknown', 'rejected', 'dead')
),

-- A cancellation that could not be read there counts as not sent.
unread as (
    select
        shop_id,
        order_id,
        'cancellation' as purpose,
        '' as held_because,
        'rejected' as intent_state,
        'UNREAD' as error_code,
        'the warehouse could not read it' as last_error
    from {{ ref('int_fulfilments__sent') }}
    where purpose = 'F'
    group by shop_id, order_id
    having bool_and(coalesce(answer, '') = 'R')
),

all_attempts as (
    select * from reported
    union all
    select * from unread
)

-- Of two systems that an order must be sent to, the one that is stuck is shown.
select *
from all_attempts
qualify row_number() over (
    partition by shop_id, order_id, purpose order by held_because desc, intent_state desc, last_error asc
) = 1

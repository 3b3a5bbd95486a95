-- What became of sending an order or its cancellation to a fulfilment system, and of buying its label: why it is held,
-- or how far it got. One row per order and purpose that is still wanted; what was sent well has none.
with wanted as (
    select
        systems.order_sync as sync,
        'order' as purpose,
        due.shop_id,
        due.order_id,
        due.blocked_reason
    from {{ ref('int_fulfilments__orders_due') }} as due
    inner join {{ ref('int_systems') }} as systems on due.system = systems.system
    union all
    select
        systems.cancellation_sync as sync,
        'cancellation' as purpose,
        due.shop_id,
        due.order_id,
        due.blocked_reason
    from {{ ref('int_cancellations__due') }} as due
    inner join {{ ref('int_systems') }} as systems on due.system = systems.system
    union all
    select
        'tiktok_shop__labels' as sync,
        'label' as purpose,
        shop_id,
        order_id,
        blocked_reason
    from {{ ref('int_fulfilments__labels_due') }}
),

reported as (
    select
        wanted.shop_id,
        wanted.order_id,
        wanted.purpose,
        coalesce(wanted.blocked_reason, '') as held_because,
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

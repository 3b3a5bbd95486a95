-- What is wrong with the flow itself: intents that were given up or whose outcome nobody knows, sources that have not
-- been read, and time that was skipped. A system without a limit here has no clock of its own to be measured by.
{%- set stale_after_days = {'tiktok_shop': 2, 'netsuite': 2, 'bank': 7} %}
{%- set unknown_grace_hours = 1 %}
{#- What could not be told of an order, a parcel or a SKU is told of that order, parcel or SKU. -#}
{%- set told_of_their_own = "('gxo__warehouse_orders', 'gxo__cancellations', 'linnworks__orders',
    'linnworks__cancellations', 'tiktok_shop__shipments', 'tiktok_shop__labels', 'tiktok_shop__tracking_corrections',
    'tiktok_shop__cancellation_answers', 'tiktok_shop__stock')" %}

-- The outbox keeps our own time, and so does each copy of it: the newest copy of anything of ours is the clock here.
with clock as (
    select max(observed_at) as copied_at from {{ source('raw_tieout', 'coverage') }}
),

-- An intent is unknown since the first copy after the last one that showed it otherwise.
unknown_since as (
    select
        id as outbox_id,
        min(observed_at) filter (where payload ->> '$.state' = 'unknown') as since
    from (
        select
            *,
            max(observed_at) filter (where payload ->> '$.state' <> 'unknown') over (partition by id) as known_at
        from {{ source('raw_tieout', 'outbox') }}
    ) as copies
    where known_at is null or observed_at > known_at
    group by id
),

intents as (
    select
        case outbox.state when 'dead' then 'SYS-09' else 'SYS-08' end as code,
        outbox.shop_id,
        'intent' as entity_type,
        outbox.sync || '/' || outbox.entity_key as entity_id,
        abs(coalesce(outbox.amount, 0)) as money_at_risk_amount,
        outbox.currency,
        unknown_since.since + interval {{ unknown_grace_hours }} hour as due_at,
        'acknowledged by the vendor' as expected,
        case outbox.state
            when 'dead' then 'given up: ' || outbox.last_error
            else 'sent, and no answer seen: ' || outbox.last_error
        end as actual,
        to_json({'outbox_id': outbox.outbox_id, 'state': outbox.state, 'updated_at': outbox.updated_at}) as evidence,
        case outbox.state when 'dead' then 'attempts spent' else 'outcome unknown' end as cause
    from {{ ref('stg_tieout__outbox') }} as outbox
    cross join clock
    left join unknown_since using (outbox_id)
    where
        (outbox.state = 'dead' and outbox.sync not in {{ told_of_their_own }})
        or (
            outbox.state = 'unknown'
            and clock.copied_at >= unknown_since.since + interval {{ unknown_grace_hours }} hour
        )
),

-- A shop that is no longer configured is no longer read.
windows as (
    select windows.*
    from {{ ref('int_coverage__windows') }} as windows
    where
        windows.system in ('tiktok_shop', 'netsuite', 'bank')
        and (
            windows.shop_id = ''
            or windows.shop_id in (
                select configured_shop_id from {{ ref('stg_config__shops') }}
                where not is_deleted
            )
        )
),

-- Measured against the newest clock of a vendor that answers: who is silent meanwhile is stale. Files tell no time.
sources as (
    select
        *,
        max(window_to) filter (where system <> 'bank') over () as as_of,
        case system
            {%- for system, days in stale_after_days.items() %}
                when '{{ system }}' then {{ days }}
            {%- endfor %}
        end as stale_after_days
    from (
        select
            system,
            entity,
            shop_id,
            max(window_to) as window_to
        from windows
        group by system, entity, shop_id
    ) as latest
),

stale as (
    select
        'SYS-01' as code,
        shop_id,
        'source' as entity_type,
        system || '/' || entity as entity_id,
        cast(0 as decimal(18, 4)) as money_at_risk_amount,
        '' as currency,
        window_to + to_days(stale_after_days) as due_at,
        'read completely within ' || stale_after_days || ' days' as expected,
        'read up to ' || strftime(window_to, '%Y-%m-%d %H:%M') || ' UTC' as actual,
        to_json({'read_to': window_to, 'as_of': as_of}) as evidence,
        'source not read' as cause
    from sources
    where as_of > window_to + to_days(stale_after_days)
),

gaps as (
    select
        *,
        lead(window_from) over (partition by system, entity, shop_id order by window_from) as next_from
    from windows
),

skipped as (
    select
        'SYS-04' as code,
        shop_id,
        'window' as entity_type,
        system || '/' || entity || ' from ' || strftime(window_to, '%Y-%m-%dT%H:%M:%SZ') as entity_id,
        cast(0 as decimal(18, 4)) as money_at_risk_amount,
        '' as currency,
        cast(null as timestamptz) as due_at,
        'every moment read' as expected,
        'nothing read until ' || strftime(next_from, '%Y-%m-%d %H:%M') || ' UTC' as actual,
        to_json({'gap_from': window_to, 'gap_to': next_from}) as evidence,
        'window never read' as cause
    from gaps
    where next_from > window_to
)

{% for part in ['intents', 'stale', 'skipped'] -%}
    select * from {{ part }}
    {% if not loop.last %}union all by name {% endif %}
{%- endfor %}

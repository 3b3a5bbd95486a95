-- Sources that have not been read, and time that was skipped. Maps are read with every load.
{%- set stale_after_days = {'tiktok_shop': 2, 'netsuite': 2, 'bank': 7, 'gxo': 1, 'linnworks': 1} %}

-- A shop that is no longer configured is no longer read, nor a warehouse that ships for none.
with shops as (
    select
        configured_shop_id,
        fulfilment_systems
    from {{ ref('stg_config__shops') }}
    where not is_deleted
),

windows as (
    select windows.*
    from {{ ref('int_coverage__windows') }} as windows
    where
        windows.system <> 'config'
        and (
            windows.shop_id = ''
            or windows.shop_id in (select configured_shop_id from shops)
        )
        and (
            windows.system not in ('gxo', 'linnworks')
            or windows.system in (select unnest(fulfilment_systems) from shops)
        )
),

-- Measured against the newest clock of a vendor that answers: a vendor that is silent meanwhile is stale. Files give no
-- time: the bank's are measured by the vendors' clocks, and GXO's folder by ours, by which it is read.
sources as (
    select
        *,
        case
            when system = 'gxo' then (select copied_at from {{ ref('stg_tieout__clock') }})
            else max(window_to) filter (where system not in ('bank', 'gxo')) over ()
        end as as_of,
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
        {{ joined_key(['system', 'entity']) }} as entity_id,
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
        {{ joined_key(['system', 'entity']) }}
        || coalesce(' from ' || strftime(window_to, '%Y-%m-%dT%H:%M:%SZ'), '') as entity_id,
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

select * from stale
union all by name
select * from skipped

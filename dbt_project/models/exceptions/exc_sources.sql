-- Sources that have not been read, and time that was skipped. Maps are read with every load.

-- A shop that is no longer configured is no longer read, nor a warehouse that ships for none.
with shops as (
    select
        configured_shop_id,
        fulfilment_systems
    from {{ ref('stg_config__shops') }}
    where not is_deleted
),

windows as (
    select
        windows.*,
        systems.stale_after_days,
        systems.clock
    from {{ ref('int_coverage__windows') }} as windows
    inner join {{ ref('int_systems') }} as systems on windows.system = systems.system
    where
        (
            windows.shop_id = ''
            or windows.shop_id in (select configured_shop_id from shops)
        )
        and (
            not systems.is_warehouse
            or (systems.keeps_books and not list_contains(systems.shipping_entities, windows.entity))
            or windows.system in (select unnest(fulfilment_systems) from shops)
        )
),

-- Measured against the newest clock of a vendor that answers: a vendor that is silent meanwhile is stale. Files give no
-- time: some are measured by the vendors' clocks, and a folder by ours, by which it is read.
sources as (
    select
        *,
        case
            when clock = 'ours' then (select copied_at from {{ ref('stg_tieout__clock') }})
            else max(window_to) filter (where clock = 'own') over ()
        end as as_of
    from (
        select
            system,
            entity,
            shop_id,
            any_value(stale_after_days) as stale_after_days,
            any_value(clock) as clock,
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

-- What warehouses send and nothing of ours is compared with: an answer to a message that was never sent, and stock of a
-- location that no row of locations.csv has named. One row per message or location.
{%- set within_days = 7 %}

with sent as (
    select
        system,
        control_number,
        min(loaded_through) over (partition by system) as first_load,
        max(loaded_through) over (partition by system) as last_load
    from {{ ref('int_fulfilments__sent') }}
),

loads as (
    select distinct
        system,
        first_load,
        last_load
    from sent
),

-- What came before our first message, as far as we remember, may answer one that is forgotten; what came with our last
-- may answer one whose outcome is not known yet.
answers as (
    select
        answered.system,
        'message' as entity_type,
        answered.control_number as said,
        'it answers a message of ours' as expected,
        'it says ' || answered.status || ' to control number ' || answered.control_number
        || ', under which nothing was sent' as actual
    from (
        select
            *,
            max(answered_at) over (partition by system) as newest_at
        from {{ ref('int_fulfilments__answers') }}
    ) as answered
    inner join loads on answered.system = loads.system
    anti join sent on answered.system = sent.system and answered.control_number = sent.control_number
    where
        answered.loaded_through > loads.first_load
        and answered.loaded_through < loads.last_load
        and answered.answered_at > answered.newest_at - interval {{ within_days }} day
),

-- A place that is mapped no more was ours; one that is reported no more is nobody's concern.
locations as (
    select
        reported.system,
        'location' as entity_type,
        reported.location as said,
        'a row of locations.csv for it' as expected,
        'stock of it was reported as of ' || strftime(max(reported.as_of), '%Y-%m-%d %H:%M') || ' UTC' as actual
    from {{ ref('int_stock__snapshots_reported') }} as reported
    semi join {{ ref('stg_config__location_map') }} as places on reported.system = places.system
    anti join {{ ref('stg_config__location_map') }} as mapped
        on reported.system = mapped.system and reported.location = mapped.location
    inner join {{ ref('int_stock__snapshots') }} as own on reported.system = own.system
    where reported.as_of > own.as_of - interval {{ within_days }} day
    group by reported.system, reported.location
)

select
    'SYS-15' as code,
    '' as shop_id,
    entity_type,
    {{ joined_key(['system', 'said']) }} as entity_id,
    cast(0 as decimal(18, 4)) as money_at_risk_amount,
    '' as currency,
    cast(null as timestamptz) as due_at,
    expected,
    actual,
    to_json({'system': system, 'named': said}) as evidence,
    'unaccounted' as cause
from (
    select * from answers
    union all
    select * from locations
) as found

{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys(['(' ~ united('portal_changes') ~ ')', ref('int_returns__portal_returns')], 'system, portal_return_id') }}"
    )
}}

-- What portals say of their returns, one row per event: announced, scanned, received and graded, with photos.
with portal as (
    select * from {{ ref('int_returns__portal_returns') }}
    {{ only_changed_keys('system, portal_return_id') }}
),

scans as (
    select * from ({{ united('portal_scans') }}) as every_scan
    {{ only_changed_keys('system, portal_return_id') }}
),

graded as (
    select
        system,
        portal_return_id,
        graded_at,
        loaded_through,
        unnest(lines) as line
    from portal
    where graded_at is not null
)

select
    system,
    portal_return_id,
    created_at as happened_at,
    'announced' as event_name,
    {{ units_by_item('announced_items') }} as detail,
    array_to_string(tracking_numbers, ', ') as reference,
    cast([] as varchar[]) as image_urls,
    loaded_through
from portal
union all
select
    scans.system,
    scans.portal_return_id,
    scans.happened_at,
    'scan ' || scans.code as event_name,
    concat_ws(', ', nullif(scans.description, ''), nullif(scans.location, '')) as detail,
    scans.tracking_number as reference,
    cast([] as varchar[]) as image_urls,
    portal.loaded_through
from scans
left join portal using (system, portal_return_id)
union all
select
    system,
    portal_return_id,
    received_at as happened_at,
    'received' as event_name,
    received_units || ' units at ' || coalesce(warehouse_code, 'its warehouse') as detail,
    portal_return_id as reference,
    cast([] as varchar[]) as image_urls,
    loaded_through
from portal
where received_at is not null
union all
select
    system,
    portal_return_id,
    graded_at as happened_at,
    'graded' as event_name,
    coalesce(line.received, 0) || ' x ' || line.sku || ': '
    || concat_ws(', ', line.condition, line.disposition) as detail,
    portal_return_id as reference,
    line.image_urls,
    loaded_through
from graded

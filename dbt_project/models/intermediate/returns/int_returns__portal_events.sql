-- What portals say of their returns, one row per event: announced, scanned, received and graded, with photos.
with scans as (
    {{ united('portal_scans') }}
),

graded as (
    select
        system,
        portal_return_id,
        graded_at,
        unnest(lines) as line
    from {{ ref('int_returns__portal_returns') }}
    where graded_at is not null
)

select
    system,
    portal_return_id,
    created_at as happened_at,
    'announced' as event_name,
    array_to_string(announced_skus, ', ') as detail,
    array_to_string(tracking_numbers, ', ') as reference,
    cast([] as varchar[]) as image_urls
from {{ ref('int_returns__portal_returns') }}
union all
select
    system,
    portal_return_id,
    happened_at,
    'scan ' || code as event_name,
    concat_ws(', ', nullif(description, ''), nullif(location, '')) as detail,
    tracking_number as reference,
    cast([] as varchar[]) as image_urls
from scans
union all
select
    system,
    portal_return_id,
    received_at as happened_at,
    'received' as event_name,
    received_units || ' units at ' || coalesce(warehouse_code, 'its warehouse') as detail,
    portal_return_id as reference,
    cast([] as varchar[]) as image_urls
from {{ ref('int_returns__portal_returns') }}
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
    line.image_urls
from graded

{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys(['(' ~ united('portal_changes') ~ ')'], 'system, portal_return_id', also=portal_returns_of_new_maps()) }}"
    )
}}

-- One row per return that a returns portal holds: whom it names, what was announced, received and graded.
with returned as (
    select * from ({{ united('portal_returns') }}) as every_return
    {{ only_changed_keys('system, portal_return_id') }}
),

-- What grades.csv says of a line's codes on the day it was graded; null where no row names them.
lines as (
    select
        asked.*,
        returned.warehouse,
        grades.is_sellable
    from ({{ united('portal_return_lines') }}) as asked
    inner join returned using (system, portal_return_id)
    left join {{ ref('stg_config__grades') }} as grades
        on
            asked.system = grades.system
            and coalesce(asked.condition, '') = grades.condition
            and coalesce(asked.disposition, '') = grades.disposition
            and asked.on_day between grades.valid_from and grades.valid_to
            and not grades.is_deleted
),

changes as (
    {{ united('portal_changes') }}
),

maps as (
    select coalesce(max(loaded_through), 0) as loaded_through from {{ ref('stg_config__grades') }}
),

contents as (
    select
        system,
        portal_return_id,
        {{ listed_units('sku', 'requested') }} as announced_items,
        sum(requested) as announced_units,
        sum(received) as received_units,
        sum(received) filter (where is_sellable) as sellable_units,
        sum(received) filter (where not is_sellable) as unsellable_units,
        sum(received) filter (where requested = 0) as unannounced_units,
        -- A unit that did not come has no use.
        count(*) filter (where graded_at is not null and is_sellable is null and coalesce(received, 1) > 0)
            as unknown_grades,
        list(
            {
                'sku': sku,
                'warehouse': warehouse,
                'announced': requested,
                'received': received,
                'condition': condition,
                'disposition': disposition,
                'is_sellable': is_sellable,
                'image_urls': image_urls
            }
            order by line_id
        ) as lines,
        list(distinct reason_code order by reason_code) filter (where reason_code <> '') as reason_codes,
        -- Of an empty box there is nothing to grade.
        coalesce(
            bool_and(graded_at is not null) filter (where coalesce(received, requested) > 0), bool_and(received = 0)
        ) as is_graded,
        max(graded_at) as graded_at,
        bool_or(is_unreadable) as is_unreadable
    from lines
    group by system, portal_return_id
),

carried as (
    select
        system,
        portal_return_id,
        list(distinct tracking_number order by tracking_number) filter (where tracking_number <> '')
            as tracking_numbers
    from ({{ united('portal_parcels') }}) as every_parcel
    {{ only_changed_keys('system, portal_return_id') }}
    group by system, portal_return_id
),

-- A label is no scan. Of several parcels the last one delivered counts.
scanned as (
    select
        system,
        portal_return_id,
        min(first_scan_at) as first_scan_at,
        max(delivered_at) as delivered_at
    from (
        select
            system,
            portal_return_id,
            min(happened_at) filter (where code <> 'label_created') as first_scan_at,
            min(happened_at) filter (where code = 'delivered') as delivered_at
        from ({{ united('portal_scans') }}) as every_scan
        {{ only_changed_keys('system, portal_return_id') }}
        group by system, portal_return_id, tracking_number
    ) as by_parcel
    group by system, portal_return_id
)

select
    returned.system,
    returned.portal_return_id,
    nullif(returned.order_reference, '') as order_reference,
    nullif(returned.return_reference, '') as return_reference,
    returned.status,
    returned.raw_status,
    returned.is_blind,
    returned.warehouse as warehouse_code,
    returned.created_at,
    returned.updated_at,
    returned.received_at,
    coalesce(contents.graded_at, if(contents.is_graded, returned.received_at, null)) as graded_at,
    coalesce(contents.is_graded, false) as is_graded,
    coalesce(contents.announced_items, []) as announced_items,
    cast(coalesce(contents.announced_units, 0) as bigint) as announced_units,
    cast(coalesce(contents.received_units, 0) as bigint) as received_units,
    cast(coalesce(contents.sellable_units, 0) as bigint) as sellable_units,
    cast(coalesce(contents.unsellable_units, 0) as bigint) as unsellable_units,
    cast(coalesce(contents.unannounced_units, 0) as bigint) as unannounced_units,
    cast(coalesce(contents.unknown_grades, 0) as bigint) as unknown_grades,
    coalesce(contents.reason_codes, []) as reason_codes,
    returned.is_unreadable or coalesce(contents.is_unreadable, false) as is_unreadable,
    contents.lines,
    coalesce(carried.tracking_numbers, []) as tracking_numbers,
    scanned.first_scan_at,
    scanned.delivered_at,
    greatest(changes.loaded_through, maps.loaded_through) as loaded_through
from returned
left join changes using (system, portal_return_id)
cross join maps
left join contents using (system, portal_return_id)
left join carried using (system, portal_return_id)
left join scanned using (system, portal_return_id)

{#- The CTE `portal`: what the portals say of each changed return, all of its warehouses together. -#}
{% macro portals_of_returns() -%}
paired as materialized (
    select
        shop_id,
        return_id,
        system,
        portal_return_id,
        is_other_order
    from {{ ref('int_returns__pairs') }}
    {{ only_changed_keys('shop_id, order_id') }}
),

{{ fetched_rows(ref('int_returns__portal_returns'), 'paired', 'system, portal_return_id', 'portal_returns') }},

portal as (
    select
        pairs.shop_id,
        pairs.return_id,
        any_value(pairs.system) as portal,
        list(pairs.portal_return_id order by pairs.portal_return_id) as portal_return_ids,
        string_agg(distinct portal.raw_status, ', ' order by portal.raw_status) as portal_status,
        any_value(portal.warehouse_code) as warehouse_code,
        min(portal.first_scan_at) as first_scan_at,
        max(portal.received_at) as received_at,
        max(portal.graded_at) as graded_at,
        bool_and(portal.is_graded) as is_graded,
        bool_or(portal.status in ('announced', 'labelled')) as has_unposted,
        sum(portal.received_units) as received_units,
        sum(portal.sellable_units) as sellable_units,
        sum(portal.unsellable_units) as unsellable_units,
        sum(portal.unannounced_units) as unannounced_units,
        sum(portal.unknown_grades) as unknown_grades,
        bool_or(portal.is_unreadable) as is_unreadable,
        flatten(list(portal.tracking_numbers)) as portal_tracking_numbers,
        flatten(list(portal.lines order by portal.portal_return_id)) as graded_lines,
        -- One entry a unit; null where none is announced.
        nullif(list_sort(flatten(
            list(portal.announced_items)
                filter (where not pairs.is_other_order and not coalesce(portal.is_unreadable, false))
        )), []) as announced_items
    from paired as pairs
    inner join portal_returns as portal using (system, portal_return_id)
    where portal.status is distinct from 'cancelled'
    group by pairs.shop_id, pairs.return_id
)
{%- endmacro %}

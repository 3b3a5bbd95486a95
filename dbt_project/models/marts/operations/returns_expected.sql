{{ config(contract={'enforced': true}) }}

-- Units that will arrive, arrived as announced or otherwise, and arrived unannounced: one row per return and SKU, until
-- the return is over and inspected.
with concerned as (
    select * from {{ ref('int_returns__returns') }}
    where
        has_goods
        and (stage in ('approved', 'shipped') or (received_at is not null and not is_graded))
),

announced as (
    select
        shop_id,
        return_id,
        item,
        units
    from {{ ref('int_returns__items') }}
    semi join concerned using (shop_id, return_id)
),

graded as (
    select
        shop_id,
        return_id,
        unnest(graded_lines) as line
    from concerned
),

received as (
    select
        shop_id,
        return_id,
        line.sku as item,
        sum(line.received) as units,
        sum(line.received) filter (where line.is_sellable) as sellable_units
    from graded
    group by shop_id, return_id, line.sku
),

both_sides as (
    select
        shop_id,
        return_id,
        item,
        coalesce(announced.units, 0) as expected_units,
        received.units as received_units,
        received.sellable_units
    from announced
    full join received using (shop_id, return_id, item)
),

blind as (
    select
        system,
        portal_return_id,
        tracking_numbers,
        warehouse_code,
        received_at,
        list_transform(guesses, lambda guess: guess.return_id) as likely_return_ids,
        unnest(lines) as line
    from {{ ref('int_returns__guesses') }}
)

select
    both_sides.shop_id,
    both_sides.return_id,
    returned.order_id,
    returned.portal,
    array_to_string(returned.portal_return_ids, ', ') as portal_return_id,
    both_sides.item,
    cast(both_sides.expected_units as bigint) as expected_units,
    cast(both_sides.received_units as bigint) as received_units,
    cast(both_sides.sellable_units as bigint) as sellable_units,
    case
        when not returned.is_graded and returned.received_at is null then 'expected'
        when not returned.is_graded then 'in_inspection'
        when both_sides.expected_units = 0 then 'not_announced'
        when coalesce(both_sides.received_units, 0) < both_sides.expected_units then 'missing'
        when coalesce(both_sides.received_units, 0) > both_sides.expected_units then 'too_many'
        else 'as_announced'
    end as receipt,
    returned.tracking_number,
    returned.carrier,
    returned.warehouse_code,
    returned.first_scan_at,
    returned.received_at,
    cast([] as varchar[]) as likely_return_ids
from both_sides
inner join concerned as returned
    on both_sides.shop_id = returned.shop_id and both_sides.return_id = returned.return_id
union all by name
select
    '' as shop_id,
    cast(null as varchar) as return_id,
    cast(null as varchar) as order_id,
    system as portal,
    portal_return_id,
    line.sku as item,
    cast(0 as bigint) as expected_units,
    cast(line.received as bigint) as received_units,
    cast(if(line.is_sellable, line.received, 0) as bigint) as sellable_units,
    'unknown' as receipt,
    array_to_string(tracking_numbers, ', ') as tracking_number,
    cast(null as varchar) as carrier,
    warehouse_code,
    cast(null as timestamptz) as first_scan_at,
    received_at,
    coalesce(likely_return_ids, []) as likely_return_ids
from blind

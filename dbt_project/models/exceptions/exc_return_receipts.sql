-- What stock systems took in under a return's id, and what is no return's, or no item's. One row per code and entity.
with strange as (
    select * from {{ ref('int_returns__strange_receipts') }}
),

-- What a location takes in is of a return of one of its shops.
served as (
    select distinct
        map.system,
        map.location,
        map.shop_id,
        reads.windows
    from {{ ref('stg_config__location_map') }} as map
    left join {{ ref('int_coverage__reads') }} as reads
        on reads.system = 'tiktok_shop' and reads.entity = 'returns' and map.shop_id = reads.shop_id
    where not map.is_deleted
),

shops as (
    select
        system,
        location,
        if(count(*) = 1, min(shop_id), '') as shop_id
    from served
    group by system, location
),

unread as (
    select
        strange.system,
        strange.receipt_id
    from strange
    inner join served on strange.system = served.system and strange.location = served.location
    where
        strange.return_reference <> ''
        and not {{ was_read(
            'served.windows', 'strange.taken_in_at', 'strange.taken_in_at + ' ~ clock_of('counterpart')
        ) }}
),

orphans as (
    select
        'RET-04' as code,
        'receipt' as entity_type,
        {{ joined_key(['system', 'receipt_id']) }} as entity_id,
        system,  -- noqa: RF04
        location,  -- noqa: RF04
        'under the id of a return on TikTok Shop' as expected,
        if(return_reference = '', 'under no number', 'return ' || return_reference || ' is not on TikTok Shop')
            as actual,
        to_json({
            'return_id': return_reference, 'location': location, 'taken_in_at': min(taken_in_at),
            'units': string_agg(units || ' x ' || item, ', ' order by item)
        }) as evidence,
        'return unknown' as cause,
        cast(null as varchar) as severity
    from strange
    anti join unread using (system, receipt_id)
    where return_id is null
    group by system, location, receipt_id, return_reference
),

unknown as (
    select
        'MAP-01' as code,
        'item' as entity_type,
        {{ joined_key(['location', 'item']) }} as entity_id,
        system,  -- noqa: RF04
        location,  -- noqa: RF04
        'an item that is sold, mapped or in stock' as expected,
        sum(units) || ' taken in as of returns; it is none of these' as actual,
        to_json({'return_ids': list(distinct return_reference order by return_reference)[1:20]}) as evidence,
        'unknown item came back' as cause,
        'S3' as severity
    from strange
    anti join {{ ref('int_stock__levels') }} using (system, location, item)
    anti join {{ ref('int_stock__listed') }} as listed on strange.item = listed.component
    anti join {{ ref('int_items__unknown') }} using (system, location, item)
    anti join {{ ref('stg_config__sku_map') }} as mapped on strange.item = mapped.item and not mapped.is_deleted
    group by system, location, item
)

select
    found.code,
    coalesce(shops.shop_id, '') as shop_id,
    found.entity_type,
    found.entity_id,
    cast(0 as decimal(18, 4)) as money_at_risk_amount,
    '' as currency,
    cast(null as timestamptz) as due_at,
    found.expected,
    found.actual,
    found.evidence,
    found.cause,
    found.severity
from (
    select * from orphans
    union all
    select * from unknown
) as found
left join shops on found.system = shops.system and found.location = shops.location

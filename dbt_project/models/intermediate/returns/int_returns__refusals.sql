-- What backs our answer to a parcel that is refused, in full or by an offer: a comment of what is wrong with it, of
-- what was to come back and of what arrived, and photos of what is wrong. One row per return.
with refused as (
    select
        shop_id,
        return_id,
        portal,
        asked,
        received,
        graded_lines
    from {{ ref('int_returns__answers') }}
    where step = 'parcel' and decision in ('reject', 'offer_partial')
),

lines as (
    select
        shop_id,
        return_id,
        portal,
        unnest(graded_lines) as line,
        generate_subscripts(graded_lines, 1) as place
    from refused
),

failed as (
    select
        lines.shop_id,
        lines.return_id,
        lines.place,
        lines.line.sku as item,
        lines.line.image_urls,
        lines.line.is_sellable is true as is_sellable,
        -- What was announced and is not there was graded as missing.
        if(coalesce(lines.line.received, 0) > 0, lines.line.received, lines.line.announced) as units,
        lower(coalesce(conditions.description, lines.line.condition, 'not graded')) as condition
    from lines
    left join {{ ref('int_returns__conditions') }} as conditions
        on lines.portal = conditions.system and lines.line.condition = conditions.condition
    where lines.line.is_sellable is not true or lines.line.received is distinct from lines.line.announced
),

faults as (
    select
        shop_id,
        return_id,
        string_agg(units || ' x ' || item || ' ' || condition, ', ' order by item, condition) as found
    from (
        select
            shop_id,
            return_id,
            item,
            condition,
            sum(units) as units
        from failed
        where not is_sellable
        group by shop_id, return_id, item, condition
        having sum(units) > 0
    ) as counted
    group by shop_id, return_id
),

photos as (
    select
        shop_id,
        return_id,
        image_url,
        min(place) as place
    from (
        select
            shop_id,
            return_id,
            unnest(image_urls) as image_url,
            [place, generate_subscripts(image_urls, 1)] as place
        from failed
    ) as every_photo
    where image_url <> ''
    group by shop_id, return_id, image_url
),

first_photos as (
    select
        shop_id,
        return_id,
        list(image_url order by place)[:6] as photo_urls
    from photos
    group by shop_id, return_id
)

-- TikTok Shop takes 500 characters and six images. What is wrong comes first: the rest can be cut.
select
    refused.shop_id,
    refused.return_id,
    left(concat_ws(
        '; ',
        'Inspection: ' || coalesce(faults.found, if(len(refused.graded_lines) > 0, 'sellable', 'none')),
        'to come back: ' || refused.asked,
        'arrived: ' || coalesce(refused.received, 'nothing')
    ), 499) || '.' as comment_text,
    coalesce(first_photos.photo_urls, []) as photo_urls
from refused
left join faults using (shop_id, return_id)
left join first_photos using (shop_id, return_id)

-- What was sent to TikTok Shop for each parcel that left a warehouse, and what it shows of its line items. One row per
-- parcel.
with parcels as (
    select
        shop_id,
        order_id,
        {{ joined_key(['shipment_id', 'carton_number']) }} as parcel_id,
        unnest(order_line_ids) as order_line_id
    from {{ ref('int_shipments__cartons') }}
),

packages as (
    select
        shop_id,
        package_id,
        tracking_number,
        unnest(order_line_ids) as order_line_id
    from {{ ref('stg_tiktok_shop__packages') }}
    where not is_deleted and package_status is distinct from 'CANCELLED'
),

shown as (
    select
        parcels.shop_id,
        parcels.parcel_id,
        count(distinct parcels.order_line_id) as line_count,
        count(distinct parcels.order_line_id) filter (
            where lines.line_status in ('AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING')
        ) as waiting_lines,
        count(distinct packages.order_line_id) as packed_lines,
        coalesce(list_sort(
            list(distinct packages.tracking_number) filter (where coalesce(packages.tracking_number, '') <> '')
        ), []) as tracking_numbers
    from parcels
    left join {{ ref('stg_tiktok_shop__order_lines') }} as lines
        on
            parcels.shop_id = lines.shop_id
            and parcels.order_id = lines.order_id
            and parcels.order_line_id = lines.order_line_id
    left join packages on parcels.shop_id = packages.shop_id and parcels.order_line_id = packages.order_line_id
    group by parcels.shop_id, parcels.parcel_id
),

intents as (
    select
        wanted.shop_id,
        wanted.parcel_id,
        coalesce(wanted.blocked_reason, '') as held_because,
        coalesce(outbox.state, '') as intent_state,
        coalesce(outbox.last_error, '') as last_error
    from {{ ref('int_shipments__tracking_due') }} as wanted
    left join {{ ref('stg_tieout__outbox') }} as outbox
        on
            outbox.sync = 'tiktok_shop__shipments'
            and wanted.parcel_id = outbox.entity_key
            and wanted.shop_id = outbox.shop_id
            and outbox.state in ('pending', 'unknown', 'rejected', 'dead')
),

-- In which load a warehouse's word of a parcel came: files and orders carry the warehouse's own times.
loads as (
    select
        shipment_id,
        max(loaded_through) as advised_in_load
    from {{ ref('int_shipments__parcels') }}
    group by shipment_id
),

-- When the last reading of orders and of packages began, by our own clock, which acknowledgements keep too.
{% for reading, entity in [('readings', 'orders'), ('packages_read', 'packages')] -%}
    {{ reading }} as (
        select
            shop_id,
            max(read_in_load) as read_from
        from {{ ref('int_coverage__windows') }}
        where system = 'tiktok_shop' and entity = '{{ entity }}'
        group by shop_id
    )
    {%- if not loop.last %}, {% endif %}
{% endfor %}

select
    shown.*,
    intents.parcel_id is not null as is_due,
    coalesce(intents.held_because, '') as held_because,
    coalesce(intents.intent_state, '') as intent_state,
    coalesce(intents.last_error, '') as last_error,
    coalesce(epoch_us(sent.sent_at) * 10 < readings.read_from, false) as is_read_since_sent,
    coalesce(epoch_us(sent.sent_at) * 10 < packages_read.read_from, false) as is_package_read_since_sent,
    coalesce(loads.advised_in_load < readings.read_from, false) as is_read_since_advised
from shown
left join intents on shown.shop_id = intents.shop_id and shown.parcel_id = intents.parcel_id
left join {{ ref('int_shipments__tracking_sent') }} as sent
    on shown.shop_id = sent.shop_id and shown.parcel_id = sent.parcel_id
left join loads on regexp_replace(shown.parcel_id, '/[^/]*$', '') = loads.shipment_id
left join readings on shown.shop_id = readings.shop_id
left join packages_read on shown.shop_id = packages_read.shop_id

{{ config(contract={'enforced': true}) }}

-- Sales orders of TikTok Shop's, deleted ones included, each with the TikTok order that it is for: the one that it was
-- made for by us, whatever its references were changed to, else the one that its external id or other reference names.
with made as (
    select
        control_number as sales_order_id,
        any_value(order_id) as order_id,
        any_value(shop_id) as shop_id
    from {{ ref('int_fulfilments__sent') }}
    where system = 'netsuite' and purpose = 'N'
    group by control_number
),

named as (
    select
        orders.*,
        made.order_id as made_for,
        made.shop_id as made_for_shop,
        nullif(regexp_extract(orders.external_id, '^tieout-order-.+-([^-]+)$', 1), '') as key_order_id
    from {{ ref('stg_netsuite__sales_orders') }} as orders
    left join made on orders.sales_order_id = made.sales_order_id
),

-- A discount or a charge is no item of the warehouse. An item that was renamed since is what it was when it was sold.
goods as (
    select
        lines.* exclude (quantity, fulfilled_quantity),
        coalesce(lines.fulfilled_quantity, 0) as fulfilled_quantity,
        -- Of what is closed only that was sold which had left before.
        if(lines.is_closed, least(coalesce(lines.fulfilled_quantity, 0), lines.quantity), lines.quantity) as quantity,
        lines.quantity as ordered_quantity,
        item_names.sku
    from {{ ref('stg_netsuite__sales_order_lines') }} as lines
    inner join named on lines.sales_order_id = named.sales_order_id
    inner join {{ ref('stg_netsuite__item_names') }} as item_names
        on
            lines.item_id = item_names.item_id
            and named.first_observed_at >= item_names.named_from
            and named.first_observed_at < item_names.named_until
),

contents as (
    select
        sales_order_id,
        list({'sku': sku, 'quantity': quantity} order by sku) filter (where quantity > 0) as lines,
        list({'sku': sku, 'quantity': ordered_quantity} order by sku) as ordered_lines,
        bool_and(is_closed) as is_closed,
        bool_and(is_closed or fulfilled_quantity >= quantity) and sum(fulfilled_quantity) > 0 as is_fulfilled,
        sum(fulfilled) > 0 as is_begun
    from (
        select
            sales_order_id,
            sku,
            cast(sum(quantity) as integer) as quantity,
            cast(sum(ordered_quantity) as integer) as ordered_quantity,
            sum(fulfilled_quantity) as fulfilled_quantity,
            sum(greatest(fulfilled_quantity, picked_quantity, packed_quantity)) as fulfilled,
            bool_and(is_closed) as is_closed
        from goods
        group by sales_order_id, sku
    ) as items
    group by sales_order_id
),

-- One that is open in several places is in none that is mapped.
places as (
    select
        sales_order_id,
        coalesce(
            string_agg(distinct location_id, '+' order by location_id) filter (where not is_closed),
            min(location_id)
        ) as location_id
    from goods
    group by sales_order_id
),

shipped as (
    select
        sales_order_id,
        max(coalesce(shipped_observed_at, first_observed_at)) as shipped_at
    from {{ ref('stg_netsuite__item_fulfilments') }}
    -- One that cannot be read may have left.
    where not is_deleted and coalesce(status, 'shipped') = 'shipped'
    group by sales_order_id
)

select
    orders.sales_order_id as warehouse_order_id,
    coalesce(orders.made_for, orders.key_order_id, orders.other_reference) as order_id,
    coalesce(
        orders.made_for_shop, nullif(regexp_extract(orders.external_id, '^tieout-order-(.+)-[^-]+$', 1), '')
    ) as shop_id,
    if(
        orders.key_order_id <> coalesce(orders.made_for, orders.key_order_id),
        orders.external_id,
        coalesce(orders.other_reference, orders.external_id)
    ) as reference,
    places.location_id as location,
    case
        -- What has left is in a fulfilment; one that was taken back has not.
        when (contents.is_fulfilled or orders.status in ('F', 'G')) and shipped.shipped_at is not null then 'shipped'
        when contents.is_closed or orders.status in ('C', 'H') then 'cancelled'
        when orders.status = 'A' then 'held'
        when contents.is_begun or orders.status in ('F', 'G') then 'picking'
        else 'accepted'
    end as warehouse_status,
    case when contents.is_fulfilled or orders.status in ('F', 'G') then shipped.shipped_at end as shipped_at,
    case
        when not contents.is_fulfilled and (contents.is_closed or orders.status in ('C', 'H')) then orders.observed_at
    end as cancelled_at,
    coalesce(contents.lines, contents.ordered_lines, []) as lines,
    orders.is_deleted,
    orders.first_observed_at,
    coalesce(orders.committed_since, orders.first_observed_at) as committed_since,
    orders.observed_at,
    orders.loaded_through
from named as orders
left join contents on orders.sales_order_id = contents.sales_order_id
left join places on orders.sales_order_id = places.sales_order_id
left join shipped on orders.sales_order_id = shipped.sales_order_id

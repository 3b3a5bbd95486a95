{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook=[
            "{{ delete_changed_keys([source('raw_tiktok_shop', 'orders')], 'shop_id, order_id', 'shop_id, id', load_sequence('load_id')) }}",
            "{{ delete_progress_row() }}"
        ]
    )
}}

{%- set sums = [
    'total_amount', 'sub_total', 'original_total_product_price', 'seller_discount', 'platform_discount',
    'shipping_fee', 'original_shipping_fee', 'tax',
] %}
{%- set prices = ['original_price', 'sale_price', 'seller_discount', 'platform_discount'] %}
{%- set names = ['sku_id', 'seller_sku', 'currency'] %}
{%- set line_fields = prices + names + ['id', 'display_status', 'package_id'] %}
{%- set kinds = ['paid_time', 'fulfillment_type', 'shipping_type', 'warehouse_id'] %}
{%- set says = "{0} <> '' and (is_newest or try_cast({0} as decimal(18, 4)) <> 0)" %}

-- What an earlier version of an order held and the newest does not: a sum, a price, the time of payment, who ships, a
-- line with its SKU and currency, which TikTok Shop never changes (a cancelled line stays, and says so). What was 0
-- may be left out. An order that has lost nothing has no row; one row names no order, and says how far this was built.
with versions as (
    select
        shop_id,
        id,
        payload,
        cast(epoch_us(observed_at) as hugeint) * 100000000000000000 + {{ load_sequence('load_id') }} as version_order,
        {{ load_sequence('load_id') }} as load_sequence
    from {{ source('raw_tiktok_shop', 'orders') }}
    {{ only_changed_keys('shop_id, id') }}
    where not is_deleted
),

revised as (
    select
        shop_id,
        id,
        min(version_order) as oldest,
        max(version_order) as newest,
        max(load_sequence) as loaded_through
    from versions
    group by shop_id, id
    having count(*) > 1
),

parsed as (
    select
        versions.shop_id,
        versions.id,
        versions.version_order in (revised.oldest, revised.newest) as is_end,
        versions.version_order = revised.newest as is_newest,
        revised.loaded_through,
        from_json(
            versions.payload,
            '{"{{ kinds | join('": "VARCHAR", "') }}": "VARCHAR",
              "packages": [{"id": "VARCHAR"}], "payment": {"{{ sums | join('": "VARCHAR", "') }}": "VARCHAR"},
              "line_items": [{"{{ line_fields | join('": "VARCHAR", "') }}": "VARCHAR"}]}'
        ) as body
    from versions
    inner join revised on versions.shop_id = revised.shop_id and versions.id = revised.id
),

-- A line's id, SKU and currency are what the first version called them: what was wrong for a while and is right again
-- has lost nothing.
reported as (
    select
        shop_id,
        id,
        is_newest,
        loaded_through,
        list_transform(coalesce(body.line_items, []), lambda line: line.id) as line_ids,
        list_transform(coalesce(body.packages, []), lambda package: package.id) as package_ids,
        [
            {%- for name in sums %}
                if({{ says.format('body.payment.' ~ name) }}, {'line': '', 'name': 'payment.{{ name }}'}, null),
            {%- endfor %}
            {%- for name in kinds %}
                if(body.{{ name }} not in ('', '0'), {'line': '', 'name': '{{ name }}'}, null){{ ',' if not loop.last }}
            {%- endfor %}
        ] as order_names,
        flatten(list_transform(coalesce(body.line_items, []), lambda line: [
            {%- for name in prices %}
                if({{ says.format('line.' ~ name) }}, {'line': line.id, 'name': '{{ name }}'}, null),
            {%- endfor %}
            {%- for name in names %}
                if(line.{{ name }} <> '' and is_end, {'line': line.id, 'name': '{{ name }} ' || line.{{ name }}}, null),
            {%- endfor %}
            -- A parcel may be undone before it leaves, and is named ever after, by the line and by the order.
            if(
                if(
                    is_newest,
                    line.display_status not in ('IN_TRANSIT', 'DELIVERED', 'COMPLETED')
                    or line.package_id in package_ids or line.package_id <> '' and len(package_ids) = 0,
                    line.package_id <> ''
                ),
                {'line': line.id, 'name': 'package_id'},
                null
            ),
            if(is_end, {'line': '', 'name': 'line ' || line.id}, null)
        ])) as line_names
    from parsed
),

lost as (
    select
        earlier.shop_id,
        earlier.id,
        earlier.loaded_through,
        unnest(list_filter(
            list_concat(earlier.order_names, earlier.line_names),
            lambda reported: reported is not null and reported not in list_concat(newest.order_names, newest.line_names)
            and (reported.line = '' or reported.line in newest.line_ids)
        )) as gone
    from reported as earlier
    inner join reported as newest using (shop_id, id)
    where newest.is_newest and not earlier.is_newest
),

loads as (
    {{ newest_load([ref('stg_tiktok_shop__orders')]) }}
)

select
    shop_id,
    id as order_id,
    list_sort(list(distinct gone.name || if(gone.line = '', '', ' of line ' || gone.line))) as lost_names,
    max(loaded_through) as loaded_through
from lost
group by shop_id, id
union all
select
    '' as shop_id,
    '' as order_id,
    cast([] as varchar[]) as lost_names,
    loaded_through
from loads

-- Every id that a row of a map in force or to come names, and whether the system that it belongs to lists it. A system
-- that has listed nothing of the kind yet cannot disprove any. Orders of a shop that has moved are shipped and
-- cancelled where they are for weeks: it is mapped there until then.
{%- set lists = [
    ('warehouse', 'shop_id', 'warehouse_id', ref('stg_tiktok_shop__warehouses'), 'not is_deleted'),
    ('location', "''", 'location', ref('int_fulfilments__locations'), 'true'),
    ('sku', 'shop_id', 'seller_sku', 'skus', 'true'),
    ('item', "''", 'item', 'items', 'true'),
    ('component', "''", 'item', 'items', 'true'),
    ('component', "''", 'component', ref('stg_config__bundle_map'), 'not is_deleted'),
    ('component', "''", 'item', ref('int_stock__levels'), 'true'),
    ('account', "''", 'account_number', ref('int_ledger__accounts'), 'not is_inactive'),
    ('route', 'shop_id', "concat_ws('/', shop_id, system)", ref('stg_config__location_map'), 'not is_deleted'),
] %}
{%- set namings = [
    ('locations.csv', 'warehouse_id', 'warehouse', 'shop_id', ref('stg_config__location_map'), 'true'),
    ('locations.csv', 'location', 'location', "''", ref('stg_config__location_map'),
        'system in (select lists.system from ' ~ ref('int_systems') ~ ' as lists where lists.lists_locations)'),
    ('skus.csv', 'seller_sku', 'sku', 'shop_id', ref('stg_config__sku_map'), 'true'),
    ('bundles.csv', 'bundle', 'item', "''", ref('stg_config__bundle_map'), 'true'),
    ('buffers.csv', 'item', 'component', "''", ref('stg_config__buffer_map'), "item <> '*'"),
    ('accounts.csv', 'account_number', 'account', "''", ref('stg_config__account_map'), 'true'),
] %}

with today as (
    select coalesce(max(cast(as_of as date)), date '1970-01-01') as on_day from {{ ref('int_coverage__as_of') }}
),

-- What was ever listed: a row for what is sold out is no mistake.
skus as (
    select distinct
        shop_id,
        seller_sku
    from {{ ref('stg_tiktok_shop__skus') }}
    where seller_sku <> ''
),

items as (
    select coalesce(maps.item, skus.seller_sku) as item
    from skus
    left join {{ ref('stg_config__sku_map') }} as maps
        on skus.shop_id = maps.shop_id and skus.seller_sku = maps.seller_sku and not maps.is_deleted
),

listed as (
    {%- for kind, shop_id, id, relation, condition in lists %}
        select
            '{{ kind }}' as kind,
            {{ shop_id }} as shop_id,
            {{ id }} as id
        from {{ relation }}
        where
            {{ condition }}
            {%- if kind == 'route' %} and valid_to >= (select on_day - interval 60 day from today) {%- endif %}
        {%- if not loop.last %} union {%- endif %}
    {%- endfor %}
),

routes as (
    select
        shop_id,
        unnest(fulfilment_systems) as system
    from {{ ref('stg_config__shops') }}
    where not is_deleted
),

named as (
    {%- for map, column, kind, shop_id, relation, condition in namings %}
        select
            '{{ map }}' as map,
            '{{ {'item': 'seller_sku', 'account_number': 'netsuite_account'}.get(column, column) }}' as field,
            '{{ kind }}' as kind,
            {{ shop_id }} as shop_id,
            {{ column }} as id
        from {{ relation }}
        where not is_deleted and {{ condition }} and valid_to >= (select on_day from today)
        union
    {%- endfor %}
    select
        'locations.csv' as map,
        'shop_id' as field,
        'route' as kind,
        shop_id,
        concat_ws('/', shop_id, system) as id
    from routes
),

kinds as (
    select distinct
        kind,
        shop_id
    from listed
),

-- Of a number so long that a spreadsheet rounds it, the digits that it keeps; else what typing gets wrong.
lookalikes as (
    select
        kind,
        shop_id,
        {{ likeness('id') }} as likeness,
        min(id) as id
    from listed
    group by all
)

select
    named.map,
    named.field,
    named.shop_id,
    named.id as named_id,
    lookalikes.id as likely_id,
    case
        when listed.id is not null then 'matched'
        when kinds.kind is null and named.kind <> 'route' then 'in_transit'
        else 'missing_right'
    end as status
from named
left join listed
    on named.kind = listed.kind and named.shop_id = listed.shop_id and named.id = listed.id
left join lookalikes
    on
        named.kind = lookalikes.kind
        and named.shop_id = lookalikes.shop_id
        and lookalikes.likeness = {{ likeness('named.id') }}
left join kinds
    on named.kind = kinds.kind and named.shop_id = kinds.shop_id

{#-
Each name that an item has had, from when until when; the first from ever on, for it had it before we read it. `name`:
its path in a payload of `relation`.
-#}
{% macro item_names(relation, name) -%}
    with versions as (
        select
            shop_id,
            id as item_id,
            payload ->> '{{ name }}' as sku,
            observed_at
        from {{ relation }}
        where not is_deleted and (payload ->> '{{ name }}') <> ''
    )

    select
        shop_id,
        item_id,
        sku,
        if(lag(sku) over seen is null, timestamptz '1970-01-01 00:00:00+00', observed_at) as named_from,
        coalesce(lead(observed_at) over seen, timestamptz '9999-12-31 00:00:00+00') as named_until
    from versions
    window seen as (partition by shop_id, item_id order by observed_at)
{%- endmacro %}

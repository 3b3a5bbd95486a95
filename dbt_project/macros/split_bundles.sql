{#-
Lines in units of the items that a warehouse knows: of a bundle its parts by bundles.csv on `on_day`, of anything else
itself. `lines` has item and on_day; a line becomes a row per unit.
-#}
{% macro split_bundles(lines) -%}
    select
        {{ lines }}.* exclude (item),
        coalesce(bundles.component, {{ lines }}.item) as item,
        unnest(range(coalesce(bundles.quantity, 1))) as copy_number
    from {{ lines }}
    left join {{ ref('stg_config__bundle_map') }} as bundles
        on
            {{ lines }}.item = bundles.bundle
            and not bundles.is_deleted
            and {{ lines }}.on_day between bundles.valid_from and bundles.valid_to
{%- endmacro %}

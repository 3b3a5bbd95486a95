{#-
CTE body: since when a record has been as `condition` says without a break, up to its last version, null when it is not
so now. It reads the CTE `kept` (`kept_versions`). `as_name`: what the instant is called.
-#}
{% macro unbroken_since(condition, as_name) -%}
    select
        shop_id,
        id,
        min(observed_at) filter (where holds and (broken_at is null or observed_at > broken_at)) as {{ as_name }}
    from (
        select
            shop_id,
            id,
            observed_at,
            holds,
            max(observed_at) filter (where not holds) over (partition by shop_id, id) as broken_at
        from (
            select
                shop_id,
                id,
                observed_at,
                not is_deleted and coalesce({{ condition }}, false) as holds
            from kept
        ) as marked
    ) as dated
    group by shop_id, id
{%- endmacro %}

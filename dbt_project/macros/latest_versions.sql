{#-
One row per record from its raw versions. The latest version is the one observed last, then the one loaded last. A
deleted record keeps the payload it had when it was last seen, because later layers must say what has gone.

Of a few records the payload is fetched by its row alone, mostly one of the rows loaded last: a filter by key would read
the payloads of all. Of all records it is cheaper to carry it along.
-#}
{% macro latest_versions(relation) -%}
    {%- if builds_changed_keys() %}
    select
        latest.* exclude (payload),
        kept.payload
    from ({{ latest_of(relation, 'rowid') }}) as latest
    left join {{ relation }} as kept on latest.payload = kept.rowid
    {%- else %} {{ latest_of(relation, 'payload') }}
    {%- endif %}
{%- endmacro %}

{% macro latest_of(relation, payload) -%}
    select
        shop_id,
        id,
        arg_max(parent_id, version_order) filter (where not is_deleted) as parent_id,
        arg_max(api_version, version_order) filter (where not is_deleted) as api_version,
        arg_max(payload, version_order) filter (where not is_deleted) as payload,
        arg_max(is_deleted, version_order) as is_deleted,
        min(observed_at) as first_observed_at,
        max(observed_at) as observed_at,
        max(load_sequence) as loaded_through,
        list_sort(list(distinct parent_id) filter (where parent_id <> '')) as parent_ids,
        count(*) as versions
    from (
        select
            shop_id,
            id,
            parent_id,
            api_version,
            {{ payload }} as payload,
            is_deleted,
            observed_at,
            {{ load_sequence('load_id') }} as load_sequence,
            cast(epoch_us(observed_at) as hugeint) * 100000000000000000 + {{ load_sequence('load_id') }} as version_order
        from {{ relation }}
        {{ only_changed_keys('shop_id, id') }}
    ) as version
    group by shop_id, id
{%- endmacro %}

{#- The faults that were found, as a list; empty when the row is good. -#}
{% macro faults(found) -%}
    list_filter([{{ found | join(', ') }}], lambda f: f is not null)
{%- endmacro %}

{#- The faults of every entry of a list; `entry` is what an entry is called in them. -#}
{% macro faults_in(entries, entry, found) -%}
    flatten(list_transform(coalesce({{ entries }}, []), lambda {{ entry }}: {{ faults(found) }}))
{%- endmacro %}

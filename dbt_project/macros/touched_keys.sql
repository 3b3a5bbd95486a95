{#-
Incremental models rebuild the keys that were touched since they were last built, and nothing else.

Every row carries `loaded_through`: the newest load that had a say in it, as a number that grows with time. A model's
own newest `loaded_through` is its watermark; an upstream row above it makes its key touched. The pre-hook notes the
touched keys in a temporary table and forgets their old rows, also of keys that have vanished; the model then selects
the touched keys only, and appends.
-#}
{% macro touched() -%}touched__{{ this.identifier }}{%- endmacro %}

{#- A load id is the text of an instant, as 20260219T010000.000000Z; in tenths of a microsecond it sorts as time does. -#}
{% macro load_sequence(load_id) -%}
    epoch_us(strptime({{ load_id }}, '%Y%m%dT%H%M%S.%fZ')) * 10
{%- endmacro %}

{% macro built_through() -%}
    (select coalesce(max(loaded_through), 0) from {{ this }})
{%- endmacro %}

{#-
keys: of this model; upstream_keys: what they are called upstream; stamp: upstream's expression of its newest load;
also: a query of further keys, for what no load of their own reveals.
-#}
{% macro forget_touched(upstreams, keys, upstream_keys=none, stamp='loaded_through', also=none) -%}
    {%- if is_incremental() %}
    create or replace temp table {{ touched() }} as
    {%- for upstream in upstreams %}
    select {{ upstream_keys or keys }} from {{ upstream }} where {{ stamp }} > {{ built_through() }}
    {%- if not loop.last %} union {%- endif %}
    {%- endfor %}
    {%- if also %} union ({{ also }}) {%- endif %};
    delete from {{ this }} where ({{ keys }}) in (select {{ upstream_keys or keys }} from {{ touched() }});
    {%- endif %}
{%- endmacro %}

{#- Restricts an upstream to the touched keys; nothing on a full build. -#}
{% macro only_touched(keys) -%}
    {%- if is_incremental() %} semi join {{ touched() }} using ({{ keys }}) {%- endif %}
{%- endmacro %}

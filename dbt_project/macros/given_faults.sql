{#-
Faults of values that were given and cannot be read, one macro for each kind of value. One that is absent, null or ''
is none. A list or an object arrives as its JSON text.
-#}
{% macro given_fault(field, text, is_read, reason) -%}
    case
        when coalesce({{ text }}, '') <> '' and not coalesce({{ is_read }}, false)
            then {'field': '{{ field }}', 'value': {{ text }}, 'reason': '{{ reason }}'}
    end
{%- endmacro %}

{#- An id, a name or a word of a closed list. -#}
{% macro text_fault(field, text) -%}
    {{ given_fault(field, text,
        text ~ " not in ('true', 'false') and not (left(" ~ text ~ ", 1) in ('[', '{') and json_valid(" ~ text ~ "))",
        'not a text') }}
{%- endmacro %}

{% macro flag_fault(field, text, words="'true', 'false'") -%}
    {{ given_fault(field, text, text ~ ' in (' ~ words ~ ')', 'not a yes or no') }}
{%- endmacro %}

{% macro units_fault(field, text) -%}
    {{ given_fault(field, text, units(text) ~ ' is not null', 'not a count of units') }}
{%- endmacro %}

{#- The same of what is never less than none. -#}
{% macro count_fault(field, text) -%}
    {{ given_fault(field, text, units(text) ~ ' >= 0', 'not a count of units') }}
{%- endmacro %}

{% macro rate_fault(field, text, type) -%}
    {{ given_fault(field, text, 'try_cast(' ~ text ~ ' as ' ~ type ~ ') is not null', 'not a decimal rate') }}
{%- endmacro %}

{% macro day_fault(field, text) -%}
    {{ given_fault(field, text, day(text) ~ ' is not null', 'not a date') }}
{%- endmacro %}

{% macro instant_fault(field, text) -%}
    {{ given_fault(field, text, 'try_cast(' ~ text ~ ' as timestamptz) is not null', 'not a date and time') }}
{%- endmacro %}

{% macro given_currency_fault(field, text) -%}
    case when {{ text }} <> '' then {{ currency_fault(field, text) }} end
{%- endmacro %}

{#- A day in ISO, or as a user's preference writes it. -#}
{% macro day(text) -%}
    coalesce(try_cast({{ text }} as date), cast(try_strptime({{ text }}, ['%m/%d/%Y', '%d/%m/%Y']) as date))
{%- endmacro %}

{#- The same fault of several fields; `of` is the prefix of a name in the row, `shown` its prefix in quarantine. -#}
{% macro each_fault(fault, names, of='', shown='') -%}
    {%- for name in names %}
        {{ fault(shown ~ name, of ~ name) }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- The same of fields of a payload. -#}
{% macro each_fault_in(payload, fault, names) -%}
    {%- for name in names %}
        {{ fault(name, '(' ~ payload ~ " ->> '$." ~ name ~ "')") }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- An id that entries of one record (`within`) share, though they differ. -#}
{% macro shared_id_fault(field, text, within) -%}
    case
        when {{ text }} <> '' and count(*) over (partition by {{ within }}, {{ text }}) > 1
            then {'field': '{{ field }}', 'value': {{ text }}, 'reason': 'the id of several that differ'}
    end
{%- endmacro %}

{#- Parts of a payload that are no list or object, by path; `[*]` are the entries of a list. -#}
{% macro shape_faults(payload, shapes) -%}
    {%- for path, shape in shapes.items() %}
        case
            when len(list_filter(
                flatten([{{ 'json_type(' ~ payload ~ ", '$." ~ path ~ "')" if '[*]' in path
                    else '[json_type(' ~ payload ~ ", '$." ~ path ~ "')]" }}]),
                lambda type: type not in ('NULL', '{{ shape }}')
            )) > 0{{ '' if '[*]' in path else ' and (' ~ payload ~ " ->> '$." ~ path ~ "') <> ''" }}
                then {
                    'field': '{{ path }}',
                    'value': {{ payload }} ->> '$.{{ path.split('[*]')[0] }}',
                    'reason': 'not a{{ ' list' if shape == 'ARRAY' else 'n object' }}'
                }
        end{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- The same of one object, looked at only where a part of it (`read`) is null: to read a payload again is dear. -#}
{% macro object_fault(path, read) -%}
    case when {{ read }} is null then {{ shape_faults('payload', {path: 'OBJECT'}) }} end
{%- endmacro %}

{#- A line names one order: a sale by order_id, an adjustment and a reserve by the field of their own. -#}
{% macro other_order_fault(field) -%}
    case
        when
            fields.{{ field }}
            not in ('', coalesce(nullif(fields.order_id, ''), nullif(fields.adjustment_order_id, '')))
            then {'field': '{{ field }}', 'value': fields.{{ field }}, 'reason': 'another order than the line names'}
    end
{%- endmacro %}

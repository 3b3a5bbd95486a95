{#- Money arrives as text. '' means not supplied and becomes null; '0' is a real zero. Never float, never rounded on the way in. -#}
{% macro amount_pattern() -%}'-?[0-9]{1,12}([.][0-9]{1,4})?'{%- endmacro %}

{% macro amount(text) -%}
    case when regexp_full_match({{ text }}, {{ amount_pattern() }}) then try_cast({{ text }} as decimal(18, 4)) end
{%- endmacro %}

{% macro is_amount_damaged(text) -%}
    ({{ text }} is not null and {{ text }} <> '' and not regexp_full_match({{ text }}, {{ amount_pattern() }}))
{%- endmacro %}

{#- One entry of a row's list of faults, or null when the text is an amount or was not supplied. -#}
{% macro amount_fault(field, text) -%}
    case
        when {{ is_amount_damaged(text) }}
            then {'field': '{{ field }}', 'value': {{ text }}, 'reason': 'not a decimal amount'}
    end
{%- endmacro %}

{#- A fault for a text field that must be supplied. -#}
{% macro missing_fault(field, text) -%}
    case
        when coalesce({{ text }}, '') = ''
            then {'field': '{{ field }}', 'value': coalesce({{ text }}, ''), 'reason': 'required but not supplied'}
    end
{%- endmacro %}

{#- A fault for a currency that is no ISO 4217 code. -#}
{% macro currency_fault(field, text) -%}
    case
        when not regexp_full_match(coalesce({{ text }}, ''), '[A-Z]{3}')
            then {'field': '{{ field }}', 'value': coalesce({{ text }}, ''), 'reason': 'not a three-letter currency code'}
    end
{%- endmacro %}

{#- Every leaf of a fee map that is no amount. -#}
{% macro part_faults(prefix, parts) -%}
    list_transform(
        list_filter(map_entries({{ parts }}), lambda e: {{ is_amount_damaged('e.value') }}),
        lambda e: {'field': '{{ prefix }}' || e.key, 'value': e.value, 'reason': 'not a decimal amount'}
    )
{%- endmacro %}

{% macro to_minor_units(amount) -%}cast({{ amount }} * 10000 as bigint){%- endmacro %}

{#- An epoch-seconds field; 0, '' and absent all mean "not yet", and so does what is no time before the year 2100. -#}
{% macro epoch_instant(text) -%}
    to_timestamp(if(try_cast({{ text }} as bigint) between 1 and 4102444799, try_cast({{ text }} as bigint), null))
{%- endmacro %}

{#- Half up, away from zero, to whole minor units of a two-decimal currency. -#}
{% macro round_half_up(amount) -%}
    cast(round(cast({{ amount }} as decimal(38, 10)), 2) as decimal(18, 4))
{%- endmacro %}

{#- An amount as a journal carries it: two decimals, as text. -#}
{% macro money_text(amount) -%}cast(cast({{ amount }} as decimal(18, 2)) as varchar){%- endmacro %}

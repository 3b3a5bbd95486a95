{#- Our key of a journal, TTS-<shop>-<payment>-<YYYYMM>-R<revision>, in its parts; each is '' where it is no such key. What the
bank booked of a payout has a D in place of the R. -#}
{% macro journal_key(text) -%}
    regexp_extract(
        {{ text }}, '^TTS-(.+)-([^-]+)-([0-9]{6})-([RD])([0-9]+)$',
        ['shop', 'payment', 'month', 'letter', 'revision']
    )
{%- endmacro %}

{#- The memo of a journal of ours. -#}
{% macro journal_memo(key) -%}
    {{ key }} || ' TikTok Shop payout'
{%- endmacro %}

{#- What a journal is of: a payout, or a deposit that the bank booked for one. -#}
{% macro journal_subject(key) -%}
    if({{ key }}.letter = 'D', 'deposit', 'payout')
{%- endmacro %}

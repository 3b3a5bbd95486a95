{#- Our key of a journal, TTS-<shop>-<payment>-<YYYYMM>-R<revision>, in its parts; each is '' where it is no such key. -#}
{% macro journal_key(text) -%}
    regexp_extract(
        {{ text }}, '^TTS-(.+)-([^-]+)-([0-9]{6})-R([0-9]+)$', ['shop', 'payment', 'month', 'revision']
    )
{%- endmacro %}

{#- The memo of a journal of ours. -#}
{% macro journal_memo(key) -%}
    {{ key }} || ' TikTok Shop payout'
{%- endmacro %}

{#-
Orders that a system was sent since it was last read: what was sent before that, and is not among those it showed, is not
there. The caller's `last_read` says through which load it was read. A load's id is the instant at which it began, on the
clock that stamps what we send.
-#}
{% macro sent_since_read(system, shown) -%}
    select
        sent.order_id,
        sent.control_number as warehouse_order_id,
        sent.order_id as reference,
        false as is_merged,
        sent.location,
        'sent' as warehouse_status,
        sent.lines,
        sent.sent_at as first_observed_at,
        sent.sent_at as observed_at
    from {{ ref('int_fulfilments__sent') }} as sent
    cross join last_read
    anti join {{ shown }} as shown on sent.control_number = shown.warehouse_order_id
    where
        sent.system = '{{ system }}'
        and sent.purpose = 'N'
        and epoch_us(sent.sent_at) * 10 > coalesce(last_read.loaded_through, 0)
{%- endmacro %}

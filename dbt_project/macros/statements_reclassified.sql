{#-
Statements that this model shows otherwise than they are classified now. A statement stops being a copy when its twin is
changed or removed, which is no load of its own.
-#}
{% macro statements_reclassified() -%}
    with shown as (
        select distinct shop_id, statement_id, payment_id from {{ this }}
    ),

    due as (
        select shop_id, statement_id, payment_id
        from {{ ref('int_settlements__statements') }}
        semi join {{ ref('int_books__statement_classes') }} using (shop_id, statement_id)
        where arithmetic not in ('deleted', 'surplus')
    )

    select shop_id, statement_id from (select * from shown except select * from due) as no_longer
    union
    select shop_id, statement_id from (select * from due except select * from shown) as newly
{%- endmacro %}

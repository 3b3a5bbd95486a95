{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select order_id from {{ ref('int_newstore__warehouse_orders') }}

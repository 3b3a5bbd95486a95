{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select order_id from {{ ref('int_netsuite__warehouse_orders') }}

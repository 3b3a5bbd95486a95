{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select order_id from {{ ref('int_linnworks__warehouse_orders') }}

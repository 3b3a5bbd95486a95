{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select order_id from {{ ref('stg_gxo__shipping_advices') }}
where not is_deleted

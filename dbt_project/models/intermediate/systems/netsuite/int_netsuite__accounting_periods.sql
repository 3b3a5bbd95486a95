{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    period_id,
    period_name,
    start_date,
    end_date,
    earliest_start_date,
    latest_end_date,
    is_closed,
    is_month,
    is_deleted,
    loaded_through
from {{ ref('stg_netsuite__accounting_periods') }}

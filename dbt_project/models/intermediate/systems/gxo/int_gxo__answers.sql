{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- A TA1 speaks of the envelope alone: it answers where it refuses and no 997 has checked what was inside.
select
    group_control_number as control_number,
    coalesce(
        arg_max(status, observed_at) filter (where functional_id = 'OW'), arg_max(status, observed_at)
    ) as status,
    max(observed_at) as answered_at,
    max(loaded_through) as loaded_through
from {{ ref('stg_gxo__acknowledgements') }}
where functional_id = 'OW' or (functional_id = 'TA1' and status = 'R')
group by group_control_number

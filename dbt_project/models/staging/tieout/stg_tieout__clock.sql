{{ config(materialized=atomic_view()) }}

-- Our own time: when anything of ours was last copied. One row.
select max(observed_at) as copied_at from {{ source('raw_tieout', 'coverage') }}

{{ config(materialized=atomic_view()) }}

-- Every system that is read, with what it is: one row per system of the project's list (macros/systems.sql).
{{ rows_of_systems() }}

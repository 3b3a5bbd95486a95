"""What makes dbt's models cheap to keep current: only changed models are built, and dbt's own SQL is sent again.

Belongs here: which models have changed (lineage), dbt inside this process (invoke), the SQL that dbt sent (replay), its
data tests run without it (data_tests), what is kept per state of the project (project). Does not: any model, or what
a failing test holds. docs/dbt-accelerator.md has the measurements and the switch to stock dbt.
"""

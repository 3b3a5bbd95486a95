"""When things happen: steps, assets, checks, schedules and the command line.

Belongs here: the order of work, and the only imports of Dagster, dbt, typer and rich. Does not: business rules (dbt's),
wires (connectors'), sending (reverse_sync's).
"""

"""NewStore over both generations of its API: client credentials, problems and legacy errors, jobs for bulk stock.

Belongs here: the wire protocol, and the checks that a reply is complete. Does not: what orders and stock mean (dbt),
or which order is sent (reverse_sync).
"""

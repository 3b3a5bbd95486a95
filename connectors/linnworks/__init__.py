"""Linnworks over its RPC-like API: sessions, limits per method, paging, errors in plain text.

Belongs here: the wire protocol, and the checks that a reply is complete. Does not: what orders and levels mean (dbt),
or which order is sent (reverse_sync).
"""

"""Linnworks over its RPC-like API: sessions, limits per method, paging, errors in plain text.

Belongs here: the wire and what its answers must hold to be believed. Does not: what orders and levels mean (dbt), or
which order is sent (reverse_sync).
"""

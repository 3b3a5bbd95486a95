"""Requests over HTTP for every system: signing hooks, retries, shared limits, breakers, errors, redaction.

Belongs here: what all systems need alike. Does not: any name, code or quirk of one system.
"""

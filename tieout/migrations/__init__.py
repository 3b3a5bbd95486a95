"""Alembic's folder: how an operational database of an earlier release becomes today's.

Belongs here: env.py and versions/. Does not: the tables as they are today (tieout.state).
"""

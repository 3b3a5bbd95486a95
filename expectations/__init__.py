"""Expectations: did what arrived look right? Great Expectations on newly landed raw rows.

Belongs here: the partner's shape, vocabulary and ranges that we rely on. Does not: rules between records (dbt tests)
or between systems (dbt rec_ models). Great Expectations takes seconds to import, so only functions import it.
"""

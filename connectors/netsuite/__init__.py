"""NetSuite over REST: the record service and SuiteQL, OAuth 2.0 client credentials or OAuth 1.0a tokens.

Belongs here: authentication, paging, error details, ids from Location. Does not: which record says what (reverse_sync).
"""

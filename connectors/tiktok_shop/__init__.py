"""TikTok Shop Partner API, v202309 and later: orders, statements, payments and webhooks.

Belongs here: endpoints, signing, tokens, codes, paging and completeness. Does not: what a fee means, or where rows go.
"""

"""How TikTok Shop settles: what an order earns, which line of which statement says so, and what is paid out.

Belongs here: transactions, statements and payments. Does not: the orders themselves, or the bank.
"""

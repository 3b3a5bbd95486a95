"""One module per vendor we write to: from a desired state to the vendor's calls, and back.

Belongs here: payloads, comparing what is there with what is desired. Does not: retries, leases, approvals (engine).
"""

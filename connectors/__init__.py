"""How tieout talks to the systems: one folder per system, and `transport`, the only code that knows HTTP.

Belongs here: wires, authentication, paging, limits, errors. Does not: what the answers mean, or where they are kept.
"""

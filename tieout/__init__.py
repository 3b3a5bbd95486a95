"""The ground floor: settings, money, clock, warehouse access and operational state.

Belongs here: what every other folder may rest on. Does not: anything that knows a vendor, a loader or an orchestrator.
"""

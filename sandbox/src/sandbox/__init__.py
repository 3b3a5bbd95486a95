"""The vendors and the bank, standing in on their real wires, with a world that trades.

Belongs here: vendor behaviour written from the vendor facts alone. Does not: anything of the product.
Nothing below this folder imports tieout, connectors, ingestion or any other folder of the product, and the
product never learns that the sandbox exists: a shared helper would hide a shared mistake.
"""

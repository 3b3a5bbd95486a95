"""The world that trades: real baskets become orders, parcels, settlements, payouts and bank deposits.

Belongs here: what happens in the sandbox when its clock moves, and the business failures one can plant. Does not:
any wire; the vendors' servers only show the records that the world writes. Everything follows from the seed.
"""

from sandbox.world.clockwork import advance, create_world
from sandbox.world.incidents import plant

__all__ = ["advance", "create_world", "plant"]

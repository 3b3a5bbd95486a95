"""The errors that end a command, worded so that a person knows what to do next.

    TieoutError            anything we raise on purpose
    +- ConfigError         a setting, map row or secret is missing or wrong: names it, and the valid values
    +- DataError           a record or file cannot be used as it is: names field, value and remedy
    +- StateError          the operational state is damaged, lost or cannot be written: names the way back
    +- WarehouseError      the warehouse file is damaged or cannot be written: names the way back
    +- LockedError         another process holds what we need, and did not let go in time

Belongs here: errors of our own ground. Does not: errors of a wire (connectors.transport.errors).
"""

from __future__ import annotations


class TieoutError(Exception):
    """Anything tieout raises on purpose. The message is written for the person who reads it."""


class ConfigError(TieoutError):
    """A setting, a map row or a secret is missing or wrong."""


class DataError(TieoutError):
    """A record or a file cannot be used as it is."""


class StateError(TieoutError):
    """The operational state is damaged, lost, or cannot be written."""


class WarehouseError(TieoutError):
    """The warehouse file is damaged, or cannot be written."""


class LockedError(TieoutError):
    """Another process holds what we need, and did not let go in time."""

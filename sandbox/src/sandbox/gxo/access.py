"""Who may log in at the site, and what a client must know of it.

Belongs here: the site's entry in the list of systems. Does not: keys (`sandbox.sftp`).
"""

from __future__ import annotations

from typing import Any

from sandbox.gxo import file_faults, profile
from sandbox.sftp import Access, place_of
from sandbox.sftp import access as kept_access
from sandbox.store import Store

USER = "northgate"


def access(store: Store) -> Access:
    """Return the secrets, made on first use."""
    return kept_access(store, profile.SYSTEM, USER)


def systems_entry(store: Store, url: str) -> dict[str, Any]:
    """Return all that an SFTP client needs, the partner profile, and how the site behaves."""
    return {
        **place_of(access(store), url),
        "folders": list(profile.FOLDERS),
        "partner": {
            "qualifier": profile.QUALIFIER,
            "client_id": profile.CLIENT_ID,
            "warehouse_id": profile.WAREHOUSE_ID,
            "interchange_version": profile.INTERCHANGE_VERSION,
            "group_version": profile.GROUP_VERSION,
            "site": profile.SITE,
            "time_zone": "UTC",
            "services": sorted(profile.SERVICES),
            "carriers": profile.CARRIERS,
        },
        "limits": profile.limits(store),
        "file_faults": file_faults.FILE_KINDS,
        "quirks": QUIRKS,
    }


QUIRKS = [
    "Files are read every half hour of world time; a file named *.tmp is left alone; a file read goes to archive/.",
    "A 940 is cancelled by W05*F (or D) until picking begins; the 945 then says IC and 0. Later it ships regardless.",
    "A W12 of a line that is spread over cartons reports its part; the line's shortage is in its last W12.",
    "Other channels' sales of the same stock come as 947 with reason AH.",
    "947 reasons 05 and 55 put units on hold and take them off it; on hand does not move.",
    "Clients write to in/ only; they may remove a file of out/ or move it to archive/, and change nothing there.",
    "Text without a whole ISA cannot be answered: the file goes to archive/ without TA1 or 997.",
    "Rename fails when the target exists; posix-rename replaces it.",
]

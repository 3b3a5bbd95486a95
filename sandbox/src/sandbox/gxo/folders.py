"""The site's SFTP folders: clients write to `in/`, and take files of `out/` away or move them to `archive/`.

Belongs here: the three folders. Does not: how files are kept (`sandbox.sftp`), and what they say.
"""

from __future__ import annotations

from sandbox.gxo.profile import FOLDERS, SYSTEM
from sandbox.sftp.share import Share, content, name_of

__all__ = ["SHARE", "archive", "content", "found", "in_folder", "move", "name_of", "remove", "save"]

# A client names its own files anew until they are read, and may archive what it has read.
SHARE = Share(
    SYSTEM,
    FOLDERS,
    writable=frozenset({"in"}),
    moves=frozenset({("in", "in"), ("out", "archive")}),
    kept=frozenset({"archive"}),
)
archive, found, in_folder, move, remove, save = (
    SHARE.archive,
    SHARE.found,
    SHARE.in_folder,
    SHARE.move,
    SHARE.remove,
    SHARE.save,
)

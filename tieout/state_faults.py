"""What is wrong with the operational state's database, in one sentence each: no SQL, no values, no stack.

Belongs here: from a driver's error to ours. Does not: when a state is missing where there was one (state_loss).
"""

from __future__ import annotations

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError

from tieout.errors import ConfigError, LockedError, StateError, TieoutError

CONNECT_SECONDS = 10
_FULL = ("SQLITE_FULL", "SQLITE_IOERR", "53100", "53200")
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "XX001", "XX002")
_LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03")


def server_engine(url: str) -> Engine:
    """Return the engine of a database server.

    Raises:
        ConfigError: when the URL names none that is known.
    """
    try:
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_SECONDS})
    except (ArgumentError, NoSuchModuleError) as error:
        raise ConfigError(
            "state_url is no database tieout knows: expected postgresql://user:password@host/database, or nothing for"
            " SQLite in the home folder"
        ) from error


def tell_faults(engine: Engine, *, wait_seconds: float) -> None:
    """Raise our own errors in place of the driver's, but for rows that break a constraint."""
    shown = engine.url.render_as_string(hide_password=True)

    @event.listens_for(engine, "handle_error")
    def _tell(context: ExceptionContext) -> TieoutError | None:
        if context.is_pre_ping or isinstance(context.sqlalchemy_exception, IntegrityError):
            return None
        return fault_of(context.original_exception, shown, wait_seconds=wait_seconds)


def fault_of(error: BaseException, shown: str, *, wait_seconds: float) -> TieoutError:
    """Return what a driver's error means; `shown` is the database as people know it, without a password."""
    code = str(getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or "")
    found = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if code.startswith(_LOCKED):
        return LockedError(
            f"the state {shown} stayed locked for {wait_seconds:.0f} s: another tieout, or a program that has the file"
            " open, is writing to it; wait for it, or end it"
        )
    if code.startswith(_FULL):
        return StateError(
            f"the state {shown} cannot be written ({found}): free disk space and run it again; what was done is kept"
        )
    if code.startswith(_DAMAGED):
        return StateError(
            f"the state {shown} is damaged ({found}): restore it from its backup; approvals, acknowledgements and the"
            " numbers given out are kept nowhere else"
        )
    return ConfigError(f"the state {shown} cannot be used: {found} (setting state_url)")

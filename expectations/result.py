"""What came of a suite, in plain values that need no Great Expectations to read.

Belongs here: the shapes and how a break is reported. Does not: running anything (runner).
"""

from __future__ import annotations

from dataclasses import dataclass

SYSTEMIC_SHARE = 0.05
SYSTEMIC_ROWS = 10


@dataclass(frozen=True)
class ExpectationResult:
    """One expectation: what it claims, and how many rows broke it. `error` is set when it could not be checked."""

    claim: str
    is_blocking: bool
    passed: bool
    unexpected: int = 0
    share: float = 0.0
    examples: tuple[str, ...] = ()
    error: str = ""
    is_per_row: bool = False

    @property
    def text(self) -> str:
        """Return the break as one sentence."""
        if self.error:
            return f"{self.claim}: could not be checked: {self.error}"
        shown = f", such as {', '.join(self.examples)}" if self.examples else ""
        return f"{self.claim}: {self.unexpected} rows break it{shown}"


@dataclass(frozen=True)
class SuiteResult:
    """One raw table's newly landed rows held to its suite. `shops`: those whose rows break it so that it blocks."""

    table: str
    rows: int
    results: tuple[ExpectationResult, ...]
    shops: tuple[str, ...] = ()

    @property
    def blocking(self) -> list[str]:
        """Return breaks that would make money wrong, and what could not be checked.

        A few unreadable amounts block nothing: staging puts those rows aside and names them. They block as soon as they
        look like a changed format: ten rows and a twentieth of all.
        """
        return [r.text for r in self.results if not r.passed and _blocks(r)]

    @property
    def warnings(self) -> list[str]:
        """Return the other breaks."""
        return [r.text for r in self.results if not r.passed and not _blocks(r)]


def _blocks(result: ExpectationResult) -> bool:
    if result.error:
        return True
    is_systemic = result.unexpected >= SYSTEMIC_ROWS and result.share >= SYSTEMIC_SHARE
    return result.is_blocking and (is_systemic or not result.is_per_row)

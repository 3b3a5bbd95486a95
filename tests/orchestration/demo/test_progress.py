"""The demo is never silent for long, and shows one clock: the world's."""

from datetime import UTC, datetime
from threading import Event

from orchestration.demo.progress import SILENCE, progress_of


def test_what_is_being_done_is_reported_again_and_again_while_nothing_else_is():
    reported, reported_twice = [], Event()

    def report(text: str) -> None:
        reported.append(text)
        if len(reported) == 2:
            reported_twice.set()

    with progress_of(report, silence=0.05) as progress:
        progress.world_at = datetime(2026, 1, 12, 6, tzinfo=UTC)
        progress.doing("building the models")
        assert reported_twice.wait(10)
    assert {text.split(",")[0] for text in reported} == {"Mon 12 Jan 06:00  ... building the models"}
    assert SILENCE <= 20


def test_what_happens_is_reported_at_once_and_breaks_no_silence():
    reported = []
    with progress_of(reported.append, silence=60) as progress:
        progress.print("the stand-ins serve")
        progress.doing("building the models")
        progress.world_at = datetime(2026, 1, 12, 19, tzinfo=UTC)
        progress.print("1 order to GXO")
    assert reported == ["the stand-ins serve", "Mon 12 Jan 19:00  1 order to GXO"]

"""A quick lane in Dagster: read once for all of its syncs, and a failing check holds every one of them."""

from __future__ import annotations

import dagster as dg
import pytest

from orchestration.assets.assembly import build_definitions
from orchestration.assets.resources import TieoutResource
from orchestration.steps import cycle, steps
from reverse_sync import ApplyReport, Plan
from reverse_sync.registry import SYNCS
from reverse_sync.sync import ORDER_LANE, PARCEL_LANE
from tieout.errors import DataError

LANE = {sync.name for sync in SYNCS if sync.lane in (ORDER_LANE, PARCEL_LANE)}

pytestmark = pytest.mark.filterwarnings("ignore:AssetExecutionContext.* is deprecated:DeprecationWarning")


@pytest.fixture
def written(monkeypatch):
    """The syncs that were planned and applied; no vendor is asked."""
    applied = []
    monkeypatch.setattr(steps, "plan_step", lambda *_args, **_more: Plan((), None, "", True))

    def apply(*_args, only, **_more):
        applied.append(only)
        return ApplyReport((), {})

    monkeypatch.setattr(steps, "apply_step", apply)
    return applied


def run_lane(files, make_settings, demo_config):
    tieout = TieoutResource(config_dir=str(demo_config), home=str(make_settings().home))
    job = build_definitions(files=files, resources={"tieout": tieout}).resolve_job_def("fulfilment_lane")
    with dg.DagsterInstance.ephemeral() as instance:
        return job.execute_in_process(instance=instance, raise_on_error=False)


def test_one_reading_serves_all_syncs(files, make_settings, demo_config, written, monkeypatch):
    read = []
    monkeypatch.setattr(
        cycle, "bring_up_to_date", lambda _settings, _state, syncs, report: read.append(set(syncs)) or []
    )
    assert run_lane(files, make_settings, demo_config).success
    assert read == [LANE]
    assert sorted(written) == sorted(LANE)


def test_a_reading_that_fails_holds_every_sync_of_the_lane(files, make_settings, demo_config, written, monkeypatch):
    def blocked(*_args, **_more):
        raise DataError("a price is no number")

    monkeypatch.setattr(cycle, "bring_up_to_date", blocked)
    assert not run_lane(files, make_settings, demo_config).success
    assert written == []

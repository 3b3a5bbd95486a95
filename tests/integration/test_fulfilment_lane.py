"""Dagster's fulfilment lane sends orders and shows parcels, and reads what all of its syncs are made of once."""

from __future__ import annotations

from collections import Counter

import dagster as dg
import pytest

from orchestration.assets.assembly import build_definitions
from orchestration.assets.resources import DbtProjectFiles, TieoutResource
from tests.support.connected import copy_of

SHOPS = 2

pytestmark = pytest.mark.filterwarnings("ignore:AssetExecutionContext.* is deprecated:DeprecationWarning")


def test_one_reading_serves_every_sync_of_the_lane(shipping, tmp_path_factory):
    with copy_of(shipping, tmp_path_factory) as (world, folder):
        world.call("POST", "/_sandbox/clock", {"advance_hours": 8})
        world.call("DELETE", "/_sandbox/tiktok_shop/calls")
        tieout = TieoutResource(config_dir=str(folder), home=str(world.home))
        definitions = build_definitions(files=DbtProjectFiles(home=world.home), resources={"tieout": tieout})
        with dg.DagsterInstance.ephemeral() as instance:
            done = definitions.resolve_job_def("fulfilment_lane").execute_in_process(instance=instance)

        reported = [
            event.step_materialization_data.materialization for event in done.get_asset_materialization_events()
        ]
        written = {each.asset_key.path[1] for each in reported if "acknowledged" in each.metadata}
        calls = Counter(call["path"] for call in world.call("GET", "/_sandbox/tiktok_shop/calls"))
    assert done.success
    assert written >= {"warehouse_orders", "orders", "labels", "shipments"}
    assert calls["/order/202309/orders/search"] == SHOPS

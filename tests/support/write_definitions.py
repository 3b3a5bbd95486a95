"""What is derived and kept all the same: the names of everything Dagster shows, and `.env.example`.

Run `python -m tests.support.write_definitions` to accept a change of them.
"""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from orchestration.assets.assembly import build_definitions
from tests.support import environment

SNAPSHOT = Path(__file__).resolve().parent.parent / "snapshots" / "definitions.txt"


def names(definitions: dg.Definitions) -> list[str]:
    """Return one line per asset, check, freshness policy, job and schedule."""
    graph = definitions.resolve_asset_graph()
    lines = [f"asset {key.to_user_string()}" for key in graph.get_all_asset_keys()]
    lines += [f"check {key.asset_key.to_user_string()}:{key.name}" for key in graph.asset_check_keys]
    lines += [f"fresh {s.key.to_user_string()}" for s in definitions.resolve_all_asset_specs() if s.freshness_policy]
    lines += [f"job {job.name}" for job in definitions.resolve_all_job_defs() if not job.name.startswith("__")]
    lines += [f"schedule {schedule.name}" for schedule in definitions.schedules or ()]
    return sorted(lines)


if __name__ == "__main__":
    SNAPSHOT.write_text("\n".join(names(build_definitions())) + "\n")
    environment.EXAMPLE.write_text(environment.example())

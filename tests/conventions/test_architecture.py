"""The pictures of docs/architecture.md are true: layers of models, and the files and jobs that they name.

Belongs here: what a picture says that code can confirm. Does not: links and tables of the page (test_docs).
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from orchestration.assets.schedules import cycle_job, lane_jobs
from tests.support.model_graph import LAYERS, graph

ROOT = Path(__file__).resolve().parents[2]
PICTURES = re.findall(r"```mermaid\n(.*?)```", (ROOT / "docs/architecture.md").read_text(), flags=re.S)
ANY_SYSTEM = "tiktok_shop"


def test_the_picture_of_the_models_shows_which_layer_reads_which() -> None:
    drawn = set(re.findall(rf"^  ({'|'.join(LAYERS)}) --> ({'|'.join(LAYERS)})$", "".join(PICTURES), flags=re.M))
    read = {
        (graph()[name].layer, model.layer)
        for model in graph().values()
        for name in model.reads & graph().keys()
        if graph()[name].layer != model.layer
    }
    assert drawn == read, f"draw {sorted(read - drawn)}, remove {sorted(drawn - read)}"


def test_every_file_and_folder_in_a_picture_exists() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = ["/" + name for name in tracked.stdout.split()]
    named = {name for picture in PICTURES for name in re.findall(r"[A-Za-z_/]+(?:\.py|/(?=[\"<\] ]))", picture)}
    missing = [name for name in named if not any(f"/{name.replace('SYSTEM', ANY_SYSTEM)}" in path for path in paths)]
    assert len(named) > len(PICTURES) and not [name for name in missing if "SUBJECT" not in name], missing


def test_the_picture_of_orchestration_names_every_job() -> None:
    jobs = {job.name for job in (cycle_job(), *lane_jobs())}
    assert set(re.findall(r"\w+_(?:cycle|lane)\b", "".join(PICTURES))) == jobs

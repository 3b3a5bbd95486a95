"""dbt's models flow downhill: from raw through staging, and from each layer to the next.

Belongs here: which layer may read which, and that something reads each model. Does not: what a model says.
"""

from __future__ import annotations

import re

from tests.support.model_graph import LAYERS, graph, read_in_python

PACKAGES = ("tieout", "ingestion", "reverse_sync", "orchestration", "expectations")
COMPARED = re.compile(r"rec_[a-z]+__[a-z_]+_vs_[a-z_]+$")
PUBLISHED = ("marts", "sync")
"""What is there for readers outside of dbt."""


def test_no_model_reads_a_later_layer():
    uphill = [
        f"{model.name} ({model.layer}) reads {name} ({graph()[name].layer})"
        for model in graph().values()
        for name in sorted(model.reads & graph().keys())
        if LAYERS.index(graph()[name].layer) > LAYERS.index(model.layer)
    ]
    assert not uphill, "\n".join(["what several layers need belongs to the first of them:", *uphill])


def test_raw_tables_are_read_by_staging_alone():
    raw = [f"{model.name} reads {sorted(model.sources)}" for model in graph().values() if model.sources]
    below = [text for text in raw if graph()[text.split()[0]].layer != "staging"]
    assert not below, "\n".join(["a raw table is typed once, in staging:", *below])


def test_a_reconciliation_compares_two_sides():
    others = [
        node.name for node in graph().values() if node.layer == "reconciliation" and not COMPARED.match(node.name)
    ]
    assert not others, f"a step that compares no two sides is intermediate: {others}"


def test_every_model_is_read():
    read = frozenset[str]().union(*(model.reads for model in graph().values())) | read_in_python(PACKAGES)
    unread = [model.name for model in graph().values() if model.layer not in PUBLISHED and model.name not in read]
    assert not unread, f"read by no model, no mart and no sync: {unread}"

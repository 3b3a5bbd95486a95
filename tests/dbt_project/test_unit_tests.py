"""The unit tests that stand beside the models hold."""

from orchestration.accelerator.invoke import dbt_results
from tests.support.raw_world import ROOT


def test_every_unit_test_beside_a_model_passes(home, make_settings):
    results = dbt_results(make_settings(home=home), ["test", "--select", "test_type:unit"])
    reported = {str(result.node.name): (str(result.status), result.message) for result in results}
    assert {name: why for name, why in reported.items() if why[0] != "pass"} == {}
    written = sum(path.read_text().count("\n    model: ") for path in (ROOT / "dbt_project").rglob("*.yml"))
    assert len(reported) == written > 0

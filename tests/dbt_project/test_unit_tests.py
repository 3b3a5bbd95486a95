"""The unit tests that stand beside the models hold."""

from dbt.cli.main import dbtRunner

from tests.support.raw_world import ROOT


def test_every_unit_test_beside_a_model_passes(home):
    folders = ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT), "--target-path", str(home / "unit")]
    quiet = ["--quiet", "--log-level", "none", "--log-level-file", "none", "--log-path", str(home / "log")]
    outcome = dbtRunner().invoke(["test", "--select", "test_type:unit", *folders, *quiet])
    assert outcome.exception is None
    told = {str(result.node.name): (str(result.status), result.message) for result in outcome.result}
    assert {name: why for name, why in told.items() if why[0] != "pass"} == {}
    written = sum(path.read_text().count("\n    model: ") for path in (ROOT / "dbt_project").rglob("*.yml"))
    assert len(told) == written > 0

"""The evaluation of the analysis reads cases as published and counts them right, on a small window of our own."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.bench import bench_analysis, petshop, telemetry
from tests.incidents.analysis.scenes import ELEVEN, MINUTE

CULPRIT, DECOY = "c" * 40, "d" * 40


def moment(minutes: float) -> str:
    return datetime.fromtimestamp(ELEVEN + minutes * MINUTE, UTC).isoformat().replace("+00:00", "Z")


def write_window(folder: Path, **truth: Any) -> None:
    """A window in which ``orders`` loses a table with one deployment, and gets a new color with a later one."""
    (folder / "context").mkdir(parents=True)
    metrics = ["timestamp,service,metric,value"]
    metrics += [f"{moment(at)},orders,error_ratio,{0.6 if at >= 0 else 0.01}" for at in range(-50, 10)]
    error = {"service": "orders", "severity_text": "ERROR", "msg": 'relation "order_notes" does not exist'}
    logs = [json.dumps({"timestamp": moment(at / 4), **error}) for at in range(30)]
    (folder / "metrics.csv").write_text("\n".join(metrics))
    (folder / "logs.ndjson").write_text("\n".join(logs))
    commits = [
        {"sha": CULPRIT, "timestamp": moment(-9), "message": "notes", "files_changed": ["services/orders/notes.py"],
         "diff": "@@ notes.py\n+rows = db.execute('SELECT * FROM order_notes')"},
        {"sha": DECOY, "timestamp": moment(-3), "message": "colors", "files_changed": ["services/orders/a.css"],
         "diff": "@@ a.css\n-.a { color: red; }\n+.a { color: blue; }"},
    ]  # fmt: skip
    documents: dict[str, Any] = {
        "context/commits.json": commits,
        "context/deploys.json": [
            {"timestamp": moment(-8), "service": "orders", "commit_sha": CULPRIT},
            {"timestamp": moment(-2), "service": "orders", "commit_sha": DECOY},
        ],
        "context/flags.json": [
            {"timestamp": moment(-20), "flag": "banner", "service": "web", "change": "off->on"}
        ],
        "alert.json": {"service": "orders", "metric": "error_ratio", "fired_at": moment(4), "summary": "orders fails"},
        "traces.json": [
            {"span_id": "a", "parent_id": None, "service": "web", "name": "GET /", "start": moment(1)},
            {"span_id": "b", "parent_id": "a", "service": "orders", "name": "N", "start": moment(1), "error": "5xx"},
        ],
        "patterns.json": [{"signature": "relation", "service": "orders", "count": 3, "sentiment": "negative"}],
        "ground_truth.json": {
            "root_cause_commit": CULPRIT, "first_failing_service": "orders", "decoy_deploy_commits": [DECOY], **truth,
        },
    }  # fmt: skip
    for name, content in documents.items():
        (folder / name).write_text(json.dumps(content))


def test_window_is_read_and_judged(tmp_path: Path) -> None:
    write_window(tmp_path / "one")
    (window,) = telemetry.windows(tmp_path)
    assert {one.key for one in window.observed.changes} == {CULPRIT, DECOY, "flag banner"}
    assert [(call.caller, call.callee) for call in window.observed.calls] == [("web", "orders")]
    verdict = bench_analysis.judged(window)
    assert (verdict.rank, verdict.abstained, verdict.convicted, verdict.first_failing) == (1, False, 0, True)
    assert verdict.is_right
    assert bench_analysis.latest_deploys([window]) == 0


def test_naming_a_change_where_there_is_none_is_wrong(tmp_path: Path) -> None:
    write_window(tmp_path / "one", root_cause_commit="none", decoy_deploy_commits=[CULPRIT, DECOY])
    (window,) = telemetry.windows(tmp_path)
    verdict = bench_analysis.judged(window)
    assert not verdict.is_right
    assert verdict.convicted == 1
    assert "decoys convicted 1" in bench_analysis.summed([verdict])


def write_issue(root: Path) -> None:
    """An issue in which ``stock`` is slow and ``web``, which calls it, with it; ``batch`` was always so."""
    names = ["web", "stock", "batch"]

    def table(times: list[float], values: dict[str, float]) -> str:
        head = [
            ["service", *names],
            ["metric", *["latency"] * 3],
            ["statistic", *["p99"] * 3],
            ["time", "", "", ""],
        ]
        rows = [[str(at), *(str(values[name] * (1 + 0.01 * (turn % 3))) for name in names)]
                for turn, at in enumerate(times)]  # fmt: skip
        return "\n".join(",".join(row) for row in [*head, *rows])

    folder = root / "low" / "train" / "issue_0"
    folder.mkdir(parents=True)
    (root / "low" / "noissue").mkdir()
    quiet = {"web": 1.0, "stock": 0.5, "batch": 2.0}
    (root / "low" / "noissue" / "metrics.csv").write_text(table([1e6 + 300 * n for n in range(60)], quiet))
    rows = table([ELEVEN + 300 * n for n in range(2)], quiet | {"batch": 9.0}).splitlines()
    rows += table(
        [ELEVEN + 300 * n for n in range(2, 6)], {"web": 1.9, "stock": 1.4, "batch": 9.0}
    ).splitlines()[4:]
    (folder / "metrics.csv").write_text("\n".join(rows))
    target = {
        "target": {"node": "web", "metric": "latency", "timestamp": ELEVEN},
        "root_cause": {"node": "stock"},
    }
    (folder / "target.json").write_text(json.dumps(target))
    (root / "low" / "graph.csv").write_text(",web,stock,batch\nweb,0,1,1\nstock,0,0,0\nbatch,0,0,0")


def test_issue_is_read_and_ranked_beside_the_z_score(tmp_path: Path) -> None:
    write_issue(tmp_path)
    (issue,) = petshop.issues(tmp_path)
    assert issue.name == "low/issue_0"
    assert petshop.by_z_score(issue)[0] == "batch"
    assert bench_analysis.accuracy([issue], petshop.by_z_score).startswith("AC@1 0.00, AC@3 1.00")
    assert bench_analysis.accuracy([issue], bench_analysis._ours) == "AC@1 1.00, AC@3 1.00, AC@5 1.00"


def test_half_of_the_cases_is_reserved_by_the_hash_of_the_name() -> None:
    names = [f"case {n}" for n in range(200)]
    reserved = [name for name in names if bench_analysis.is_reserved(name)]
    assert 70 < len(reserved) < 130
    kept = dict(bench_analysis.parts(names, str))
    assert sorted(kept["made on"] + kept["reserved"]) == sorted(names) == sorted(kept["all"])


@pytest.mark.parametrize("run", ["windows_of_root_cause_bench", "issues_of_petshop"])
def test_measurement_without_data_says_what_to_set(monkeypatch: pytest.MonkeyPatch, run: str) -> None:
    monkeypatch.delenv("AFTERWORD_TELEMETRY", raising=False)
    monkeypatch.delenv("AFTERWORD_PETSHOP", raising=False)
    (sentence,) = getattr(bench_analysis, run)()
    assert "left out: set AFTERWORD_" in sentence

"""``csnlp evaluate``: the table, the JSON file, the exit status and what it says when something is wrong."""

import hashlib
import json

import pytest

from csnlp.cli.main import main
from csnlp.evaluation.gold import parse_row
from csnlp.training.baseline import fit_baseline

TONES = {"cold": "不知道，自己看", "polite": "您好，马上为您处理哦"}


@pytest.fixture
def rows(make_row):
    return [
        make_row(i, reply=TONES[tone] + "。" * (i // 2), labels={"politeness": tone})
        for i, tone in enumerate(["cold", "polite"] * 8)
    ]


@pytest.fixture
def folder(rows, tmp_path):
    parsed = [parse_row(row) for row in rows]
    model = fit_baseline([row.exchange for row in parsed], [row.labels for row in parsed], version="9")
    model.save(tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs ``csnlp evaluate`` with the arguments: exit status, standard output, standard error."""
    monkeypatch.setenv("COLUMNS", "100")

    def command(*arguments):
        status = main(["evaluate", *map(str, arguments)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return command


def test_it_prints_a_table_and_writes_json(run, folder, rows, write_rows, tmp_path):
    file = write_rows(rows, "gold.jsonl.gz")
    status, out, err = run(folder, file, "--json", tmp_path / "out.json", "--resamples", 50, "--seed", 4)
    assert status == 0 and err == ""
    assert "politeness" in out and "1.000" in out
    data = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert data["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert data["file"] == str(file) and data["model"] == str(folder) and data["model_version"] == "9"
    assert data["bootstrap"] == {"resamples": 50, "seed": 4, "level": 0.95}
    assert data["heads"]["politeness"]["metrics"]["kappa"] == {"value": 1.0, "low": 1.0, "high": 1.0}


def test_a_threshold_that_is_met_passes_and_one_that_is_not_exits_with_one(run, folder, rows, write_rows, tmp_path):
    file = write_rows(rows)
    met = ["--fail-under", "politeness.kappa=0.9", "--fail-under", "politeness.ece=0.9"]
    assert run(folder, file, *met)[0] == 0
    status, _, err = run(folder, file, *met, "--fail-under", "politeness.ece=0", "--json", tmp_path / "out.json")
    assert status == 1
    assert "not met: politeness.ece: 0." in err and "is over 0" in err
    assert "politeness.kappa" not in err
    assert (tmp_path / "out.json").exists()  # the numbers are there to look at


@pytest.mark.parametrize(
    ("threshold", "message"),
    [
        ("mood.kappa=0.5", "use one of: politeness, accuracy"),
        ("politeness.f1=0.5", "use one of: accuracy, macro_f1, kappa, auc, ece"),
        ("politeness", "politeness.kappa=0.85"),
    ],
)
def test_a_wrong_threshold_exits_before_the_work(run, threshold, message):
    status, out, err = run("no-such-model", "no-such-file", "--fail-under", threshold)
    assert status == 1
    assert message in err and out == ""


def test_what_cannot_be_measured_is_said_in_one_line(run, folder, rows, write_rows, tmp_path):
    wrong_label = write_rows([*rows, {**rows[0], "labels": {"politeness": "nice"}}], "wrong.jsonl")
    for arguments, message in [
        ((folder, tmp_path / "none.jsonl"), "none.jsonl: is not a file"),
        ((folder, write_rows([], "empty.jsonl")), "has no labelled rows"),
        ((folder, wrong_label), "wrong.jsonl:17: labels.politeness: is not a known label"),
        (("no-such-model", write_rows(rows)), "no-such-model"),
        ((folder, write_rows(rows), "--json", tmp_path / "nowhere" / "out.json"), "nowhere"),
    ]:
        status, out, err = run(*arguments)
        assert status == 1 and out == ""
        assert message in err and err.count("\n") == 1


def test_the_wrong_rows_are_written_the_surest_first(run, folder, make_row, write_rows, tmp_path):
    wrong = make_row(90, reply=TONES["cold"], labels={"politeness": "polite"})
    unsure = make_row(91, reply="亲，不知道哦", labels={"politeness": "warm"})
    right = make_row(92, reply=TONES["polite"], labels={"politeness": "polite"})
    file, errors = write_rows([right, unsure, wrong]), tmp_path / "errors.jsonl"
    assert run(folder, file, "--errors", errors, "--json", tmp_path / "out.json")[0] == 0
    found = [json.loads(line) for line in errors.read_text(encoding="utf-8").splitlines()]
    assert {row["id"] for row in found} == {wrong["id"], unsure["id"]}
    assert next(row for row in found if row["id"] == wrong["id"])["predicted"] == "cold"
    sure = [row["gold_probability"] for row in found]
    assert sure == sorted(sure)
    matrix = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["heads"]["politeness"]["confusion"]
    assert matrix[3][1] == 1 and matrix[3][3] == 1 and sum(map(sum, matrix)) == 3
    assert run(folder, file, "--errors", tmp_path / "no/errors.jsonl")[0] == 1


def test_a_filter_that_leaves_nothing_is_told(run, folder, rows, write_rows):
    status, out, err = run(folder, write_rows(rows), "--where", "origin=contrst")
    assert status == 1 and out == ""
    assert "--where origin=contrst left no row of" in err and err.count("\n") == 1


def test_two_values_for_one_field_are_told(run, rows, write_rows):
    status, _, err = run("no-such-model", write_rows(rows), "--where", "origin=a", "--where", "origin=b")
    assert status == 1 and "--where gives origin twice (a, b); leave one out" in err


def test_result_and_errors_are_two_files(run, folder, rows, write_rows, tmp_path):
    file, out = write_rows(rows), tmp_path / "out.json"
    (tmp_path / "x").mkdir()
    status, _, err = run(folder, file, "--json", out, "--errors", tmp_path / "x" / ".." / "out.json")
    assert status == 1 and "is the --json file itself; name another file" in err and not out.exists()


def test_what_follows_two_dashes_is_no_option(run, folder, rows, write_rows, monkeypatch, tmp_path):
    write_rows(rows, "-x.jsonl")
    monkeypatch.chdir(tmp_path)
    assert run(folder, "--resamples", 0, "--", "-x.jsonl")[0] == 0


@pytest.mark.parametrize("option", ["--json", "--errors"])
def test_a_file_that_cannot_be_written_is_told_before_the_work(run, rows, write_rows, tmp_path, option):
    file = write_rows(rows)
    for target, said in ((tmp_path, "is a folder; name a file"), (file, "is an input itself")):
        status, _, err = run("no-such-model", file, option, target)
        assert status == 1 and f"{option} {target}: {said}" in err
    assert len(file.read_text(encoding="utf-8").splitlines()) == len(rows)

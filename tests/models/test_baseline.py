"""The baseline: it learns, it is stored whole, and it says the same of an exchange in any company."""

import json
import subprocess
import sys
from itertools import product

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from csnlp.errors import ConfigError, InputError, ModelError
from csnlp.evaluation.gold import parse_labels, parse_row
from csnlp.heads import HEADS
from csnlp.models.baseline import BaselineModel, char_terms, field_texts
from csnlp.models.jieba_words import words
from csnlp.models.protocol import Model
from csnlp.training.baseline import fit_baseline, train_baseline
from csnlp.types import Exchange, Turn

QUESTIONS = ["鞋子什么时候发货", "杯子能开发票吗", "灯泡坏了怎么换", "外套有大码吗", "键盘保修多久"]
ANGRY = ["太差了，我要投诉你们", "等了五天还没到，真让人生气", "质量这么烂，赶紧赔钱"]
REPLIES = {
    "rude": ["你烦不烦，爱买不买", "你瞎啊，自己不会看"],
    "neutral": ["三天内发货", "保修一年"],
    "polite": ["您好，三天内为您发货哦", "亲，请您放心，保修一年呢"],
}


def written_rows():
    rows = []
    for question, (tone, replies), which in product(QUESTIONS + ANGRY, REPLIES.items(), range(2)):
        angry = question in ANGRY
        rows.append(
            {
                "id": f"w{len(rows)}",
                "context": [{"role": "customer", "text": question}],
                "reply": replies[which],
                "labels": {
                    "politeness": tone,
                    "accuracy": "wrong" if tone == "rude" else "answers",
                    "complaint": "complaint" if angry else "none",
                    "complaint_type": ("quality" if "质量" in question else "delay") if angry else None,
                    "acts": ["greeting"] if "您好" in replies[which] else [],
                },
            }
        )
    return rows


ROWS = [parse_row(row) for row in written_rows()]


@pytest.fixture(scope="module")
def model():
    return fit_baseline([row.exchange for row in ROWS], [row.labels for row in ROWS], name="tiny", version="3")


def asked(reply, *customer):
    return Exchange(reply=reply, context=tuple(Turn("customer", text) for text in customer))


def test_it_learns_what_it_was_taught(model):
    said = model.predict(
        [
            asked("你烦不烦，不会自己看", "椅子发货了吗"),
            asked("您好，椅子三天内为您发货", "我要投诉，太差了，质量这么烂"),
        ]
    ).heads
    politeness = [HEADS["politeness"].labels[i] for i in said["politeness"].argmax(axis=1)]
    assert politeness == ["rude", "polite"]
    assert [HEADS["complaint"].labels[i] for i in said["complaint"].argmax(axis=1)] == ["none", "complaint"]
    greeting = HEADS["acts"].labels.index("greeting")
    assert said["acts"][1, greeting] > 0.5 > said["acts"][0, greeting]


def test_predictions_have_the_shape_and_sums_of_the_contract(model):
    assert isinstance(model, Model)
    prediction = model.predict([row.exchange for row in ROWS[:7]])
    for name, values in prediction.heads.items():
        assert values.shape == (7, len(HEADS[name].labels)) and values.dtype == np.float32
        assert ((values >= 0) & (values <= 1)).all()
        if HEADS[name].kind != "multilabel":
            np.testing.assert_allclose(values.sum(axis=1), 1, atol=1e-5)
    assert all(values.shape[0] == 0 for values in model.predict([]).heads.values())


def test_heads_without_labels_enough_are_absent(model):
    # Nobody labelled satisfaction, and accuracy applies to every row.
    assert set(model.heads) == {"politeness", "accuracy", "complaint", "complaint_type", "acts"}
    few = fit_baseline([row.exchange for row in ROWS], [row.labels for row in ROWS], min_cases=7)
    assert "complaint_type" not in few.heads and "politeness" in few.heads
    with pytest.raises(ConfigError, match="no head has labels enough"):
        fit_baseline([row.exchange for row in ROWS], [{} for _ in ROWS])


def test_labels_never_seen_have_no_probability(model):
    politeness = model.predict([ROWS[0].exchange]).heads["politeness"][0]
    labels = HEADS["politeness"].labels
    assert politeness[labels.index("warm")] < 1e-6 and politeness[labels.index("cold")] < 1e-6


def test_alone_and_in_a_batch_the_numbers_are_the_same(model):
    exchanges = [row.exchange for row in ROWS] + [asked("嗯"), asked("x" * 5000, *["在吗"] * 50)]
    batch = model.predict(exchanges).heads
    for number in (0, 5, len(exchanges) - 2, len(exchanges) - 1):
        alone = model.predict([exchanges[number]]).heads
        for name, values in alone.items():
            np.testing.assert_array_equal(values[0], batch[name][number])


def test_saved_and_loaded_it_is_the_same_model(model, tmp_path):
    folder = tmp_path / "made" / "tiny"
    model.save(folder)
    loaded = BaselineModel.load(folder)
    assert (loaded.name, loaded.version) == ("tiny", "3") and loaded.about == model.about
    exchanges = [row.exchange for row in ROWS]
    for name, values in model.predict(exchanges).heads.items():
        np.testing.assert_array_equal(values, loaded.predict(exchanges).heads[name])
    assert len({path.stat().st_mode for path in folder.iterdir()}) == 1  # all as readable as the umask allows
    assert sorted(path.name for path in folder.iterdir()) == ["csnlp.json", "vocabulary.json", "weights.safetensors"]
    settings = json.loads((folder / "csnlp.json").read_text(encoding="utf-8"))
    assert settings["kind"] == "baseline" and settings["heads"]["politeness"]["fields"] == ["reply"]


def test_fitting_twice_gives_the_same_model(model):
    again = fit_baseline([row.exchange for row in ROWS], [row.labels for row in ROWS])
    for name, values in model.predict([ROWS[3].exchange]).heads.items():
        np.testing.assert_array_equal(values, again.predict([ROWS[3].exchange]).heads[name])


@pytest.mark.parametrize("missing", ["csnlp.json", "vocabulary.json", "weights.safetensors"])
def test_a_folder_that_is_no_baseline_is_refused(model, tmp_path, missing):
    model.save(tmp_path)
    (tmp_path / missing).write_text('{"kind": "bert"}')
    with pytest.raises(ModelError, match=r"(?s)holds (no complete baseline|a model of kind 'bert')"):
        BaselineModel.load(tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(ModelError, match=r"no complete baseline|not a model folder"):
        BaselineModel.load(tmp_path)


@pytest.mark.parametrize("name", ["politeness.reply", "complaint.context", "acts.bias", "reply.idf"])
def test_a_tensor_that_is_too_short_is_refused(model, tmp_path, name):
    model.save(tmp_path)
    tensors = load_file(tmp_path / "weights.safetensors")
    save_file({**tensors, name: tensors[name][:-1]}, tmp_path / "weights.safetensors")
    with pytest.raises(ModelError, match=rf"{name} has shape \(\d+.*, but should have \(\d+"):
        BaselineModel.load(tmp_path)


@pytest.mark.parametrize(
    "terms", ["[" * 200_000, '{"reply": {"chars": [], "words": []}}', '{"mood": {"chars": [], "words": []}}']
)
def test_a_vocabulary_of_another_model_is_refused(model, tmp_path, terms):
    model.save(tmp_path)
    (tmp_path / "vocabulary.json").write_text(terms)
    with pytest.raises(ModelError, match="no complete baseline"):
        BaselineModel.load(tmp_path)


def test_other_labels_than_this_version_has_are_refused(model, tmp_path):
    model.save(tmp_path)
    path = tmp_path / "csnlp.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"warm"', '"hot"'), encoding="utf-8")
    with pytest.raises(ModelError, match="other labels"):
        BaselineModel.load(tmp_path)


def test_fields_are_read_apart_and_folded_numbers_are_alike():
    exchange = Exchange(
        reply="訂單123456 已發出#E-s[数字x]",
        context=(
            Turn("customer", "你好"),
            Turn("agent", "您好"),
            Turn("customer", "订单[订单x]"),
            Turn("customer", "到哪了"),
            Turn("agent", "请稍等"),
        ),
    )
    texts = field_texts(exchange)
    assert texts["reply"] == "订单0 已发出"
    assert texts["customer"] == "订单0\n到哪了"
    assert texts["context"] == "你好\n您好\n订单0\n到哪了\n请稍等"
    assert field_texts(Exchange(reply="在"))["customer"] == ""


def test_a_rude_customer_makes_no_rude_agent(model):
    calm, rude = asked("三天内发货", "什么时候发货"), asked("三天内发货", "你烦不烦，你瞎啊")
    said = model.predict([calm, rude]).heads["politeness"]
    np.testing.assert_array_equal(said[0], said[1])


def test_terms():
    assert char_terms("abc") == ["a", "b", "c", "ab", "bc", "abc"]
    assert "" not in char_terms("") and len(char_terms("退款退款")) == 4 + 3 + 2 + 1
    assert words("申请退款 谢谢") == ["申请", "退款", "谢谢"]


def test_prediction_needs_no_scikit_learn(model, tmp_path):
    model.save(tmp_path)
    code = (
        "import sys\n"
        "from csnlp.models.baseline import BaselineModel\n"
        "from csnlp.types import Exchange\n"
        f"print(len(BaselineModel.load({str(tmp_path)!r}).predict([Exchange('您好')])))\n"
        "assert not {'sklearn', 'scipy', 'torch'} & set(sys.modules), 'loaded a training library'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "1\n" and done.stderr == ""


def test_training_reads_files_and_saves_beside_the_config(tmp_path):
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in written_rows())
    (tmp_path / "rows.jsonl").write_text(lines, encoding="utf-8")
    config = {"kind": "baseline", "name": "mine", "version": 2, "sources": ["rows.jsonl"], "output": "out"}
    folder = train_baseline(config, tmp_path)
    assert folder == tmp_path / "out"
    loaded = BaselineModel.load(folder)
    assert (loaded.name, loaded.version) == ("mine", "2")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sauces": []}, "unknown setting 'sauces'; known: output, sources, name"),
        ({"sources": []}, "sources: give a list of labelled files"),
        ({"sources": "rows.jsonl"}, "sources: give a list of labelled files"),
        ({"output": None}, "output: give the folder"),
        ({"min_rows": "3"}, "min_rows: is '3', not a number; say 3"),
    ],
)
def test_a_wrong_config_is_named(tmp_path, changes, message):
    config = {"sources": ["rows.jsonl"], "output": "out", **changes}
    with pytest.raises(ConfigError) as caught:
        train_baseline(config, tmp_path)
    assert message in str(caught.value)


def test_a_missing_source_is_named(tmp_path):
    with pytest.raises(InputError, match=r"rows.jsonl: is not a file"):
        train_baseline({"sources": ["rows.jsonl"], "output": "out"}, tmp_path)


def test_every_exchange_needs_its_labels():
    with pytest.raises(ValueError, match="2 exchanges but 1 labellings"):
        fit_baseline([Exchange("好"), Exchange("行")], [parse_labels({"politeness": "polite"})])

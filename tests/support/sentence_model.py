"""A tiny sentence model, as ONNX with its tokenizer: each word it knows has a direction of its own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

PAPER, MONEY, CABLE = range(3)
DIMENSIONS = 4  # the last one is that of what means nothing
WORDS = {
    "printer": PAPER,
    "printing": PAPER,
    "toner": PAPER,
    "quux": PAPER,
    "salary": MONEY,
    "salaries": MONEY,
    "sign": MONEY,
    "frob": MONEY,
    "networks": CABLE,
    "cables": CABLE,
    "grault": CABLE,
}
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def sentence_model(folder: Path, *, inputs: Sequence[str] = INPUTS, pooled: bool = False) -> Path:
    """Write the model into `folder`; with `pooled` it averages its tokens itself, as a second output."""
    folder.mkdir(parents=True, exist_ok=True)
    tokens = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", *WORDS]
    tokenizer = Tokenizer(WordLevel({token: n for n, token in enumerate(tokens)}, unk_token="[UNK]"))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = Whitespace()
    special = [("[CLS]", 1), ("[SEP]", 2)]
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=special)
    tokenizer.enable_padding(length=128)  # as all-MiniLM-L6-v2 has it
    tokenizer.enable_truncation(128)
    tokenizer.save(str(folder / "tokenizer.json"))

    table = np.zeros((len(tokens), DIMENSIONS), np.float32)
    table[:4, -1] = 0.1
    for number, direction in enumerate(WORDS.values(), 4):
        table[number, direction] = 1
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])]
    outputs = [_value("last_hidden_state", TensorProto.FLOAT, [1, "length", DIMENSIONS])]
    if pooled:
        nodes.append(
            helper.make_node(
                "ReduceMean", ["last_hidden_state"], ["sentence_embedding"], axes=[1], keepdims=0
            )
        )
        outputs.append(_value("sentence_embedding", TensorProto.FLOAT, [1, DIMENSIONS]))
    given = [_value(name, TensorProto.INT64, [1, "length"]) for name in inputs]
    graph = helper.make_graph(
        nodes, "tiny", given, outputs, initializer=[numpy_helper.from_array(table, "table")]
    )
    # What the oldest onnxruntime that is allowed can read.
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    save(model, str(folder / "model.onnx"))
    return folder


def _value(name: str, kind: int, shape: Sequence[int | str]) -> Any:
    return helper.make_tensor_value_info(name, kind, shape)

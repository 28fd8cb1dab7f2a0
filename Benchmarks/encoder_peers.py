#!/usr/bin/env python3
"""The encoder and its cross-encoders beside onnxruntime, fp32, in one sitting.

    v/bin/pip install numpy onnx onnxruntime tokenizers sympy packaging
    v/bin/python Benchmarks/encoder_peers.py --ours BENCH --model DIR [--rounds N]

BENCH is the built millrace-bench, DIR holds all-MiniLM-L6-v2. The graph is made from the same weights and fused by
onnxruntime's own optimizer. Ours and the peer take turns, one thread each; a figure is the median of the rounds, each
the sum of every call's best of five. Texts are sentences of docs/, so that lengths are those of prose.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import struct
import subprocess
import tempfile
import time

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer

ROOT = pathlib.Path(__file__).resolve().parent.parent
TYPES = {"F32": np.float32, "F16": np.float16, "I64": np.int64}


def load(path):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    tensors = {}
    for name, t in header.items():
        if name == "__metadata__":
            continue
        start, end = t["data_offsets"]
        x = np.frombuffer(data[8 + size + start:8 + size + end], TYPES[t["dtype"]]).reshape(t["shape"])
        tensors[name.removeprefix("bert.")] = x.astype(np.float32) if x.dtype == np.float16 else x
    return tensors


def save(path, tensors):
    header, blobs, at = {}, [], 0
    for name, x in tensors.items():
        blob = x.astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(x.shape), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


class Graph:
    """A BERT encoder of `layers` layers, its last hidden states as the output."""

    def __init__(self, weights, heads):
        self.nodes, self.constants, self.weights = [], [], weights
        hidden = weights["embeddings.LayerNorm.weight"].shape[0]
        layers = 1 + max(int(k.split(".")[2]) for k in weights if k.startswith("encoder.layer."))
        word = self.op("Gather", self.constant(weights["embeddings.word_embeddings.weight"]), "input_ids")
        place = self.op("Gather", self.constant(weights["embeddings.position_embeddings.weight"]), "position_ids")
        kind = self.op("Gather", self.constant(weights["embeddings.token_type_embeddings.weight"]), "token_type_ids")
        x = self.norm(self.op("Add", self.op("Add", word, place), kind), "embeddings.LayerNorm")
        mask = self.op("Unsqueeze", self.op("Cast", "attention_mask", to=TensorProto.FLOAT),
                       self.constant(np.array([1, 2])))
        mask = self.op("Mul", self.op("Sub", self.constant(np.float32(1)), mask), self.constant(np.float32(-1e9)))
        split = self.constant(np.array([0, 0, heads, hidden // heads]))
        join = self.constant(np.array([0, 0, hidden]))
        scale = self.constant(np.float32((hidden // heads) ** -0.5))
        for i in range(layers):
            p = f"encoder.layer.{i}."
            q, k, v = (self.op("Transpose", self.op("Reshape", self.linear(x, p + f"attention.self.{n}"), split), perm=perm)
                       for n, perm in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])))
            scores = self.op("Softmax", self.op("Add", self.op("Mul", self.op("MatMul", q, k), scale), mask), axis=-1)
            mixed = self.op("Transpose", self.op("MatMul", scores, v), perm=[0, 2, 1, 3])
            mixed = self.linear(self.op("Reshape", mixed, join), p + "attention.output.dense")
            x = self.norm(self.op("Add", mixed, x), p + "attention.output.LayerNorm")
            inner = self.op("Gelu", self.linear(x, p + "intermediate.dense"))
            x = self.norm(self.op("Add", self.linear(inner, p + "output.dense"), x), p + "output.LayerNorm")
        self.op("Identity", x, out="states")
        names = ("input_ids", "position_ids", "token_type_ids", "attention_mask")
        graph = helper.make_graph(
            self.nodes, "bert", [helper.make_tensor_value_info(n, TensorProto.INT64, ["b", "s"]) for n in names],
            [helper.make_tensor_value_info("states", TensorProto.FLOAT, ["b", "s", hidden])], self.constants)
        self.model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)

    def constant(self, array):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def op(self, kind, *inputs, out=None, **attributes):
        out = out or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], name=out, **attributes))
        return out

    def linear(self, x, key):
        product = self.op("MatMul", x, self.constant(self.weights[key + ".weight"].T.astype(np.float32)))
        return self.op("Add", product, self.constant(self.weights[key + ".bias"].astype(np.float32)))

    def norm(self, x, key):
        return self.op("LayerNormalization", x, *(
            self.constant(self.weights[f"{key}.{part}"].astype(np.float32)) for part in ("weight", "bias")),
            axis=-1, epsilon=1e-12)


def session(weights, heads, folder):
    from onnxruntime.transformers import optimizer

    plain, fused = str(folder / "plain.onnx"), str(folder / "fused.onnx")
    onnx.save(Graph(weights, heads).model, plain)
    hidden = weights["embeddings.LayerNorm.weight"].shape[0]
    optimizer.optimize_model(plain, "bert", heads, hidden, opt_level=0).save_model_to_file(fused)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(fused, options, providers=["CPUExecutionProvider"])


def run(peer, encodings, batch):
    """Batches of texts sorted by length, padded to their longest."""
    order = sorted(range(len(encodings)), key=lambda i: len(encodings[i].ids))
    first = np.empty((len(encodings), 384), np.float32)
    for at in range(0, len(order), batch):
        rows = order[at:at + batch]
        width = max(len(encodings[i].ids) for i in rows)
        feed = {n: np.zeros((len(rows), width), np.int64) for n in ("input_ids", "token_type_ids", "attention_mask")}
        feed["position_ids"] = np.broadcast_to(np.arange(width), (len(rows), width)).copy()
        for r, i in enumerate(rows):
            n = len(encodings[i].ids)
            feed["input_ids"][r, :n], feed["token_type_ids"][r, :n] = encodings[i].ids, encodings[i].type_ids
            feed["attention_mask"][r, :n] = 1
        names = {i.name for i in peer.get_inputs()}
        first[rows] = peer.run(None, {k: v for k, v in feed.items() if k in names})[0][:, 0]
    return first


def peer_seconds(peer, calls, batch, repeat=5):
    """The sum of each call's best."""
    best = [float("inf")] * len(calls)
    for _ in range(repeat):
        for i, encodings in enumerate(calls):
            start = time.perf_counter()
            run(peer, encodings, batch)
            best[i] = min(best[i], time.perf_counter() - start)
    return sum(best)


def ours_seconds(command, count):
    out = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=True,
                         env=os.environ | {"MILLRACE_READER_DIR": str(ROOT / "models/reader")}).stdout
    if found := re.search(r"([\d.]+) ms a text", out):
        return float(found[1]) * count / 1000
    return float(re.search(r"([\d.]+) ms a call", out)[1]) * count / 1000


def prose():
    text = "\n".join(p.read_text() for p in sorted((ROOT / "docs").glob("*.md")))
    words = re.sub(r"[`|#*_>\[\]()-]+", " ", text).split()
    return words


def cut(tokenizer, words, at, pieces):
    """Words from `at` on that come to at most `pieces` word pieces, and to nearly as many."""
    end = at + 1
    while len(tokenizer.encode(" ".join(words[at:end + 1]), add_special_tokens=False).ids) <= pieces:
        end += 1
    return " ".join(words[at:end]), end


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", required=True)
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="")
    o = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(o.model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    words, at = prose(), 0

    def texts(count, pieces):
        nonlocal at
        result = []
        for _ in range(count):
            if at + 400 > len(words):
                at = 0
            text, at = cut(tokenizer, words, at, pieces)
            result.append(text)
        return result

    weights = {k: v for k, v in load(o.model / "model.safetensors").items()}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        peer = session(weights, 12, folder)
        reader_peer = session(weights | load(ROOT / "models/reader/reader.f16.safetensors"), 12, folder)
        # A cross-encoder of the asked size: the encoder's weights with a random classifier.
        rng, cross = np.random.default_rng(1), folder / "cross"
        cross.mkdir()
        (cross / "tokenizer.json").write_text((o.model / "tokenizer.json").read_text())
        config = json.loads((o.model / "config.json").read_text())
        config |= {"architectures": ["BertForSequenceClassification"], "id2label": {"0": "LABEL_0"}}
        (cross / "config.json").write_text(json.dumps(config))
        save(cross / "model.safetensors", {"bert." + k: v for k, v in weights.items() if v.dtype == np.float32} | {
            "bert.pooler.dense.weight": rng.normal(0, .05, (384, 384)), "bert.pooler.dense.bias": np.zeros(384),
            "classifier.weight": rng.normal(0, .05, (1, 384)), "classifier.bias": np.zeros(1)})

        def file(name, lines):
            (folder / name).write_text("\n".join(lines) + "\n")
            return folder / name

        passages, questions = texts(64, 133), texts(100, 14)
        tasks = [
            ("64 passages", len(passages), ["encoder", "--repeat", 5, "--model", o.model, "--texts", file("p", passages)],
             peer, [[tokenizer.encode(t) for t in passages]], 32),
            ("100 questions one at a time", len(questions),
             ["encoder", "--repeat", 5, "--single", "--model", o.model, "--texts", file("q", questions)],
             peer, [[tokenizer.encode(t)] for t in questions], 1)]
        for name, what, network, calls, pairs, pieces in (
                ("cross-encoder, 20 pairs of 128", ["--rerank", cross], peer, 3, 20, 110),
                ("reader, 3 units of 60", ["--reader", "--model", o.model], reader_peer, 10, 3, 44),
                ("reader, 8 passages of 200", ["--reader", "--model", o.model], reader_peer, 3, 8, 184)):
            made = [(q, texts(pairs, pieces)) for q in texts(calls, 14)]
            lines = [f"{q}\t{p}" for q, ps in made for p in ps]
            tasks.append((name, calls, ["pairs", "--pairs", file(name.replace(" ", "-"), lines)] + what,
                          network, [[tokenizer.encode(q, p) for p in ps] for q, ps in made], pairs))
        print(f"onnxruntime {onnxruntime.__version__}, one thread, {o.rounds} rounds in turn")
        for name, count, arguments, network, calls, batch in tasks:
            if o.only and o.only not in name:
                continue
            tokens = sum(len(e.ids) for c in calls for e in c)
            a, b = [], []
            for _ in range(o.rounds):
                a.append(ours_seconds([o.ours] + arguments, count))
                b.append(peer_seconds(network, calls, batch))
            ours, theirs = statistics.median(a), statistics.median(b)
            print(f"{name}: {tokens} tokens; ours {1000 * ours / count:.2f} ms ({tokens / ours:.0f} tokens/s), onnxruntime "
                  f"{1000 * theirs / count:.2f} ms ({tokens / theirs:.0f} tokens/s), ratio {theirs / ours:.2f} "
                  f"({min(y / x for x, y in zip(a, b)):.2f}–{max(y / x for x, y in zip(a, b)):.2f})", flush=True)


if __name__ == "__main__":
    main()

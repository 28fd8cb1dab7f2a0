"""Pages to text, chunks and token ids: ours beside the Python libraries that do the same, in one sitting.

Run by `scripts/bench text`, which makes the environment:

    python Benchmarks/text_peers.py --ours BENCH --model DIR [--data FOLDER]… [--rounds N]

Ours and the peers take turns, each held to one processor; a figure is the median of the rounds, each of which is
the median of several passes over all pages. Before that, results are compared: ours are the very ids that PyPI
`tokenizers` gives, for the pages' texts and for random ones, and no chunk is longer than it says.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

ROOT = Path(__file__).resolve().parent.parent
TASKS = ("render", "chunks", "tokenize")


def documents(folders: list[Path]) -> list[str]:
    """The bodies of all pages; the sample space's files begin with a head that is not part of it."""
    pages = []
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.suffix not in (".xml", ".xhtml") or file.name.startswith("broken"):
                continue
            text = file.read_text(encoding="utf-8")
            if text.startswith("---\n"):
                text = text.split("\n---\n", 1)[-1]
            pages.append(text)
    return pages


def random_texts(count: int, seed: int) -> list[str]:
    """Texts that a tokenizer can get wrong: every script, marks, controls, long words, special tokens."""
    rng = random.Random(seed)
    words = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").split()
    odd = ["[MASK]", "[CLS]", "[", "]", "\u0301", "\u200b", "\u00a0", "\u00ad", "\x00", "\x7f", "\t", "\r\n", "ß", "İ",
           "ﬁ", "漢字", "가각", "\ufffd", "\U0001f600", "a" * 101, "x" * 15, "y" * 16, "Z" * 17, "don't", "e.g.", "é", "É"]

    def piece() -> str:
        kind = rng.random()
        if kind < 0.45:
            return rng.choice(words)
        if kind < 0.6:
            return rng.choice(odd)
        if kind < 0.75:
            return "".join(rng.choice("abcdeXYZ019_-.,#'") for _ in range(rng.randint(1, 24)))
        limit = rng.choice((0x80, 0x250, 0x3000, 0xD800, 0x20000, 0x110000))
        points = (rng.randrange(limit) for _ in range(rng.randint(1, 6)))
        return "".join(chr(p) for p in points if not 0xD800 <= p < 0xE000)

    return [rng.choice(("", " ", "  ")).join(piece() for _ in range(rng.randint(0, 12))) for _ in range(count)]


def ours(bench: str, *arguments: str) -> object:
    return json.loads(subprocess.run([bench, "text", *arguments], check=True, capture_output=True).stdout)


def compare(bench: str, model: Path, pages: Path, folder: Path, tokenizer) -> list[str]:
    """Stops at the first difference. Returns the texts that we render."""
    result = ours(bench, "write", str(pages), "--model", str(model))
    generated = folder / "random.json"
    generated.write_text(json.dumps(random_texts(20_000, seed=20261126)))
    mine = result["ids"] + ours(bench, "ids", str(generated), "--model", str(model))
    texts = result["texts"] + json.loads(generated.read_text())
    for text, ids, reference in zip(texts, mine, tokenizer.encode_batch(texts), strict=True):
        if ids != reference.ids:
            sys.exit(f"bench: other ids than tokenizers': {text!r}\n  {ids}\n  {reference.ids}")
    passages = result["chunks"]
    for passage, reference in zip(passages, tokenizer.encode_batch([p["text"] for p in passages]), strict=True):
        if passage["tokens"] != len(reference.ids) - 2 or passage["tokens"] > 254:
            sys.exit(f"bench: a chunk says {passage['tokens']} tokens and has {len(reference.ids) - 2}")
    print(f"compared: the ids of {len(texts)} texts and the lengths of {len(passages)} chunks are tokenizers' own")
    return result["texts"]


def median_pass(run, seconds: float) -> float:
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def peers(pages: list[str], texts: list[str], tokenizer) -> dict[str, dict[str, object]]:
    """What each peer does, by task."""
    from bs4 import BeautifulSoup
    from langchain_text_splitters import RecursiveCharacterTextSplitter
    from lxml import etree, html

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)

    def soup(page: str) -> str:
        return BeautifulSoup(page, "lxml").get_text(" ", strip=True)

    def tree(page: str) -> None:
        html.document_fromstring(page.encode(), parser=etree.HTMLParser(encoding="utf-8", huge_tree=True))

    full = [page for page in pages if page.strip()]
    return {
        "render": {
            "BeautifulSoup(lxml).get_text": lambda: [soup(page) for page in pages],
            "lxml, the tree alone": lambda: [tree(page) for page in full],
        },
        "chunks": {
            "get_text + RecursiveCharacterTextSplitter": lambda: [splitter.split_text(soup(page)) for page in pages],
        },
        "tokenize": {
            "tokenizers, encode": lambda: [tokenizer.encode(text) for text in texts],
            "tokenizers, encode_batch_fast": lambda: tokenizer.encode_batch_fast(texts),
        },
    }


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--ours", required=True)
    arguments.add_argument("--model", type=Path, required=True)
    arguments.add_argument("--data", type=Path, action="append", default=[])
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--check", action="store_true", help="compare results and measure nothing")
    options = arguments.parse_args()
    warnings.simplefilter("ignore")
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(options.model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    fixtures = [ROOT / "fixtures/space-source/pages", ROOT / "fixtures/storage-format"]
    pages = documents(fixtures + options.data)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "pages.json"
        file.write_text(json.dumps(pages))
        texts = compare(options.ours, options.model, file, folder, tokenizer)
        if options.check:
            return
        figures: dict[str, dict[str, list[float]]] = {task: {"Millrace": []} for task in TASKS}
        contenders = peers(pages, texts, tokenizer)
        for _ in range(options.rounds):
            measured = ours(options.ours, "measure", str(file), "--model", str(options.model), "--seconds", "3")
            for task in TASKS:
                figures[task]["Millrace"].append(measured[task])
                for peer, run in contenders[task].items():
                    figures[task].setdefault(peer, []).append(median_pass(run, 1.5))
    report(figures, measured, len(pages), options.rounds)


def report(figures, measured, page_count: int, rounds: int) -> None:
    print(f"{page_count} pages, {measured['pageBytes']} bytes in, {measured['textBytes']} bytes of text, "
          f"{measured['chunkCount']} chunks, {measured['tokenCount']} ids; one processor, medians of {rounds} rounds\n")
    titles = {"render": "page to blocks and text", "chunks": "page to chunks", "tokenize": "text to ids"}
    print("| work | | MB/s | least – most | Millrace is |\n|---|---|---|---|---|")
    for task in TASKS:
        size = measured["textBytes" if task == "tokenize" else "pageBytes"] / 1e6
        best = statistics.median(figures[task]["Millrace"])
        for name, times in figures[task].items():
            middle = statistics.median(times)
            ratio = "" if name == "Millrace" else f"{middle / best:.1f}×"
            spread = f"{size / max(times):.1f} – {size / min(times):.1f}"
            print(f"| {titles[task]} | {name} | {size / middle:.1f} | {spread} | {ratio} |")


if __name__ == "__main__":
    main()

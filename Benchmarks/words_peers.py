"""Keyword search beside tantivy and SQLite's FTS5: the same passages, the same terms, one thread each.

    words_peers.py make FOLDER [--passages N] [--queries N] [--seed N]
    words_peers.py measure FOLDER --bench PROGRAM [--rounds N] [--limit N] [--skip-fts5]

`make` writes passages whose words are drawn as words are: by rank (Zipf and Mandelbrot), with a topic for every ten
passages, which brings some words again and again; lengths are log-normal. A question is words of one passage as
they come, the commonest too; keywords are two to four rarer ones. `measure` prints a table. Each search is timed for
itself and the best of some rounds counts; a search returns ids and scores, no text. tantivy gets its filter
as a term query of a field that it indexes for that, which is the fastest way it has.
"""

import argparse
import json
import math
import random
import shutil
import sqlite3
import subprocess
import time
from itertools import accumulate
from bisect import bisect_left
from pathlib import Path


def make(folder: Path, passages: int, queries: int, seed: int) -> None:
    draw = random.Random(seed)
    words = 300_000
    sums = list(accumulate(1 / (rank + 2.7) ** 1.07 for rank in range(1, words + 1)))

    def rank() -> int:
        return bisect_left(sums, draw.random() * sums[-1])

    def spell(number: int) -> str:
        # Common words are short, rare ones long.
        letters, rest = "", number
        while True:
            letters += "etaoinshrdlcumwfgypbvk"[rest % 22]
            rest //= 22
            if rest == 0:
                break
        return letters + ("" if number < 484 else "aeiou"[number % 5] * (number % 4))

    names = [spell(number) for number in range(words)]
    folder.mkdir(parents=True, exist_ok=True)
    texts: list[list[int]] = []
    topic: list[int] = []
    for number in range(passages):
        if number % 10 == 0:
            topic = [rank() for _ in range(40)]
        length = max(8, min(600, round(draw.lognormvariate(math.log(110), 0.6))))
        texts.append([draw.choice(topic) if draw.random() < 0.25 else rank() for _ in range(length)])
    with open(folder / "passages.txt", "w") as out:
        for text in texts:
            out.write(" ".join(names[word] for word in text) + "\n")
    with open(folder / "questions.txt", "w") as questions, open(folder / "keywords.txt", "w") as keywords:
        for _ in range(queries):
            text = draw.choice(texts)
            start = draw.randrange(max(1, len(text) - 10))
            asked = list(dict.fromkeys(text[start : start + draw.randint(5, 10)]))
            questions.write(" ".join(names[word] for word in asked) + "\n")
            rare = [word for word in dict.fromkeys(text) if word > 150] or text[:2]
            keywords.write(" ".join(names[word] for word in draw.sample(rare, min(len(rare), draw.randint(2, 4)))))
            keywords.write("\n")
    with open(folder / "allowed.txt", "w") as out:
        for number in sorted(draw.sample(range(passages), passages // 100)):
            out.write(f"{number}\n")


def timed(searches, rounds: int) -> tuple[float, float]:
    best = [math.inf] * len(searches)
    for _ in range(rounds):
        for number, search in enumerate(searches):
            start = time.perf_counter()
            search()
            best[number] = min(best[number], time.perf_counter() - start)
    best.sort()
    return best[len(best) // 2] * 1e6, best[min(len(best) - 1, len(best) * 99 // 100)] * 1e6


def tantivy_figures(folder: Path, passages, sets, allowed, rounds: int, limit: int) -> dict:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body", stored=False, tokenizer_name="whitespace", index_option="position")
    builder.add_unsigned_field("id", stored=False, indexed=False, fast=True)
    builder.add_unsigned_field("allowed", stored=False, indexed=True)
    schema = builder.build()
    place = folder / "tantivy"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    members = set(allowed)
    index = tantivy.Index(schema, path=str(place))
    start = time.perf_counter()
    writer = index.writer(heap_size=400_000_000, num_threads=1)
    for number, text in enumerate(passages):
        document = tantivy.Document()
        document.add_text("body", text)
        document.add_unsigned("id", number)
        document.add_unsigned("allowed", int(number in members))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    build = time.perf_counter() - start
    index.reload()
    searcher = index.searcher()
    size = sum(file.stat().st_size for file in place.iterdir() if file.suffix in {".idx", ".pos", ".term", ".fieldnorm"})
    figures = {"build": build, "bytes": size / len(passages), "segments": searcher.num_segments}
    # Not scored, and a term of its own field.
    within = tantivy.Query.const_score_query(tantivy.Query.term_query(schema, "allowed", 1), 0.0)
    for name, queries in sets.items():
        plain = [
            tantivy.Query.boolean_query(
                [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "body", term, "freq")) for term in query]
            )
            for query in queries
        ]
        filtered = [
            tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, within)]) for query in plain
        ]
        for label, all_of in ((name, plain), (name + " filtered", filtered)):
            figures[label] = timed([lambda q=q: searcher.search(q, limit, count=False) for q in all_of], rounds)
    return figures


def fts5_figures(passages, sets, rounds: int, limit: int) -> dict:
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE passages USING fts5(body, content='', tokenize='ascii')")
    start = time.perf_counter()
    with base:
        base.executemany("INSERT INTO passages (rowid, body) VALUES (?, ?)", enumerate(passages))
    base.execute("INSERT INTO passages (passages) VALUES ('optimize')")
    figures = {"build": time.perf_counter() - start}
    ask = "SELECT rowid, rank FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT ?"
    for name, queries in sets.items():
        texts = [" OR ".join(f'"{term}"' for term in query) for query in queries[:100]]
        figures[name] = timed([lambda t=t: base.execute(ask, (t, limit)).fetchall() for t in texts], rounds)
    return figures


def measure(folder: Path, bench: str, rounds: int, limit: int, skip_fts5: bool) -> None:
    passages = (folder / "passages.txt").read_text().split("\n")[:-1]
    sets = {
        name: [line.split() for line in (folder / f"{name}.txt").read_text().split("\n")[:-1]]
        for name in ("questions", "keywords")
    }
    allowed = [int(line) for line in (folder / "allowed.txt").read_text().split()]
    command = [*bench.split(), str(folder), "--rounds", str(rounds), "--limit", str(limit)]
    ours = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    peer = tantivy_figures(folder, passages, sets, allowed, rounds, limit)
    again = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    slow = {} if skip_fts5 else fts5_figures(passages, sets, 1, limit)
    print(f"{len(passages)} passages, {limit} results; tantivy has {peer['segments']} segment(s)")
    print(f"{'':24}{'ours':>10}{'tantivy':>10}{'ratio':>8}{'FTS5':>12}{'ratio':>8}")

    def row(label: str, own: float, other: float, slowest: float | None, better: float) -> None:
        line = f"{label:24}{own:10.1f}{other:10.1f}{better:8.2f}"
        print(line + (f"{slowest:12.1f}{slowest / own:8.1f}" if slowest else ""))

    build = min(ours["buildSeconds"], again["buildSeconds"])
    row("build, s", build, peer["build"], slow.get("build"), peer["build"] / build)
    row("bytes a passage", ours["bytesPerPassage"], peer["bytes"], None, ours["bytesPerPassage"] / peer["bytes"])
    for name in ("questions", "questions filtered", "keywords", "keywords filtered"):
        for place, quantile in enumerate(("p50", "p99")):
            own = min(run["searches"][name][f"{quantile}Microseconds"] for run in (ours, again))
            row(f"{name} {quantile}, µs", own, peer[name][place], slow[name][place] if name in slow else None,
                peer[name][place] / own)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make")
    making.add_argument("folder", type=Path)
    making.add_argument("--passages", type=int, default=100_000)
    making.add_argument("--queries", type=int, default=500)
    making.add_argument("--seed", type=int, default=1)
    measuring = commands.add_parser("measure")
    measuring.add_argument("folder", type=Path)
    measuring.add_argument("--bench", required=True)
    measuring.add_argument("--rounds", type=int, default=5)
    measuring.add_argument("--limit", type=int, default=100)
    measuring.add_argument("--skip-fts5", action="store_true")
    options = parser.parse_args()
    if options.command == "make":
        make(options.folder, options.passages, options.queries, options.seed)
    else:
        measure(options.folder, options.bench, options.rounds, options.limit, options.skip_fts5)


if __name__ == "__main__":
    main()

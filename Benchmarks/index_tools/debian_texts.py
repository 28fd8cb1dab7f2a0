"""Sentences of Debian's package descriptions: real text that anyone can fetch again."""

import hashlib
import lzma
import random
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

SOURCE = "https://deb.debian.org/debian/dists/bookworm/main/i18n/Translation-en.xz"
SHUFFLE_SEED = 7
SHORTEST, LONGEST = 50, 240  # characters of a sentence worth embedding
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"'(])")


def fetch(folder: Path) -> Path:
    """The descriptions, from the folder or else from Debian."""
    path = folder / "debian-bookworm-Translation-en.xz"
    if not path.exists():
        print(f"make-vectors: fetching {SOURCE}", flush=True)
        partial = path.with_name(path.name + ".partial")
        with urllib.request.urlopen(SOURCE, timeout=60) as reply:
            partial.write_bytes(reply.read())
        partial.replace(path)
    return path


def sha256(path: Path) -> str:
    """Of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def paragraphs(path: Path) -> Iterator[str]:
    """Titles and paragraphs: a title follows `Description-en:`, a line of one dot parts paragraphs."""
    lines: list[str] = []
    with lzma.open(path, "rt", encoding="utf-8") as source:
        for line in source:
            line = line.rstrip("\n")
            if line.startswith(" ") and line.strip() != ".":
                lines.append(line.strip())
                continue
            if lines:
                yield " ".join(lines)
                lines = []
            if line.startswith("Description-en:"):
                yield line.split(":", 1)[1].strip()
    if lines:
        yield " ".join(lines)


def sentences(path: Path) -> list[str]:
    """Every distinct sentence of fitting length, in a fixed random order."""
    found: dict[str, None] = {}
    for paragraph in paragraphs(path):
        for sentence in SENTENCE_END.split(paragraph):
            text = " ".join(sentence.split())
            if SHORTEST <= len(text) <= LONGEST:
                found.setdefault(text)
    texts = list(found)
    random.Random(SHUFFLE_SEED).shuffle(texts)
    return texts

"""Texts to vectors and scores by their words: deterministic, and alike where texts are alike."""
import hashlib
import operator
import re
from array import array
from collections import Counter
from functools import lru_cache


@lru_cache(maxsize=8_000)
def word_vector(word, dimension):
    """Whole numbers of 32 bits."""
    numbers = array("i")
    numbers.frombytes(hashlib.shake_256(word.encode("utf-8", "replace")).digest(4 * dimension))
    return numbers


def words(text):
    return re.findall(r"\w+", text.lower())


def embed(text, dimension, normalize=True):
    """The sum of the vectors of a text's words, and how many words there are."""
    found = words(text) or [text]
    total = [0] * dimension
    for word, count in Counter(found[:8192]).items():
        vector = word_vector(word, dimension)
        total = list(map(operator.add, total, vector if count == 1 else [count * x for x in vector]))
    length = sum(x * x for x in total) ** 0.5 if normalize else 2**31
    return [x / length for x in total], len(found)


def overlap(query, text):
    """The share of a query's words that a text has."""
    asked = set(words(query))
    return len(asked & set(words(text))) / len(asked) if asked else 0.0


def cosine(left, right):
    length = (sum(x * x for x in left) * sum(x * x for x in right)) ** 0.5
    return sum(a * b for a, b in zip(left, right)) / length if length else 0.0

#!/usr/bin/env python3
"""From the word list to the word-vector file.

usage: distil.py WORDS.tsv CACHE OUT.bin [DIMS]
"""

import hashlib
import sys
from pathlib import Path

import numpy as np

import table
from embed import Embedder

MOST_BYTES = 12_000_000


def read_list(path):
    words, langs, frequency, spellings = [], [], [], []
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        word, lang, freq, forms = line.split("\t")
        words.append(word)
        langs.append(int(lang))
        frequency.append(float(freq))
        spellings.append([(s, float(p)) for s, _, p in (f.rpartition(":") for f in forms.split(" "))])
    order = sorted(range(len(words)), key=lambda i: words[i].encode("utf-8"))
    return (
        [words[i] for i in order],
        np.array([langs[i] for i in order], np.uint8),
        np.array([frequency[i] for i in order]),
        [spellings[i] for i in order],
    )


def embed(spellings, embedder):
    """One row a word: the mean of its spellings' embeddings, by their share."""
    flat = [s for forms in spellings for s, _ in forms]
    share = np.array([p for forms in spellings for _, p in forms])[:, None]
    starts = np.cumsum([0, *(len(f) for f in spellings)])[:-1]
    return np.add.reduceat(embedder.rows(flat) * share, starts, axis=0)


def unit(rows):
    return rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-12)


def project(rows, langs, dims=256, power=0.5):
    """Centre each language, keep the main axes, even them out in part, turn them."""
    rows = unit(rows).astype(np.float64)
    # What tells French from English is mostly one shift: without it a word lies nearer its translation.
    means = {code: rows[langs == code].mean(0) for code in (table.FRENCH, table.ENGLISH)}
    means[table.FRENCH | table.ENGLISH] = (means[table.FRENCH] + means[table.ENGLISH]) / 2
    for code, mean in means.items():
        rows[langs == code] -= mean
    rows -= rows.mean(0)
    values, axes = np.linalg.eigh(rows.T @ rows / len(rows))
    order = np.argsort(-values)[:dims]
    rows = rows @ axes[:, order] * (values[order] / values[order[0]]) ** (-power / 2)
    # Turned at random (always alike), all components vary alike and four bits do for each.
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(dims, dims)))
    return unit(rows) @ turn


def main():
    words, langs, frequency, spellings = read_list(sys.argv[1])
    dims = int(sys.argv[4]) if len(sys.argv) > 4 else 256
    rows = project(embed(spellings, Embedder(Path(sys.argv[2]), "passage")), langs, dims)
    data = table.pack(words, langs, frequency, rows)
    if len(data) > MOST_BYTES:
        sys.exit(f"{len(data)} bytes: too many words or dimensions")
    out = Path(sys.argv[3])
    out.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    out.with_suffix(".sha256").write_text(f"{digest}  {out.name}\n")
    print(f"{len(words)} words, {dims} dims, {len(data)} bytes, sha256 {digest}")


if __name__ == "__main__":
    main()

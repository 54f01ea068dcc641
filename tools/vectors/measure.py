"""Measures of a table of word vectors: topics against sentences, translation, inflection, odd one out."""

import json
import tomllib
from pathlib import Path

import numpy as np

from table import ENGLISH, FRENCH

HERE = Path(__file__).parent


def lines(name):
    text = (HERE / "checks" / name).read_text(encoding="utf-8")
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


def unit(rows):
    return rows / (np.linalg.norm(rows, axis=-1, keepdims=True) + 1e-12)


def topics(folder, table, file, guess=True):
    """Macro-F1 of the best topic, and AP, P@5, nDCG@10 per topic, for one file of sentences."""
    items = [json.loads(line) for line in (folder / file).read_text(encoding="utf-8").splitlines()]
    texts = np.array([table.vector(f"{i['title']} {i['text']}", guess=guess) for i in items])
    mean = texts.mean(0)
    texts = unit(texts - mean)
    listed = tomllib.loads((folder / "topics.toml").read_text(encoding="utf-8"))["topic"]
    asked = []
    for topic in listed:
        strong = table.vector(" ".join([topic["label"], *topic["terms"]]), guess=guess)
        asked.append(strong + 0.5 * table.vector(topic["about"], guess=guess))
    asked = unit(unit(np.array(asked)) - mean)
    scores = texts @ asked.T
    gold = np.array([[t["id"] == i["topic"] for t in listed] for i in items])
    best = np.eye(len(listed), dtype=bool)[scores.argmax(1)]
    hits = (best & gold).sum(0)
    f1 = (2 * hits / (best.sum(0) + gold.sum(0))).mean()
    ap, p5, ndcg = [], [], []
    for t in range(len(listed)):
        right = gold[np.argsort(-scores[:, t], kind="stable"), t]
        ap.append((np.cumsum(right) / np.arange(1, len(right) + 1))[right].mean())
        p5.append(right[:5].mean())
        gain = 1 / np.log2(np.arange(2, 12))
        ndcg.append((right[:10] * gain).sum() / gain.sum())
    return {"macro-F1": f1, "AP": np.mean(ap), "P@5": np.mean(p5), "nDCG@10": np.mean(ndcg)}


def translation(table):
    """Right translation first, or among the first five, of all words of the other language; both ways."""
    rows = unit(table.rows)
    found = []
    for source, target, flip in ((FRENCH, ENGLISH, False), (ENGLISH, FRENCH, True)):
        pool = np.flatnonzero(table.langs & target)
        asked = {}
        for french, english in lines("pairs.txt"):
            for word in english.split("/"):
                pair = (word, french) if flip else (french, word)
                asked.setdefault(pair[0], set()).add(pair[1])
        for word, right in asked.items():
            right = {table.index[w] for w in right if w in table.index and w != word}
            if word not in table.index or not right or table.langs[table.index[word]] & target:
                continue
            near = pool[np.argsort(-(rows[pool] @ rows[table.index[word]]), kind="stable")[:5]]
            found.append((near[0] in right, bool(right & set(near))))
    found = np.array(found)
    return {"asked": len(found), "P@1": found[:, 0].mean(), "P@5": found[:, 1].mean()}


def inflection(table):
    """Mean cosine of two forms of one lemma, against two forms of different lemmas; share of forms whose
    nearest word of the list is of their lemma."""
    rows = unit(table.rows)
    same, other, first = [], [], []
    groups = [[table.index[w] for w in line if w in table.index] for line in lines("inflections.txt")]
    every = [(g, i) for g, group in enumerate(groups) for i in group]
    group_of, ids = np.array([g for g, _ in every]), np.array([i for _, i in every])
    cosine = rows[ids] @ rows[ids].T
    alike = group_of[:, None] == group_of[None, :]
    upper = np.triu(np.ones_like(alike), 1)
    same, other = cosine[alike & upper], cosine[~alike & upper]
    np.fill_diagonal(cosine, -2)
    first = alike[np.arange(len(ids)), cosine.argmax(1)]
    return {"same": same.mean(), "other": other.mean(), "d'": (same.mean() - other.mean()) / np.sqrt((same.var() + other.var()) / 2), "nearest": first.mean()}


def odd_one_out(table):
    """Share of triples whose first two words are nearer to each other than either is to the third."""
    rows, right, margin = unit(table.rows), [], []
    for words in lines("triples.txt"):
        if all(w in table.index for w in words):
            a, b, c = (rows[table.index[w]] for w in words)
            right.append(a @ b > max(a @ c, b @ c))
            margin.append(a @ b - max(a @ c, b @ c))
    return {"asked": len(right), "right": np.mean(right), "margin": np.mean(margin)}

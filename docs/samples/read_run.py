"""Reads a run with Python's standard library alone.

    bta export latest --out tables
    python3 docs/samples/read_run.py tables

Recomputes the rank (5) of every neuron from stake and weights, compares it with the ledger's, and prints what each
population holds at the last block. With pandas or Polars, `bta export latest --format parquet --out tables` gives
files that `read_parquet` reads as they are.
"""
import csv
import sys
from collections import defaultdict
from pathlib import Path


def table(folder, name):
    """The rows of a table, each a dictionary from column to text; an empty text is a missing value."""
    with open(Path(folder) / f"{name}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def number(text):
    """A number, `nan` and `inf` included; None where there is no value."""
    return float(text) if text else None


def main(folder):
    neurons = table(folder, "neurons")
    weights = defaultdict(list)
    for row in table(folder, "weights"):
        weights[row["block"]].append((int(row["from"]), int(row["to"]), float(row["weight"])))

    # (5): R_j = 1/n sum_i s_i w_ij, for each block whose weights are recorded.
    largest = 0.0
    blocks = defaultdict(list)
    for row in neurons:
        blocks[row["block"]].append(row)
    for block, entries in weights.items():
        rows = sorted(blocks[block], key=lambda r: int(r["neuron"]))
        rank = [0.0] * len(rows)
        for i, j, weight in entries:
            rank[j] += float(rows[i]["stake"]) * weight / len(rows)
        largest = max(largest, max(abs(r - float(row["rank"])) for r, row in zip(rank, rows)))
    print(f"rank by (5): at most {largest:.1e} from the ledger's in {len(weights)} blocks")

    last = max(neurons, key=lambda r: int(r["block"]))["block"]
    populations = defaultdict(list)
    for row in blocks[last]:
        populations[row["population"]].append(row)
    for name, rows in populations.items():
        share = sum(float(r["rank_share"]) for r in rows)
        losses = [number(r["loss"]) for r in rows if r["loss"]]
        loss = f"{sum(losses) / len(losses):.4f}" if losses else "-"
        print(f"block {last}  {name}: {len(rows)} neurons, rank {share:.1%}, loss {loss}")
    return 0 if largest < 1e-9 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

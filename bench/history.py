"""Re-screen years of comments on one machine, with Polars. Run: python bench/history.py [--rows 10000000] [--jobs 2]

Writes a Parquet file of comments made from the development set, screens it in a stream into another, and
prints comments per second and the memory at the end of each tenth: it must not grow.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from stairgate.screening import Screener, default_pack
from stairgate.screening.arrow import BatchScreener

SETS = Path(__file__).parent / "screening_set"
BATCH = 20_000
SCREEN = BatchScreener(Screener(default_pack()))


def comments() -> list[str]:
    lines = itertools.chain.from_iterable(
        path.read_text(encoding="utf-8").splitlines() for path in sorted(SETS.glob("*/*.jsonl"))
    )
    return [json.loads(line)["text"] for line in lines]


def write_history(path: Path, rows: int) -> None:
    """Write ``rows`` comments: nine in ten innocent in kind, as on a page, each with a number of its own."""
    among, chance = comments(), random.Random(5)  # noqa: S311 - repeatable, not secret
    schema = pa.schema([("id", pa.int64()), ("text", pa.string())])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for start in range(0, rows, BATCH):
            texts = [
                f"{chance.choice(among)} {number % 1000}" for number in range(start, min(start + BATCH, rows))
            ]
            writer.write_table(pa.table({"id": range(start, start + len(texts)), "text": texts}, schema))


def screen_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """What Polars maps over the stream: screen the batches of one frame."""
    return pl.concat([pl.DataFrame(pl.from_arrow(SCREEN(batch))) for batch in frame.to_arrow().to_batches()])


def parts(path: Path) -> Iterator[pl.DataFrame]:
    """Yield the file a batch at a time."""
    for batch in pq.ParquetFile(path).iter_batches(BATCH):
        yield pl.DataFrame(pl.from_arrow(batch))


def memory() -> float:
    """Megabytes held by this process and those it started."""
    here = psutil.Process()
    return sum(one.memory_info().rss for one in (here, *here.children(recursive=True))) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "comments.parquet"
        write_history(source, args.rows)
        print(
            f"{args.rows:,} comments, {source.stat().st_size / 1e6:,.0f} MB\n{'screened':>12}{'comments/s':>12}{'MB':>8}"
        )
        done, held, start = 0, 0, time.perf_counter()
        with multiprocessing.get_context("fork").Pool(args.jobs) as pool:
            for frame in _bounded(pool, parts(source), args.jobs * 3):
                done += frame.height
                held += frame.filter(pl.col("action") == "hold").height
                if done % max(args.rows // 10, BATCH) < BATCH:
                    print(
                        f"{done:>12,}{done / (time.perf_counter() - start):>12,.0f}{memory():>8,.0f}",
                        flush=True,
                    )
        print(
            f"held: {held:,}; peak of the first process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:,.0f} MB"
        )


def _bounded(
    pool: multiprocessing.pool.Pool, frames: Iterator[pl.DataFrame], most: int
) -> Iterator[pl.DataFrame]:
    """Map over the frames in order with at most ``most`` of them under way, so that memory stays flat."""
    waiting = [pool.apply_async(screen_frame, (frame,)) for frame in itertools.islice(frames, most)]
    while waiting:
        yield waiting.pop(0).get()
        waiting += [pool.apply_async(screen_frame, (frame,)) for frame in itertools.islice(frames, 1)]


if __name__ == "__main__":
    main()

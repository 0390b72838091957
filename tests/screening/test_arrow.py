"""Screening batches of Arrow columns, alone and through engines that map over them."""

from __future__ import annotations

import pickle

import polars as pl
import pyarrow as pa
import pytest

from stairgate.screening import Direction, Screener, default_pack
from stairgate.screening.arrow import BatchScreener

EMPTY = pa.record_batch({"text": pa.array([], pa.string())})
SCREENER = Screener(default_pack())
TEXTS = ["What fun!", "Text Tom on 07700 900142", None, "", "fuck off you absolute twat"]


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())]
)
def test_each_row_gets_what_screening_says_of_its_text(kind: pa.DataType) -> None:
    batch = pa.record_batch(
        {
            "id": pa.array(range(5)),
            "text": pa.array(TEXTS).cast(kind)
            if not pa.types.is_dictionary(kind)
            else pa.array(TEXTS).dictionary_encode(),
        }
    )
    screened = BatchScreener(SCREENER)(batch)
    assert screened.schema.names == ["id", "text", "action", "findings"]
    for row in screened.to_pylist():
        if row["text"] is None:
            assert (row["action"], row["findings"]) == (None, None)
            continue
        alone = SCREENER.screen(row["text"], direction=Direction.INBOUND_COMMENT)
        assert row["action"] == alone.action
        assert [
            (found["category"], found["start"], found["end"], found["rule"], found["why"])
            for found in row["findings"]
        ] == [(found.category, found.start, found.end, found.rule, found.reason) for found in alone.findings]


def test_the_direction_may_be_a_column() -> None:
    text = "Which days is the one in the red coat in?"
    batch = pa.record_batch({"words": [text, text], "way": ["outbound_post", "inbound_comment"]})
    screened = BatchScreener(SCREENER, column="words", direction_column="way")(batch)
    assert screened.column("action").to_pylist() == ["pass", "hold"]


def test_an_empty_batch_and_a_missing_column() -> None:
    assert BatchScreener(SCREENER)(EMPTY).num_rows == 0
    with pytest.raises(KeyError):
        BatchScreener(SCREENER, column="words")(EMPTY)
    with pytest.raises(ValueError, match="sideways"):
        BatchScreener(SCREENER, direction_column="way")(pa.record_batch({"text": ["a"], "way": ["sideways"]}))


def test_it_can_be_sent_to_another_process() -> None:
    again = pickle.loads(pickle.dumps(BatchScreener(SCREENER)))
    batch = pa.record_batch({"text": TEXTS})
    assert again(batch).equals(BatchScreener(SCREENER)(batch))


def test_polars_maps_it_over_a_lazy_frame() -> None:
    screen = BatchScreener(SCREENER)

    def screened(frame: pl.DataFrame) -> pl.DataFrame:
        batches = frame.to_arrow().to_batches() or [EMPTY]
        return pl.concat([pl.DataFrame(pl.from_arrow(screen(batch))) for batch in batches])

    schema = screened(pl.DataFrame(schema={"text": pl.String})).schema
    frame = pl.LazyFrame({"text": TEXTS * 50}).map_batches(screened, schema=schema, streamable=True)
    counted = frame.collect(engine="streaming").get_column("action").value_counts()
    assert dict(counted.iter_rows()) == {"pass": 100, "hold": 100, None: 50}

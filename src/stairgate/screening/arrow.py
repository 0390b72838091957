"""Screen a column of texts that an engine for large tables hands over, one Arrow batch at a time.

DuckDB, Polars, Spark and Ray can all map a function over Arrow batches; a `BatchScreener` is that function.
It keeps nothing between batches, so memory stays flat however long the table is. Needs ``stairgate[arrow]``:
pyarrow is imported when the first batch is screened, because the product itself goes without it.
"""

from __future__ import annotations

from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING

from stairgate.screening.engine import Screener
from stairgate.screening.kinds import Direction, Finding

if TYPE_CHECKING:
    import pyarrow as pa

_PARTS = ("category", "severity", "start", "end", "rule", "why")


@cache
def new_fields() -> tuple[pa.Field, pa.Field]:
    """Return the two columns that are added: ``action``, and ``findings``, a list of what was found."""
    import pyarrow as pa

    kinds = (pa.string(), pa.string(), pa.int32(), pa.int32(), pa.string(), pa.string())
    found = pa.struct(list(zip(_PARTS, kinds, strict=True)))
    return pa.field("action", pa.string()), pa.field("findings", pa.list_(found))


class BatchScreener:
    """Screens the texts of a record batch. Can be sent to other processes: it takes its pack along.

    ``column`` holds the texts, of any of Arrow's string types. ``direction`` is the direction of all of them,
    or ``direction_column`` names a column of `Direction` values.
    """

    def __init__(
        self,
        screener: Screener,
        *,
        column: str = "text",
        direction: Direction = Direction.INBOUND_COMMENT,
        direction_column: str | None = None,
    ) -> None:
        self._screener = screener
        self._column = column
        self._direction = direction
        self._direction_column = direction_column

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return ``batch`` with the columns ``action`` and ``findings`` added; both are null where the text is.

        Raises KeyError when a column is missing and ValueError for a direction that does not exist.
        """
        import pyarrow as pa

        action_field, findings_field = new_fields()
        screen = self._screener.screen
        actions: list[str | None] = []
        found: list[Finding] = []
        ends = [0]
        for text, direction in zip(
            batch.column(self._column).to_pylist(), self._directions(batch), strict=False
        ):
            screening = screen(text, direction=direction) if text is not None else None
            actions.append(screening.action.value if screening else None)
            found.extend(screening.findings if screening else ())
            ends.append(len(found))
        return batch.append_column(action_field, pa.array(actions, action_field.type)).append_column(
            findings_field, _list_of(found, ends, [action is None for action in actions])
        )

    def _directions(self, batch: pa.RecordBatch) -> repeat[Direction] | map[Direction]:
        if self._direction_column is None:
            return repeat(self._direction)
        return map(Direction, batch.column(self._direction_column).to_pylist())


def _list_of(found: list[Finding], ends: list[int], missing: list[bool]) -> pa.Array:
    """Return the findings as lists: those of row n stand between the n-th end and the next."""
    import pyarrow as pa

    rows = pa.StructArray.from_arrays(
        [
            pa.array([finding.category.value for finding in found], pa.string()),
            pa.array([finding.severity.word for finding in found], pa.string()),
            pa.array([finding.start for finding in found], pa.int32()),
            pa.array([finding.end for finding in found], pa.int32()),
            pa.array([finding.rule for finding in found], pa.string()),
            pa.array([finding.reason for finding in found], pa.string()),
        ],
        names=list(_PARTS),
    )
    mask = pa.array(missing, pa.bool_()) if any(missing) else None
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), rows, mask=mask)

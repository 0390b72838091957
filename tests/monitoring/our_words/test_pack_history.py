"""``stairgate pack compare --history``: the newest posts and comments of every setting, read with what it knows."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import stairgate.cli
from stairgate.cli.pack import add_parser
from stairgate.monitoring.models import Item
from stairgate.publishing.models import Revision
from tests.cast import Cast
from tests.screening.test_pack_check import DATA, RULE


def test_history_is_read_with_both_packs(
    cast: Cast,
    write: Callable[[str], Revision],
    comment: Callable[..., Item],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(stairgate.cli, "with_django", lambda: None)
    shutil.copytree(DATA, tmp_path / "pack")
    (tmp_path / "pack" / "en" / "more.toml").write_text(RULE, "utf-8")
    write("Free money, says nobody")  # a post of ours: not the way the rule is about
    found = comment("Free money for zebras")
    comment("Free money elsewhere", organisation=cast.elsewhere)
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    args = parser.parse_args(["pack", "compare", str(tmp_path / "pack"), "--history"])
    assert args.run(args) == 0
    said = capsys.readouterr()
    lines = [json.loads(line) for line in said.out.splitlines()]
    news = [line["id"] for line in lines if line["rule"] == "test.new"]
    assert len(news) == 2 and str(found.pk) in news
    assert "zebras" not in said.out and said.err.startswith("3 texts read.")

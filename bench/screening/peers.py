"""The peers: what each can answer, and how they are installed into a folder of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

WORDS, DETAILS = "words", "details"


@dataclass(frozen=True, slots=True)
class Peer:
    """One tool. ``package`` is what is installed; ``maker`` names its function in the worker."""

    name: str
    package: str
    maker: str
    answers: str
    node: bool = False


PEERS = (
    Peer("glin-profanity", "glin-profanity", "glin_profanity", WORDS),
    Peer("glin scan_pii", "glin-profanity", "glin_profanity_pii", DETAILS),
    Peer("alt-profanity-check", "alt-profanity-check", "alt_profanity_check", WORDS),
    Peer("better-profanity", "better-profanity", "better_profanity", WORDS),
    Peer("presidio-analyzer", "presidio-analyzer", "presidio_analyzer", DETAILS),
    Peer("scrubadub", "scrubadub", "scrubadub", DETAILS),
    Peer("phonenumbers", "phonenumbers", "phonenumbers", DETAILS),
    Peer("obscenity", "obscenity", "obscenity", WORDS, node=True),
    Peer("bad-words", "bad-words", "bad-words", WORDS, node=True),
)
AUTOMATON = Peer("bare automaton", "ahocorasick_rs", "automaton", "")


def default_folder() -> Path:
    """Return the folder the peers live in when none is named."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "stairgate-bench-screening"


def python_of(folder: Path) -> Path:
    """Return the peers' own Python."""
    return folder / "python" / "bin" / "python"


def install(folder: Path) -> None:
    """Make the folder and install every peer, each by itself: one that fails does not stop the others."""
    folder.mkdir(parents=True, exist_ok=True)
    if not python_of(folder).exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / "python")], check=True)  # noqa: S603
    node = folder / "node"
    node.mkdir(exist_ok=True)
    (node / "package.json").write_text(json.dumps({"name": "peers", "private": True, "type": "module"}))
    for peer in (*PEERS, AUTOMATON):
        pip = [str(python_of(folder)), "-m", "pip", "install", "--quiet", peer.package]
        npm = [shutil.which("npm") or "npm", "install", "--silent", "--prefix", str(node), peer.package]
        try:
            done = subprocess.run(npm if peer.node else pip, capture_output=True, text=True)  # noqa: S603
            print(f"{peer.package:<24}{'installed' if done.returncode == 0 else 'NOT installed'}", flush=True)
        except OSError as error:
            print(f"{peer.package:<24}NOT installed: {error.strerror}", flush=True)


def version(folder: Path, peer: Peer) -> str:
    """Return the installed version of a peer, or "" when it is not there."""
    if peer.node:
        file = folder / "node" / "node_modules" / peer.package / "package.json"
        return str(json.loads(file.read_text())["version"]) if file.exists() else ""
    if not python_of(folder).exists():
        return ""
    ask = f"import importlib.metadata as m; print(m.version({peer.package!r}))"
    done = subprocess.run([str(python_of(folder)), "-c", ask], capture_output=True, text=True)  # noqa: S603
    return done.stdout.strip() if done.returncode == 0 else ""

#!/usr/bin/env bash
# Pin every dependency, with hashes and without addresses, in requirements/. Needs nothing but Python and pip.
#   tools/pin.sh             keep today's versions where they still fit
#   tools/pin.sh --upgrade   take the newest that fit
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet uv

# The lock names where each file came from, so it is made beside the project and thrown away.
mkdir "$work/project"
cp pyproject.toml README.md LICENSE NOTICE "$work/project/"
cp -r LICENSES src "$work/project/"
uv() { "$work/venv/bin/uv" --quiet --project "$work/project" --no-python-downloads "$@"; }

export_pins() { # name, what to include
    local name=$1
    shift
    uv export --frozen --no-emit-project --no-header --no-annotate --format requirements-txt "$@" \
        --output-file "requirements/$name.txt" >/dev/null
}

if [[ ${1:-} != --upgrade && -s requirements/dev.txt ]]; then
    python3 - "$work/project/pyproject.toml" <<'PYTHON'
import re, sys
from collections import Counter
from pathlib import Path

pins = {
    line
    for path in Path("requirements").glob("*.txt")
    for line in re.findall(r"^[A-Za-z0-9._-]+==[^ \\;]+", path.read_text("utf-8"), re.MULTILINE)
}
# Pinned twice, for different Pythons: as a constraint on every Python the two could never both hold.
names = Counter(pin.partition("==")[0] for pin in pins)
pins = {pin for pin in pins if names[pin.partition("==")[0]] == 1}
with open(sys.argv[1], "a", encoding="utf-8") as file:
    file.write("\n[tool.uv]\nconstraint-dependencies = [\n")
    file.writelines(f'    "{pin}",\n' for pin in sorted(pins))
    file.write("]\n")
PYTHON
fi
uv lock
mkdir -p requirements
export_pins base
export_pins dev --extra dev
export_pins postgres --extra postgres
export_pins s3 --extra s3
if grep -nE '://|--(extra-)?index|--find-links| @ ' requirements/*.txt; then
    echo "An address found its way into requirements/." >&2
    exit 1
fi
wc -l requirements/*.txt

#!/usr/bin/env bash
# Bio.Entrez.read refuses an answer whose document type is named by http://, though the DTD that it
# names ships with Biopython: whoever kept answers of E-utilities from before NCBI moved to https
# cannot read them back. The same answer with https:// in that one place is read, without a network.
#
# Seen with biopython 1.88 on Python 3.11, 2026-11-30:
#   http: ValueError: Expected secure URL to NCBI, found 'http://www.ncbi.nlm.nih.gov/...'
#   https: ['11']
# Fails where that is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check biopython==1.88
cat > "$folder/read.py" <<'PY'
import io
from pathlib import Path

import Bio.Entrez

DTD = "eSearch_020511.dtd"
ANSWER = """<?xml version="1.0"?>
<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD eSearchResult, 11 May 2002//EN"
 "{}://www.ncbi.nlm.nih.gov/entrez/query/DTD/eSearch_020511.dtd">
<eSearchResult><Count>1</Count><RetMax>1</RetMax><RetStart>0</RetStart><IdList><Id>11</Id></IdList>
<TranslationSet></TranslationSet><QueryTranslation>spleen</QueryTranslation></eSearchResult>
"""


def read(scheme: str) -> str:
    try:
        return str(Bio.Entrez.read(io.BytesIO(ANSWER.format(scheme).encode()))["IdList"])
    except ValueError as error:
        return f"{type(error).__name__}: {error}"


assert (Path(Bio.Entrez.__file__).parent / "DTDs" / DTD).is_file(), "the DTD no longer ships"
seen = {scheme: read(scheme) for scheme in ("http", "https")}
for scheme, result in seen.items():
    print(f"{scheme}: {result}")
assert seen["http"].startswith("ValueError: Expected secure URL to NCBI"), "http is read now"
assert seen["https"] == "['11']", "https is not read"
PY
HOME="$folder" "$folder/venv/bin/python" "$folder/read.py"

#!/usr/bin/env bash
# No way to write "<" in a BibTeX title comes back as "<" from every reader, though titles of
# medicine are full of it (tumours < 2 cm, P < .05). Raw, Better BibTeX's parser, which Zotero users
# import with, makes an inverted exclamation mark of it, as LaTeX's oldest font encoding prints it;
# \textless{} vanishes in biblatex-csl-converter and in pylatexenc, which bibtexparser decodes with;
# $<$ keeps its dollars in the latter. $<$ alone loses the sign nowhere.
#
# Seen with @retorquere/bibtex-parser 9.0.29 and biblatex-csl-converter 3.6.0 on Node 20, and
# bibtexparser 2.1.0 with pylatexenc 2.10 on Python 3.11, 2026-12-01:
#   raw      better: Tumours ¡ 2 cm   converter: Tumours < 2 cm   bibtexparser: Tumours < 2 cm
#   command  better: Tumours < 2 cm   converter: Tumours  2 cm    bibtexparser: Tumours  2 cm
#   math     better: Tumours < 2 cm   converter: Tumours < 2 cm   bibtexparser: Tumours $<$ 2 cm
# Fails where that is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export HOME="$folder"
npm install --silent --no-audit --no-fund --prefix . \
    @retorquere/bibtex-parser@9.0.29 biblatex-csl-converter@3.6.0
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check bibtexparser==2.1.0 pylatexenc==2.10
for form in 'raw|Tumours < 2 cm' 'command|Tumours \textless{} 2 cm' 'math|Tumours $<$ 2 cm'; do
    printf '@article{a, title = {%s}, journal = {J}, year = {2020}}\n' "${form#*|}" \
        > "${form%%|*}.bib"
done
cat > read.mjs <<'JS'
import { readFileSync } from 'node:fs'
import * as better from '@retorquere/bibtex-parser'
import { BibLatexParser } from 'biblatex-csl-converter'

for (const form of ['raw', 'command', 'math']) {
  const entry = readFileSync(`${form}.bib`, 'utf-8')
  console.log(`${form} better: ${better.parse(entry).entries[0].fields.title}`)
  const read = new BibLatexParser(entry).parse().entries[1].fields.title
  console.log(`${form} converter: ${read.map(part => part.text).join('')}`)
}
JS
cat > read.py <<'PY'
import bibtexparser
from bibtexparser.middlewares import LatexDecodingMiddleware

for form in ("raw", "command", "math"):
    library = bibtexparser.parse_file(f"{form}.bib", append_middleware=[LatexDecodingMiddleware()])
    print(f"{form} bibtexparser: {library.entries[0]['title']}")
PY
{ node read.mjs; venv/bin/python read.py; } | sort | tee seen
sort > expected <<'TEXT'
raw better: Tumours ¡ 2 cm
raw converter: Tumours < 2 cm
raw bibtexparser: Tumours < 2 cm
command better: Tumours < 2 cm
command converter: Tumours  2 cm
command bibtexparser: Tumours  2 cm
math better: Tumours < 2 cm
math converter: Tumours < 2 cm
math bibtexparser: Tumours $<$ 2 cm
TEXT
diff expected seen

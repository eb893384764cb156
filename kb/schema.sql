-- The whole of kb.db. Comments are part of the product: the line above a table and the words
-- behind a column are what Datasette shows and what docs/schema.md is made of.
-- A work is anything that cites or is cited; a paper is a work whose PubMed record was harvested.

-- Everything that cites or is cited, harvested or known only from a reference.
CREATE TABLE works (
    work TEXT PRIMARY KEY,      -- pmid:N, else doi:D in lower case, else ref: and 16 hex digits of the citation's SHA-256
    pmid INTEGER UNIQUE,        -- PubMed identifier
    doi TEXT,                   -- digital object identifier, lower case
    pmcid TEXT,                 -- PubMed Central identifier, PMC and digits
    year INTEGER,               -- year of publication, of the issue where there is one
    title TEXT,                 -- title, where known
    first_author TEXT,          -- family name and initials of the first author, or the group
    journal TEXT,               -- journal as abbreviated in PubMed, or as printed
    text TEXT NOT NULL,         -- one line that names the work to a reader, cut after 1,000 characters
    is_paper INTEGER NOT NULL CHECK (is_paper IN (0, 1)), -- 1 where the PubMed record was harvested
    CHECK (ifnull(work = 'pmid:' || pmid, 0) OR ifnull(work = 'doi:' || doi, 0)
        OR (work GLOB 'ref:[0-9a-f]*' AND length(work) = 20)),
    CHECK (pmid IS NULL OR work = 'pmid:' || pmid)
) STRICT;
CREATE INDEX works_doi ON works (doi);
CREATE INDEX works_year ON works (year);

-- Identifiers under which a work was known before it was resolved.
CREATE TABLE work_ids (
    id TEXT PRIMARY KEY,        -- the superseded work identifier
    work TEXT NOT NULL REFERENCES works (work) -- the work it is now
) STRICT, WITHOUT ROWID;

-- Works that belong together and are not the same: preprint and article, republished, versions.
CREATE TABLE work_links (
    a TEXT NOT NULL REFERENCES works (work), -- one work
    b TEXT NOT NULL REFERENCES works (work), -- the other work
    kind TEXT NOT NULL CHECK (kind IN ('preprint', 'republished', 'version', 'merged')), -- what b is to a: its preprint, its republication, its newer version, the record it was merged into
    PRIMARY KEY (a, b, kind)
) STRICT, WITHOUT ROWID;

-- Harvested PubMed records, one row a PMID: the newest version that was read. What tells a paper
-- from another stands first, the long texts last.
CREATE TABLE papers (
    pmid INTEGER PRIMARY KEY,   -- PubMed identifier
    year INTEGER,               -- year of the issue
    title TEXT NOT NULL,        -- title as text, nothing cut; superscripts as 10⁴, or set apart behind ^; the vernacular title where PubMed has none in English
    authors TEXT NOT NULL,      -- authors in order, separated by semicolons
    journal_abbrev TEXT,        -- journal as abbreviated in PubMed
    design TEXT NOT NULL,       -- study design that the record tells, not stated where it tells none
    n_patients INTEGER,         -- patients studied, the largest number that title or abstract state; null for designs without patients of their own
    is_retracted INTEGER CHECK (is_retracted IN (0, 1)), -- 1 retracted, 0 not when last checked, null never checked or contradictory, as verdicts tells
    record_status TEXT NOT NULL CHECK (record_status IN ('active', 'withdrawn', 'merged')), -- whether PubMed still has the record
    medline_status TEXT,        -- MEDLINE, PubMed-not-MEDLINE, In-Process, Publisher; null where not stated
    doi TEXT,                   -- the record's own DOI, lower case
    pmcid TEXT,                 -- the record's own PubMed Central identifier
    volume TEXT,                -- volume
    issue TEXT,                 -- issue
    pages TEXT,                 -- pages or article number as printed
    pub_date TEXT,              -- date of the issue as far as printed: year, year-month or full
    epub_date TEXT,             -- date of electronic publication
    language TEXT,              -- languages, three letters each, separated by semicolons
    publication_status TEXT,    -- PubMed's publication status: ppublish, epublish, aheadofprint
    integrity_checked TEXT,     -- date of the PubMed record that says so
    n_references INTEGER NOT NULL, -- references listed in the record
    work TEXT NOT NULL UNIQUE REFERENCES works (work), -- the same paper among the works
    journal TEXT,               -- journal title, or the publisher of a book
    nlm_unique_id TEXT,         -- the journal's number in NLM's catalogue
    issn TEXT,                  -- ISSN printed in the record
    pub_date_text TEXT,         -- date of the issue as printed
    is_book INTEGER NOT NULL CHECK (is_book IN (0, 1)), -- 1 for a book or a chapter
    is_chapter INTEGER CHECK (is_chapter IN (0, 1)), -- 1 for a chapter, whose journal is its book; 0 for a whole book, whose journal is its publisher; null for what is no book
    authors_complete INTEGER NOT NULL CHECK (authors_complete IN (0, 1)), -- 0 where the record lists only some of the authors
    design_basis TEXT NOT NULL, -- what the design was read from
    version INTEGER NOT NULL,   -- version of the record in a versioned journal, else 1
    date_revised TEXT,          -- when NLM last revised the record
    date_completed TEXT,        -- when NLM completed the record
    entrez_date TEXT,           -- when PubMed added the record
    read_at TEXT NOT NULL,      -- when this version was last read
    read_from TEXT NOT NULL,    -- efetch, demo, or the name of the file
    record_sha256 TEXT NOT NULL, -- SHA-256 of the record in raw_records that all this was read from
    vernacular_title TEXT,      -- title in the original language
    keywords TEXT NOT NULL,     -- author and other keywords, separated by semicolons
    mesh TEXT NOT NULL,         -- MeSH headings, separated by semicolons, * marks a major one
    abstract TEXT,              -- abstract as text, sections on their own lines
    coi_statement TEXT,         -- conflict of interest statement
    copyright TEXT,             -- copyright notice of the abstract
    title_html TEXT NOT NULL,   -- title with its sub- and superscripts and italics, as safe HTML
    abstract_html TEXT,         -- abstract with its markup, as safe HTML
    CHECK (work = 'pmid:' || pmid),
    FOREIGN KEY (pmid, record_sha256) REFERENCES raw_records (pmid, sha256)
) STRICT;
CREATE INDEX papers_year ON papers (year, pub_date);
CREATE INDEX papers_doi ON papers (doi);
CREATE INDEX papers_journal ON papers (journal_abbrev);
CREATE INDEX papers_retracted ON papers (is_retracted);
CREATE INDEX papers_status ON papers (record_status);
CREATE INDEX papers_design ON papers (design);

-- Every version of the record of each paper as it arrived; /paper/PMID.xml gives the XML out.
CREATE TABLE raw_records (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    sha256 TEXT NOT NULL,       -- SHA-256 of the XML, 64 hex digits; the one that is shown is record_sha256 of papers
    first_read TEXT NOT NULL,   -- when it was read first
    last_read TEXT NOT NULL,    -- when it was read last
    read_from TEXT NOT NULL,    -- efetch, demo, or the name of the file
    xml BLOB,                   -- the bytes that arrived, compressed with zlib; null in a copy that was published without abstracts
    PRIMARY KEY (pmid, sha256)
) STRICT;

-- What the record of a book or a chapter says of the making of the book.
CREATE TABLE imprints (
    pmid INTEGER PRIMARY KEY REFERENCES papers (pmid), -- the book or the chapter
    publisher TEXT,             -- publisher
    publisher_place TEXT,       -- its place
    edition TEXT,               -- edition
    series TEXT,                -- series that the book belongs to
    isbn TEXT,                  -- ISBN, several separated by spaces
    bookshelf_id TEXT           -- number of the book or the chapter in NCBI's Bookshelf, NBK and digits
) STRICT;

-- The exact texts that topics, evidence and findings point into; offsets count code points.
CREATE TABLE passages (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    field TEXT NOT NULL,        -- title, abstract, keyword:1 and so on
    text TEXT NOT NULL,         -- the text
    PRIMARY KEY (pmid, field)
) STRICT, WITHOUT ROWID;

-- Sections of structured abstracts, as spans of the abstract.
CREATE TABLE abstract_sections (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    position INTEGER NOT NULL,  -- order, from 1
    label TEXT,                 -- heading as printed
    category TEXT,              -- NLM's category: BACKGROUND, OBJECTIVE, METHODS, RESULTS, CONCLUSIONS
    start INTEGER NOT NULL,     -- first code point of the section in the abstract
    "end" INTEGER NOT NULL,     -- code point after the section's last one
    PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;

-- Abstracts beside the main one: translations, plain-language summaries, other providers.
CREATE TABLE other_abstracts (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    position INTEGER NOT NULL,  -- order, from 1
    type TEXT,                  -- provider or kind
    language TEXT,              -- language, three letters
    text TEXT NOT NULL,         -- the text
    PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;

-- Authors of each paper in printed order.
CREATE TABLE authors (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    position INTEGER NOT NULL,  -- order, from 1
    last_name TEXT,             -- family name
    fore_name TEXT,             -- given names as printed
    initials TEXT,              -- initials
    suffix TEXT,                -- Jr, 3rd
    collective TEXT,            -- name of a group
    orcid TEXT,                 -- ORCID in its hyphenated form, its check digit verified
    affiliation TEXT,           -- affiliations, separated by semicolons
    PRIMARY KEY (pmid, position),
    CHECK (last_name IS NOT NULL OR collective IS NOT NULL OR fore_name IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX authors_name ON authors (last_name, initials);
CREATE INDEX authors_orcid ON authors (orcid) WHERE orcid IS NOT NULL;

-- Other people in the record: editors of books, investigators of trials, subjects of biographies.
CREATE TABLE contributors (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    position INTEGER NOT NULL,  -- order, from 1
    role TEXT NOT NULL CHECK (role IN ('editor', 'investigator', 'subject')), -- why the record names them
    last_name TEXT,             -- family name
    fore_name TEXT,             -- given names as printed
    initials TEXT,              -- initials
    collective TEXT,            -- name of a group
    PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;

-- MeSH headings, a row per descriptor and qualifier.
CREATE TABLE mesh (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    position INTEGER NOT NULL,  -- order, from 1
    descriptor_ui TEXT,         -- MeSH descriptor identifier, D and digits; records before 2015 have none
    descriptor TEXT NOT NULL,   -- descriptor name
    qualifier_ui TEXT,          -- MeSH qualifier identifier, Q and digits
    qualifier TEXT,             -- qualifier name
    is_major INTEGER NOT NULL CHECK (is_major IN (0, 1)), -- 1 where the descriptor or this qualifier is a major topic
    PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX mesh_descriptor ON mesh (descriptor_ui);
CREATE INDEX mesh_name ON mesh (descriptor);

-- Whether a paper can be expected to have MeSH: where it is not indexed yet, missing MeSH is no
-- missing topic.
CREATE VIEW indexed AS
SELECT
    pmid,                       -- PubMed identifier
    medline_status,             -- PubMed's status of the record
    CASE
        WHEN mesh <> '' THEN 'yes'
        WHEN medline_status = 'MEDLINE' THEN 'yes, without headings'
        WHEN medline_status = 'PubMed-not-MEDLINE' THEN 'never'
        WHEN medline_status IS NULL THEN 'not stated'
        ELSE 'not yet'
    END AS indexed              -- yes; yes, without headings; not yet; never, where PubMed will not index it; or not stated
FROM papers;

-- MeSH descriptors of papers with a topic that the vocabulary does not know, or knows by another
-- name: what it may lack, or what MeSH has renamed.
CREATE TABLE unknown_descriptors (
    descriptor TEXT NOT NULL,   -- descriptor name
    descriptor_ui TEXT,         -- MeSH identifier; null where the records print none
    papers INTEGER NOT NULL,    -- papers with a topic that bear it
    papers_major INTEGER NOT NULL, -- those among them whose major topic it is
    vocabulary_name TEXT        -- the name that the vocabulary has for the identifier; null where it has none
) STRICT;

-- MeSH supplementary concepts: diseases, protocols, organisms.
CREATE TABLE supplementary_mesh (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    position INTEGER NOT NULL,  -- order, from 1
    ui TEXT,                    -- MeSH identifier, C and digits
    name TEXT NOT NULL,         -- name
    type TEXT,                  -- Disease, Protocol, Organism, Anatomy, Population
    PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;

-- Chemical substances indexed in the record.
CREATE TABLE chemicals (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    position INTEGER NOT NULL,  -- order, from 1
    ui TEXT,                    -- MeSH identifier
    name TEXT NOT NULL,         -- name
    registry_number TEXT,       -- CAS or EC number, 0 where there is none
    PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;

-- Publication types: Journal Article, Review, Randomized Controlled Trial.
CREATE TABLE publication_types (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    position INTEGER NOT NULL,  -- order, from 1
    ui TEXT,                    -- MeSH identifier, where the record has it
    name TEXT NOT NULL,         -- name as in the record
    PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX publication_types_name ON publication_types (name);

-- Keywords by who gave them.
CREATE TABLE keywords (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    position INTEGER NOT NULL,  -- order, from 1
    keyword TEXT NOT NULL,      -- the keyword
    owner TEXT,                 -- NOTNLM for the authors' own, else the indexing organisation
    is_major INTEGER NOT NULL CHECK (is_major IN (0, 1)), -- 1 where marked as a major topic
    PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX keywords_keyword ON keywords (keyword);

-- Grants acknowledged in the record.
CREATE TABLE grants (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    position INTEGER NOT NULL,  -- order, from 1
    grant_id TEXT,              -- number of the grant
    acronym TEXT,               -- funding body, short
    agency TEXT,                -- funding body
    country TEXT,               -- its country
    PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;

-- Registry and database numbers, among them those of clinical trials.
CREATE TABLE databanks (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    position INTEGER NOT NULL,  -- order, from 1
    databank TEXT NOT NULL,     -- ClinicalTrials.gov, GENBANK and others
    accession TEXT,             -- number there; null where the record names only the databank
    PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX databanks_accession ON databanks (accession);

-- Every identifier of the record itself, as printed.
CREATE TABLE identifiers (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    position INTEGER NOT NULL,  -- order, from 1
    type TEXT NOT NULL,         -- pubmed, doi, pii, pmc, mid, bookaccession and others
    value TEXT NOT NULL,        -- the identifier as printed
    PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;

-- Dates in the life of the record and of the paper.
CREATE TABLE history (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    position INTEGER NOT NULL,  -- order, from 1
    event TEXT NOT NULL,        -- received, accepted, pubmed, medline, entrez and others
    date TEXT NOT NULL,         -- date as far as given
    PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;

-- General notes of the record.
CREATE TABLE notes (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    position INTEGER NOT NULL,  -- order, from 1
    owner TEXT,                 -- who wrote it
    note TEXT NOT NULL,         -- the note
    PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;

-- Comments, corrections, retractions and citations as the record states them.
CREATE TABLE comments_corrections (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    position INTEGER NOT NULL,  -- order, from 1
    ref_type TEXT NOT NULL,     -- PubMed's RefType: CommentIn, ErratumIn, RetractionOf, Cites and others
    ref_source TEXT,            -- the other item as printed
    ref_pmid INTEGER,           -- its PMID, where given
    note TEXT,                  -- note on the relation
    PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX comments_corrections_ref ON comments_corrections (ref_pmid);

-- Reference lists as printed, each with the work it was resolved to and how.
CREATE TABLE reference_list (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the citing paper
    position INTEGER NOT NULL,  -- order in the record, from 1
    text TEXT,                  -- the citation as printed
    ref_pmid INTEGER,           -- PMID printed with it, where it is one
    ref_doi TEXT,               -- DOI given with it, lower case; one that stands only in the text is in the reason
    ref_pmcid TEXT,             -- PubMed Central identifier printed with it
    work TEXT NOT NULL REFERENCES works (work), -- the work it is
    method TEXT NOT NULL CHECK (method IN ('pmid', 'doi', 'pmcid', 'text', 'none')), -- what decided; none where unresolved
    score REAL,                 -- 1 for an identifier, title similarity from 0 to 1 for a text match
    reason TEXT NOT NULL,       -- what agreed and what did not
    PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX reference_list_work ON reference_list (work);
CREATE INDEX reference_list_method ON reference_list (method);

-- Citations, a row per source that states it.
CREATE TABLE cites (
    citing TEXT NOT NULL REFERENCES works (work), -- the citing work
    cited TEXT NOT NULL REFERENCES works (work), -- the cited work
    source TEXT NOT NULL -- who states it
        CHECK (source IN ('reference_list', 'comments_corrections', 'elink', 'icite', 'crossref')),
    PRIMARY KEY (citing, cited, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX cites_cited ON cites (cited, citing);

-- Citations, a row per pair with the sources that state it.
CREATE VIEW citations AS
SELECT
    citing,                     -- the citing work
    cited,                      -- the cited work
    group_concat(source, ' ') AS sources, -- who states it
    count(*) AS n_sources       -- how many state it
FROM cites GROUP BY citing, cited;

-- The schemes of topics.
CREATE TABLE schemes (
    scheme TEXT PRIMARY KEY,    -- letter of the scheme
    label TEXT NOT NULL,        -- name
    description TEXT NOT NULL,  -- what it holds
    role TEXT CHECK (role IN ('test', 'staging', 'task', 'population', 'disease')) -- what its topics are to the build and the pages: examinations; stages, scores and markers; clinical tasks; patients and sites; diseases. Null for none of these
) STRICT, WITHOUT ROWID;

-- The controlled vocabulary.
CREATE TABLE topics (
    topic TEXT PRIMARY KEY,     -- short name
    scheme TEXT NOT NULL REFERENCES schemes (scheme), -- the scheme it belongs to
    label TEXT NOT NULL,        -- name to show
    definition TEXT NOT NULL,   -- what is meant, in one sentence
    broader TEXT REFERENCES topics (topic), -- the next wider topic
    mesh_ui TEXT,               -- MeSH descriptors that say it: | separates alternatives, + joins those needed together
    synonyms TEXT,              -- words that say it, separated by |
    abbreviations TEXT,         -- abbreviations that may say it, separated by |
    note TEXT,                  -- what else the words can mean
    position INTEGER NOT NULL,  -- order in the vocabulary
    papers INTEGER NOT NULL,    -- papers that have it or a narrower topic
    question TEXT CHECK (question IN ('diagnosis', 'prognosis', 'treatment')) -- what a clinical task asks, by which levels of evidence are told; null for all other topics
) STRICT, WITHOUT ROWID;

-- Every topic under each of its wider topics, itself included.
CREATE TABLE topic_closure (
    ancestor TEXT NOT NULL REFERENCES topics (topic), -- the wider topic
    topic TEXT NOT NULL REFERENCES topics (topic), -- the topic
    PRIMARY KEY (ancestor, topic)
) STRICT, WITHOUT ROWID;

-- Why a paper has a topic: the words, where they stand and the rule that accepted them.
CREATE TABLE topic_evidence (
    id INTEGER PRIMARY KEY,     -- running number
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    topic TEXT NOT NULL REFERENCES topics (topic), -- the topic
    field TEXT NOT NULL,        -- passage the words stand in, or mesh
    start INTEGER,              -- first code point; null for MeSH
    "end" INTEGER,              -- code point after the last one; null for MeSH
    surface TEXT NOT NULL,      -- the words as they stand
    rule TEXT NOT NULL,         -- the rule that accepted them; of MeSH the descriptor of the vocabulary, whose narrower one the record may bear
    negated INTEGER NOT NULL CHECK (negated IN (0, 1)), -- 1 where the text denies the topic: not done, left out, excluded
    CHECK ((field = 'mesh') = (start IS NULL)),
    CHECK ((start IS NULL) = ("end" IS NULL))
) STRICT;
CREATE INDEX topic_evidence_paper ON topic_evidence (pmid, topic);
CREATE INDEX topic_evidence_topic ON topic_evidence (topic);

-- Topics that a paper has, with the strongest basis.
CREATE TABLE paper_topics (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    topic TEXT NOT NULL REFERENCES topics (topic), -- the topic
    basis TEXT NOT NULL CHECK (basis IN ('curated', 'mesh-major', 'mesh', 'keyword', 'title', 'abstract')), -- strongest evidence; curated where a person says it
    n_mesh INTEGER NOT NULL,    -- MeSH headings that say it
    n_keyword INTEGER NOT NULL, -- places in keywords
    n_title INTEGER NOT NULL,   -- places in the title
    n_abstract INTEGER NOT NULL, -- places in the abstract
    PRIMARY KEY (pmid, topic)
) STRICT, WITHOUT ROWID;
CREATE INDEX paper_topics_topic ON paper_topics (topic, pmid);

-- What people decided about papers, a row a line of data/curation.csv. Topics that they add or
-- remove count in paper_topics; what rules found stays in topic_evidence.
CREATE TABLE curation (
    line INTEGER PRIMARY KEY,   -- line of the file
    pmid INTEGER NOT NULL,      -- the paper, whether it is in this base or not
    decision TEXT NOT NULL CHECK (decision IN ('include', 'exclude', 'add-topic', 'remove-topic', 'note', 'retraction', 'expression-of-concern', 'reinstatement')), -- what was decided
    topic TEXT REFERENCES topics (topic), -- the topic that is added or removed
    reason TEXT,                -- why; of a note its text
    who TEXT NOT NULL,          -- who decided
    date TEXT NOT NULL,         -- day of the decision
    CHECK ((topic IS NULL) = (decision NOT IN ('add-topic', 'remove-topic'))),
    CHECK (reason IS NOT NULL OR decision NOT IN ('exclude', 'note', 'retraction', 'expression-of-concern', 'reinstatement'))
) STRICT;
CREATE INDEX curation_paper ON curation (pmid);

-- The PRISMA 2020 flow of records, from what seeds reach and from decisions to include or exclude:
-- identified = duplicates removed + removed for other reasons + screened, and
-- screened = excluded + not yet decided + included.
CREATE TABLE prisma_flow (
    position INTEGER PRIMARY KEY, -- order in the flow
    phase TEXT NOT NULL CHECK (phase IN ('identification', 'screening', 'included')), -- part of the diagram
    box TEXT NOT NULL CHECK (box IN ('identified', 'duplicates removed', 'removed for other reasons', 'screened', 'excluded', 'not yet decided', 'included')), -- its box; several rows where it has details
    detail TEXT,                -- how they were identified, why removed or excluded
    records INTEGER NOT NULL CHECK (records >= 0) -- how many; identified counts a PMID for each seed that reaches it
) STRICT;

-- Study designs from the strongest to the weakest, with the level of evidence that each gives in the
-- columns of OCEBM's table; null where the column has no such design.
CREATE TABLE designs (
    design TEXT PRIMARY KEY,    -- study design, as in papers
    position INTEGER NOT NULL,  -- its place, 1 the strongest
    diagnosis INTEGER CHECK (diagnosis BETWEEN 1 AND 5), -- level for a question of diagnosis
    prognosis INTEGER CHECK (prognosis BETWEEN 1 AND 5), -- level for a question of prognosis
    treatment INTEGER CHECK (treatment BETWEEN 1 AND 5) -- level for a question of treatment
) STRICT, WITHOUT ROWID;

-- Study design and evidence level for a clinical task.
CREATE TABLE evidence (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    task TEXT NOT NULL REFERENCES topics (topic), -- the clinical task it is evidence for
    scheme TEXT NOT NULL,       -- scheme of the level, with -auto where a program assigned it
    level INTEGER CHECK (level BETWEEN 1 AND 5), -- level in that scheme, 1 the strongest; null where the design gives none
    design TEXT NOT NULL,       -- study design
    n INTEGER,                  -- patients, where the text says
    basis TEXT NOT NULL,        -- what the design was read from
    PRIMARY KEY (pmid, task, scheme)
) STRICT, WITHOUT ROWID;

-- What papers say themselves of the level or the certainty of evidence, in their words. Nobody has
-- read for which outcome it holds; it is no level of this base.
CREATE TABLE statements (
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    scheme TEXT CHECK (scheme IN ('GRADE', 'OCEBM', 'PDQ')), -- scheme, where the paper names it
    level TEXT NOT NULL,        -- level or certainty, as the paper writes it
    surface TEXT NOT NULL,      -- the words as they stand
    field TEXT NOT NULL,        -- passage the words stand in
    start INTEGER NOT NULL,     -- first code point
    "end" INTEGER NOT NULL,     -- code point after the last one
    PRIMARY KEY (pmid, field, start)
) STRICT, WITHOUT ROWID;

-- The evidence gap map: for each topic and clinical task the papers, by design and all together.
CREATE TABLE evidence_map (
    topic TEXT NOT NULL REFERENCES topics (topic), -- a topic of any other scheme than the tasks
    task TEXT NOT NULL REFERENCES topics (topic), -- a clinical task
    design TEXT NOT NULL,       -- study design; any for all together
    papers INTEGER NOT NULL,    -- papers that have both, each itself or by a narrower topic
    studies INTEGER NOT NULL,   -- studies among them; a paper on none that is known counts as one
    largest_n INTEGER,          -- patients of the largest of them, where stated
    best_level INTEGER,         -- strongest level of evidence for the task, 1 the strongest
    retracted INTEGER NOT NULL, -- retracted papers among them
    state TEXT NOT NULL CHECK (state IN ('found', 'searched, none', 'none, not searched by name')), -- whether an empty cell was searched for
    PRIMARY KEY (topic, task, design)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_map_task ON evidence_map (task, design);

-- Figures in the text, each with its place.
CREATE TABLE findings (
    id INTEGER PRIMARY KEY,     -- running number
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    kind TEXT NOT NULL,         -- sample_size, subgroup_size, sensitivity, specificity, ppv, npv, accuracy, auc, lr+, lr-, kappa, icc, hr, or, efs, os, pfs, detection-rate, cutoff or p
    value REAL,                 -- the figure; null for a range, which has its ends alone
    low REAL,                   -- lower end of its interval, or of the range
    high REAL,                  -- upper end of its interval, or of the range
    se REAL,                    -- what follows a plus-minus sign, mostly the standard error
    sign TEXT CHECK (sign IN ('<', '>', '≤', '≥')), -- sign before the figure
    n INTEGER,                  -- patients it counts
    unit TEXT,                  -- unit, or the noun of what is counted
    index_test TEXT,            -- test that was judged: topic, or its words
    target TEXT,                -- site or condition looked for: topic
    reference_standard TEXT,    -- what it was judged against, in the words of title or abstract
    unit_of_analysis TEXT,      -- patient or lesion
    time_point TEXT,            -- time to which a survival refers
    arithmetic TEXT CHECK (arithmetic IN ('agrees', 'differs')), -- whether it comes out when it is recomputed from counts beside it, as its rows of sums say; null where that cannot be told
    field TEXT NOT NULL,        -- passage the figure stands in
    start INTEGER NOT NULL,     -- first code point
    "end" INTEGER NOT NULL,     -- code point after the last one
    sentence_start INTEGER NOT NULL, -- first code point of the sentence that states the figure
    sentence_end INTEGER NOT NULL, -- code point after the sentence and its stop
    CHECK (value IS NOT NULL OR low IS NOT NULL AND high IS NOT NULL)
) STRICT;
CREATE INDEX findings_paper ON findings (pmid);

-- Printed numbers that were recomputed from others of the same passage, be they figures of findings
-- or not: docs/arithmetic.md has the rules.
CREATE TABLE sums (
    id INTEGER PRIMARY KEY,     -- running number
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    kind TEXT NOT NULL CHECK (kind IN ('share', 'interval', 'table', 'parts')), -- a percentage of counts, the interval of one or of a figure, a 2 × 2 table, parts of a whole
    verdict TEXT NOT NULL CHECK (verdict IN ('agrees', 'differs')), -- whether it comes out
    words TEXT NOT NULL,        -- the sum in a sentence
    field TEXT NOT NULL,        -- passage it stands in
    start INTEGER NOT NULL,     -- first code point of the number that was recomputed
    "end" INTEGER NOT NULL,     -- code point after its last one
    from_start INTEGER NOT NULL, -- first code point of what it was recomputed from
    from_end INTEGER NOT NULL   -- code point after the last one of that
) STRICT;
CREATE INDEX sums_paper ON sums (pmid);
CREATE INDEX sums_verdict ON sums (verdict);

-- Trials and cohorts that several papers report on.
CREATE TABLE studies (
    study TEXT PRIMARY KEY,     -- registry number or protocol acronym
    label TEXT NOT NULL         -- name to show
) STRICT, WITHOUT ROWID;

-- Which papers report on which study.
CREATE TABLE study_papers (
    study TEXT NOT NULL REFERENCES studies (study), -- the study
    pmid INTEGER NOT NULL REFERENCES papers (pmid), -- the paper
    basis TEXT NOT NULL,        -- databank, or the passage that names it
    PRIMARY KEY (study, pmid)
) STRICT, WITHOUT ROWID;

-- What each witness states of what a work is worth, each statement as itself, whether the verdict
-- rests on it or not: docs/standing.md has the rules.
CREATE TABLE assertions (
    id INTEGER PRIMARY KEY,     -- running number
    work TEXT NOT NULL,         -- the work it is about, harvested or not
    pmid INTEGER,               -- its PMID, where it has one
    witness TEXT NOT NULL CHECK (witness IN ('pubmed', 'crossref-publisher', 'crossref-retraction-watch', 'retraction-watch', 'person')), -- who states it
    record TEXT,                -- the id that the witness gives to what it states, where it gives one
    nature TEXT NOT NULL CHECK (nature IN ('retraction', 'expression_of_concern', 'reinstatement', 'correction', 'other', 'unknown')), -- what it states; other says nothing of what the work is worth, unknown is a word that nobody knows the meaning of
    wrote TEXT NOT NULL,        -- the witness's own word for it
    date TEXT,                  -- date of the notice, as far as known
    notice_pmid INTEGER,        -- PMID of the notice, where given
    notice_doi TEXT,            -- DOI of the notice, where given
    text TEXT,                  -- the notice as printed, or the reason that is given
    source TEXT NOT NULL,       -- where the witness states it, in words
    asked TEXT,                 -- date on which the witness last said so; null for what only files hold
    place INTEGER NOT NULL,     -- of several states of one record in one answer, which comes later: 0 the first
    counts INTEGER NOT NULL CHECK (counts IN (0, 1)) -- 0 where a newer state of the record supersedes it, or its nature is unknown
) STRICT;
CREATE INDEX assertions_work ON assertions (work);
CREATE INDEX assertions_pmid ON assertions (pmid);

-- How each paper stands, and each other work of which a witness states anything: one verdict from all
-- assertions, by the rules of docs/standing.md.
CREATE TABLE verdicts (
    work TEXT PRIMARY KEY,      -- the work
    pmid INTEGER,               -- its PMID, where it has one
    verdict TEXT NOT NULL CHECK (verdict IN ('retracted', 'contradictory', 'expression of concern', 'reinstated', 'corrected', 'none known', 'never checked')), -- the verdict
    rule TEXT NOT NULL,         -- why, in words
    basis TEXT,                 -- numbers of the assertions that it rests on, separated by spaces
    unknown TEXT                -- the words of witnesses that nobody knows the meaning of, separated by semicolons; they decide nothing
) STRICT, WITHOUT ROWID;
CREATE INDEX verdicts_pmid ON verdicts (pmid, verdict);
CREATE INDEX verdicts_verdict ON verdicts (verdict);

-- Retractions, expressions of concern, corrections and the like, at the work they are about, as far as
-- the verdict leaves them: what is superseded or unknown is in assertions alone.
CREATE TABLE notices (
    id INTEGER PRIMARY KEY,     -- running number
    work TEXT NOT NULL,         -- the work the notice is about, harvested or not
    pmid INTEGER,               -- its PMID, where it has one
    kind TEXT NOT NULL CHECK (kind IN ('retraction', 'contradictory', 'expression_of_concern', 'reinstatement', 'erratum', 'republication', 'update', 'comment')), -- what it says; contradictory is a retraction that witnesses contradict each other about
    notice_pmid INTEGER,        -- PMID of the notice, where it has one
    notice_doi TEXT,            -- DOI of the notice, where known
    text TEXT,                  -- the notice as printed, or the reason that is given
    date TEXT,                  -- date of the notice, where known
    source TEXT NOT NULL,       -- who states it: the paper's record, the notice's record, a publication type, Crossref, Retraction Watch or a person
    checked TEXT                -- date on which that source was last asked; null for what only files hold
) STRICT;
CREATE INDEX notices_pmid ON notices (pmid);
CREATE INDEX notices_work ON notices (work, kind);
CREATE INDEX notices_notice ON notices (notice_pmid);

-- Works that lead to a retracted or doubted work through what they cite.
CREATE TABLE exposure (
    work TEXT NOT NULL REFERENCES works (work), -- the citing work
    retracted TEXT NOT NULL REFERENCES works (work), -- the retracted or doubted work
    kind TEXT NOT NULL CHECK (kind IN ('retraction', 'contradictory', 'expression_of_concern')), -- whether it is retracted, retracted as some witnesses say and others do not, or doubted
    hops INTEGER NOT NULL CHECK (hops >= 1), -- citations between them, 1 where cited directly
    path TEXT NOT NULL,         -- a shortest way from the one to the other, works separated by spaces
    PRIMARY KEY (work, retracted)
) STRICT, WITHOUT ROWID;
CREATE INDEX exposure_retracted ON exposure (retracted);

-- Which seed brought a paper, and along which way.
CREATE TABLE provenance (
    pmid INTEGER NOT NULL,      -- the paper
    seed TEXT NOT NULL,         -- the seed: job and what it names
    via TEXT NOT NULL,          -- PMID it was reached from; empty for what a seed names or finds itself
    hop INTEGER NOT NULL CHECK (hop >= 0), -- citations between seed and paper
    source TEXT NOT NULL,       -- what led there: seed, search, file, or who stated the citation (references, elink, icite, crossref)
    PRIMARY KEY (pmid, seed, via)
) STRICT, WITHOUT ROWID;
CREATE INDEX provenance_seed ON provenance (seed);

-- Harvest runs and their sums: asked is the sum of the six that follow it.
CREATE TABLE runs (
    run INTEGER PRIMARY KEY,    -- number of the run
    job TEXT NOT NULL,          -- job that ran
    started TEXT NOT NULL,      -- when it began
    finished TEXT,              -- when it ended
    state TEXT NOT NULL,        -- complete, incomplete or killed
    asked INTEGER NOT NULL,     -- distinct PMIDs asked for or read
    stored INTEGER NOT NULL,    -- new records and new versions
    unchanged INTEGER NOT NULL, -- records that were as stored
    missing INTEGER NOT NULL,   -- PMIDs that the service does not have
    withdrawn INTEGER NOT NULL, -- records that NLM deleted
    failed INTEGER NOT NULL,    -- records that could not be had or read
    filtered INTEGER NOT NULL,  -- records that a filter left out
    note TEXT,                  -- what went wrong, where something did
    CHECK (asked = stored + unchanged + missing + withdrawn + failed + filtered)
) STRICT;

-- Questions put to the services, with the count of what was found.
CREATE TABLE searches (
    id INTEGER PRIMARY KEY,     -- running number
    run INTEGER NOT NULL REFERENCES runs (run), -- the run
    source TEXT NOT NULL,       -- service
    question TEXT NOT NULL,     -- the question as asked
    query TEXT NOT NULL,        -- the query in it, with its dates where it has them
    translation TEXT,           -- the query as PubMed understood it
    asked_at TEXT NOT NULL,     -- when
    count INTEGER NOT NULL      -- how many it found
) STRICT;

-- What each run changed.
CREATE TABLE changes (
    run INTEGER NOT NULL REFERENCES runs (run), -- the run
    pmid INTEGER NOT NULL,      -- the paper
    kind TEXT NOT NULL CHECK (kind IN ('new', 'revised', 'retracted', 'doubted', 'reinstated', 'corrected', 'withdrawn', 'merged')), -- what happened
    date TEXT NOT NULL,         -- when the run read it
    detail TEXT,                -- fields that were revised, or the notice and who states it
    PRIMARY KEY (run, pmid, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX changes_date ON changes (run, date, pmid);

-- Groups of works that cite each other more than others, found by the Leiden algorithm.
CREATE TABLE communities (
    community INTEGER PRIMARY KEY, -- its number, 1 the largest
    name TEXT NOT NULL,         -- the topics that set it apart, or its most cited work where it has none
    size INTEGER NOT NULL,      -- works in it
    papers INTEGER NOT NULL,    -- harvested papers among them
    topics TEXT NOT NULL,       -- the topics of its name, separated by spaces
    hub TEXT NOT NULL REFERENCES works (work) -- the work that most of its works cite
) STRICT, WITHOUT ROWID;

-- Measures of each work in the citation graph.
CREATE TABLE metrics (
    work TEXT PRIMARY KEY REFERENCES works (work), -- the work
    pagerank REAL NOT NULL,     -- PageRank, damping 0.85, all works sum to 1
    in_degree INTEGER NOT NULL, -- works that cite it, by any source that was asked
    in_degree_local INTEGER,    -- harvested papers among them
    out_degree INTEGER NOT NULL, -- works here that it cites
    betweenness REAL,           -- share of shortest paths through it; the key betweenness_from of meta says how many works they were followed from
    community INTEGER REFERENCES communities (community), -- number of its community; null where nothing links it to another work
    on_main_path INTEGER CHECK (on_main_path IN (0, 1)), -- 1 on the main path
    main_path_place INTEGER,    -- its place on the main path, 1 the newest
    on_cycle INTEGER CHECK (on_cycle IN (0, 1)), -- 1 where its citations lead back to it; the main path leaves these out
    core INTEGER                -- its k-core: it is among works each of which cites or is cited by this many others of them
) STRICT, WITHOUT ROWID;
CREATE INDEX metrics_community ON metrics (community);

-- Where to draw each work on a map.
CREATE TABLE layouts (
    work TEXT NOT NULL REFERENCES works (work), -- the work
    layout TEXT NOT NULL,       -- year: every work by year and lane; force: every work near what it is linked to, those without a link around the others
    x REAL NOT NULL,            -- horizontal place: the year, two before the first where unknown; in force from 0 to 1
    y REAL NOT NULL,            -- vertical place: the lane from 0, communities one above the other; in force from 0 to 1
    PRIMARY KEY (work, layout)
) STRICT, WITHOUT ROWID;

-- What this base is made of: its id, versions, counts.
CREATE TABLE meta (
    key TEXT PRIMARY KEY,       -- what
    value TEXT NOT NULL         -- the value
) STRICT, WITHOUT ROWID;

-- What the full-text index is made of.
CREATE VIEW paper_texts AS
SELECT
    pmid,                       -- the paper
    title,                      -- its title
    abstract,                   -- its abstract
    authors,                    -- its authors
    keywords,                   -- its keywords
    mesh,                       -- its MeSH headings
    (SELECT group_concat(DISTINCT c.ancestor) FROM paper_topics t
        JOIN topic_closure c ON c.topic = t.topic WHERE t.pmid = p.pmid) AS topics -- its topics and all wider ones, separated by commas
FROM papers p;

-- Full-text index over title, abstract, authors, keywords, MeSH and topics. Its words are in ASCII
-- where there is a way: write beta for β, 123I for ¹²³I and Chelmecka for Chełmecka after MATCH.
CREATE VIRTUAL TABLE papers_fts USING fts5 (
    title, abstract, authors, keywords, mesh, topics,
    content = 'paper_texts', content_rowid = 'pmid', tokenize = 'porter unicode61 remove_diacritics 2'
);

"""The words in which a paper tells its own design, and the traps beside them. Pure.

A design that is denied ("were not randomised"), wished for ("prospective studies are needed") or
another paper's ("a previous retrospective study") is not told.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kb.reading.literals import Finder
from kb.reading.passage import ReadPassage

FEW = 9  # patients that case reports and series describe at the most


class Cue(NamedTuple):
    """Words that tell a design, in the title alone or anywhere.

    ``most`` is for words that papers on patients of their own have too: they count only where the
    sample size is not stated, or no larger.
    """

    design: str
    words: tuple[Finder, ...]
    in_title: bool
    most: float


def _cue(design: str, *words: str, in_title: bool = False, most: float = math.inf) -> Cue:
    return Cue(design, tuple(Finder(each, re.I) for each in words), in_title, most)


# What is denied, wished for or cited is no design of the paper's own: before a cue, and after it.
NOT_OWN_BEFORE = re.compile(
    r"\b(?:not|non|never|no|without|previous(?:ly)?|prior|earlier|former|published|past|future"
    r"|further|larger|need for|lack of|ongoing|unlike|after|since|existing|recent|other|few|awaits?"
    r"|require[sd]?|needs?|shown|demonstrated)[\s-]+"
    r"(?:(?:a|an|the|any|this|been|be|well|small|large|single|randomi[sz]ed|controlled|prospective"
    r"|multicent(?:er|re)|national|international)[\s,-]+){0,4}$"
    r"|\b(?:should|must|needs? to|remains? to|ha(?:s|ve) to|ought to|will|in order to)\b"
    r"(?:\s+\w+){0,3}\s+$",
    re.I,
)
NOT_OWN_AFTER = re.compile(
    r"(?:\s+[\w-]+){0,3}\s+(?:(?:is|are|will be|would be|may be|remain|should be)\s+(?:\w+\s+)?"
    r"(?:needed|required|warranted|necessary|lacking|awaited|limited|planned|desirable|missing|done"
    r"|under way|underway)"
    r"|(?:have|has|had)\s+(?:shown|suggested|found|reported|demonstrated|proved|proven))\b",
    re.I,
)
FILES = (
    r"(?:(?:medical|clinical|hospital|patient|case|electronic|health) )?"
    r"(?:records|charts|notes|files|histories)\b"
)
READERS = r"(?:readers?|radiologists|physicians|observers|raters|reviewers|pathologists|experts)"
IMAGES = (
    r"(?:scans?|images|imaging|radiographs|studies|examinations|sonograms|MRIs?|MR images|CTs?"
    r"|PET/CT|PET|slides|scintigrams|films|tumou?rs|masses|patients|children|infants|cases)"
)
RETROSPECTIVE = _cue(
    "retrospective study",
    r"\bretrospective(?:ly)?\b(?! (?:studies|reports|series have)\b)",
    r"\bin retrospect\b",
    r"\b(?:chart|case[- ]note|(?:medical )?records?) (?:review|audit)\b",
    rf"\breview(?:ed|ing)? (?:of )?(?:the |our |all |their )?{FILES}",
    rf"\b{FILES}[^.;]{{0,80}}\bwere (?:\w+ )?(?:reviewed|searched|read|screened|studied|pooled"
    r"|analy[sz]ed|examined|audited)\b",
    rf"\b(?:searched|screened|audited|read) (?:the |our |all |hospital )*{FILES}",
    rf"\b(?:from|according to|on the basis of) (?:the |our |their |hospital )*(?:case "
    rf"|medical ){FILES}",
    r"\b(?:case[- ]notes|(?:medical|hospital|clinical|patients?'?) (?:records|charts|files))\b",
    r"\baccording to (?:the |our |their )?(?:charts|notes|records)\b",
    r"\barchiv(?:al|ed)\b (?!(?:tissue|specimen|sample))",
    r"\b(?:secondary|post[- ]hoc|ancillary)(?:,? (?:secondary|post[- ]hoc))? analys[ie]s\b",
    r"\b(?:finished|completed|closed) (?:[\w-]+ ){0,2}(?:trials?|stud(?:y|ies)|protocols?)\b",
    r"\b(?:were|was) (?:re-?read|re-?scored|re-?classified|re-?assigned|re-?staged"
    r"|re-?evaluated)\b",
    r"\b(?:scored|read|classified|assigned|staged|reviewed|graded) (?:anew|afresh|again)\b"
    r"(?! (?:after|at|by|centrally|in consensus))",
)
# Words of looking back that papers of other designs have as well.
LOOKED_BACK = _cue(
    "retrospective study",
    rf"\b{IMAGES}\b[^.;]{{0,60}}\b(?:was|were) (?:\w+ly )?reviewed\b",
    r"\bwe (?:\w+ly )?(?:reviewed|looked back|audited)\b(?! (?:the )?(?:literature|evidence"
    r"|published|reports|articles)| (?:[\w-]+ ){1,3}literature\b)",
    r"\breview(?:ed)? of (?:our|all|the) (?:[\w-]+ ){0,3}(?:patients|children|cases|experience)\b",
    r"\b(?:were|was) (?:identified|retrieved|taken|collected|extracted) from "
    r"(?:the |our |hospital )*(?:[\w'’-]+ )?(?:records|files|charts|archives?|PACS|notes)\b",
    r"\breview of (?:\d+|[a-z]+(?:-[a-z]+)?) (?:consecutive )?(?:patients|children|cases|infants"
    r"|scans)\b",
    r"\bwe re-?(?:read|analy[sz]ed|examined|scored|evaluated|assessed|classified)\b",
    r"\bwere re-?(?:analy[sz]ed|examined|assessed)\b",
    r"\b(?:from|in|of) (?:our|the|a|an|hospital|image) (?:[\w-]+ )?(?:archives?|PACS)\b",
    r"\b(?:an?|our|this) (?:[\w-]+ )?audit\b",
    r"\b(?:old|past|earlier|stored) (?:scans|images|films|radiographs)\b",
)
RANDOMISED_TITLE = _cue("randomised trial", r"\brandomi[sz]ed\b", in_title=True)
# "Retracted:" before a title marks the paper itself, which keeps its design.
NOTICE = _cue(
    "notice",
    r"^\W?(?:notice of )?(?:retraction|erratum|errata|corrigend(?:um|a)|addendum"
    r"|expression of concern|(?:author |publisher )?correction|withdrawal)(?: (?:note|notice))?"
    r"(?:\s?[:.\]]|\s?$| to\b| for:)",
    in_title=True,
)
SYSTEMATIC = _cue(
    "systematic review",
    r"\b(?:we (?:\w+ ){0,2}(?:performed|conducted|undertook|did|carried out|present)|this|our)"
    r" (?:[\w-]+ ){0,4}(?:systematic (?:literature )?review|meta-?analysis)\b",
    r"\bPRISMA\b|\bQUADAS\b",
    r"\bsearch\w*\b[^.;]{0,80}\b(?:MEDLINE|PubMed|Embase|Scopus|Web of Science)\b[^.;]{0,40}"
    r"\b(?:Embase|Cochrane|Scopus|CINAHL|Web of Science|registers?|databases)\b",
    r"\b(?:MEDLINE|PubMed|Embase)\b[^.;]{0,60}\b(?:was|were) (?:\w+ly )?searched\b",
    r"\b(?:electronic|bibliographic|\w+) databases were (?:\w+ly )?searched\b",
    r"\bsummary (?:ROC|receiver operating)\b",
    r"\bpooled (?:sensitivity|specificity)\b",
)
# Healthy volunteers whose pictures are read with the patients' make no case-control study.
READ_BY_SEVERAL = (
    rf"\b(?:two|three|four|five|six|seven|eight|nine|ten|[2-9]|several|blinded|independent) "
    rf"(?:[\w-]+ ){{0,4}}{READERS}(?: [\w-]+){{0,4}} (?:read|scored|rated|assessed|applied"
    r"|interpreted|measured|graded|assigned|delineated|evaluated|marked|looked|judged"
    r"|classified|staged|reviewed|drew|outlined)\b(?![^.;]{0,80}\b(?:in|by) consensus\b)",
    rf"\b(?:read|scored|rated|assessed|interpreted|measured|graded|evaluated|reviewed|judged)"
    rf"(?: \w+){{0,2}} by (?:two|three|four|five|six|seven|eight|nine|ten|[2-9]|blinded"
    rf"|independent|masked) (?:[\w-]+ ){{0,4}}{READERS}\b(?! (?:\w+ )?(?:in|by) consensus\b)",
    r"\b(?:read|scored|rated|measured) (?:twice|(?:[\w-]+ ){0,4}again (?:centrally|by))\b",
    r"\bread (?:[\w-]+ ){1,5}and (?:[\w-]+ )?again\b",
    r"\b(?:blinded|masked) (?:[\w-]+ )?(?:reading|readers?|reviewers?|observers?)\b",
)
# Who recommends, and how.
BODY = r"(?:group|committee|panel|task force|board|society)"
ISSUED = "drawn up|drew up|developed|issued|formulated|agreed(?: (?:up)?on)?|made|prepared|written"
NUMBER = r"(?:two|three|four|five|six|seven|eight|nine|ten|[1-9][0-9]?)"
# The first that is met decides: first what holds no results of its own or would otherwise pass for
# something stronger, last what other papers say as well.
CUES = (
    _cue(
        "trial protocol",
        r"\b(?:study|trial) protocol(?: for\b| of\b|[:.]|$)",
        r"\bprotocol (?:for|of) an? (?:[\w-]+ ){0,4}(?:trial|study)\b",
        in_title=True,
    ),
    _cue(
        "trial protocol",
        r"\bthis (?:study |trial )?protocol (?:describes|outlines|sets)\b",
        r"\b(?:patients|children|infants|participants|adults"
        r"|families)\b[^.;]{0,40}\bwill be (?:enrolled"
        r"|randomi[sz]ed|recruited|assigned|allocated|invited|scanned|followed)\b",
        r"\bwe (?:will|plan to) (?:enrol|recruit|include|randomi[sz]e)",
        most=0,
    ),
    _cue(
        "case report or series", r"\bcase report\b", r"\b(?:a|an) (?:\w+ )?case of\b", in_title=True
    ),
    _cue(
        "case report or series",
        r"\bwe (?:here )?(?:report|describe|present) (?:on )?(?:a|an|the|one) (?:[\w-]+ ){0,3}"
        r"(?:case|patient|child|infant|boy|girl|neonate|newborn)\b",
        most=FEW,
    ),
    _cue(
        "systematic review",
        r"\bsystematic (?:literature )?review\b",
        r"\bmeta-?analys[ie]s\b",
        in_title=True,
    ),
    SYSTEMATIC,
    _cue("case report or series", r"\bcase series\b", rf"\b{NUMBER} case reports\b"),
    _cue(
        "case report or series",
        rf"\b(?:reports? (?:of |on )?|describe |present ){NUMBER} (?:[\w-]+ )?"
        r"(?:cases|patients|children|infants)\b",
        most=FEW,
    ),
    _cue(
        "consensus",
        r"\b(?:a|modified|round|rounds of) Delphi\b",
        r"\bDelphi (?:study|survey|rounds?|process|consensus|method|technique|panel)\b",
        most=0,
    ),
    RETROSPECTIVE,
    _cue("cross-sectional study", rf"\bvolunteers?\b[^.]{{0,120}}?{READ_BY_SEVERAL[1]}"),
    _cue(
        "case-control study",
        r"\bcase[- ]control(?:led)? (?:study|design|analysis)\b",
        r"\b(?:healthy|normal|age[- ]matched|sex[- ]matched|matched|unaffected) (?:[\w-]+ ){0,3}"
        r"(?:controls?|peers|volunteers|siblings|children|adults|subjects"
        r"|individuals)\b(?! values)",
        r"\band (?:of )?(?:\d+|[a-z]+(?:-[a-z]+)?) controls\b",
        r"\b(?:than|in|and|with|from|of|for) controls\b",
        r"\b(?:compared|comparison) with (?:those of |that of )?(?:the )?(?:\d+ "
        r"|[a-z]+ )?controls\b",
    ),
    RANDOMISED_TITLE,
    _cue(
        "randomised trial",
        r"\brandomly (?:assigned|allocated)\b",
        r"\bwere (?:(?:then|first) )?randomi[sz]ed\b",
        r"\bwe randomi[sz]ed\b",
        r"\b(?:double-blind|placebo-controlled)\b",
        r"\bin an? (?:(?!not\b|non)[\w-]+,? ){0,4}randomi[sz]ed,? (?:[\w-]+,? ){0,4}(?:trial"
        r"|study|comparison)\b",
        r"\bthis (?:(?!not\b)[\w-]+,? ){0,5}randomi[sz]ed\b",
    ),
    _cue(
        "controlled trial, not randomised",
        r"\bnon-?randomi[sz]ed,? (?:[\w-]+,? ){0,2}(?:controlled|comparative)\b",
        r"\b(?:controlled|comparative)\b[^.;]{0,20}\b(?:not|non)[- ]?randomi[sz]ed\b",
        r"\b(?:allocated|assigned) (?:to [\w-]+ (?:[\w-]+ ){0,4})?by (?:date|cent(?:er|re)|choice"
        r"|availability|preference|year|hospital)\b",
    ),
    _cue("phase III trial", r"\bphase (?:3|III) (?:[\w-]+ ){0,2}(?:trial|study)\b"),
    _cue(
        "clinical trial",
        r"\bphase (?:[1-4]|I{1,3}|IV)[ab]?(?:[/-](?:[1-3]|I{1,3})[ab]?)?,? (?:[\w-]+,? ){0,3}"
        r"(?:trial|study)\b",
        r"\b(?:feasibility|pilot|single[- ]arm|one[- ]arm|open|open-label|uncontrolled"
        r""
        r"|dose[- ](?:escalation|finding)|basket) (?:[\w-]+ ){0,2}(?:trial|protocol)\b",
        r"\b(?:single[- ]arm|one[- ]arm|open-label|dose[- ]"
        r"(?:escalation|finding)) (?:[\w-]+ ){0,2}study\b",
        r"\bnon-?randomi[sz]ed,? (?:[\w-]+,? ){0,3}trial\b",
        r"\bnon-?randomi[sz]ed,? (?:single|one)[- ]arm,? (?:[\w-]+ ){0,2}study\b",
        r"\bfirst[- ]in[- ](?:human|child|man|children)\b",
        r"\b(?:trial|study)\b[^.;]{0,30}\b(?:no control (?:group|arm)"
        r"|without (?:a )?control (?:group|arm))\b",
    ),
    _cue(
        "prospective study",
        r"\bprospectively\b",
        r"\bprospective\b(?!,? (?:[\w-]+ ){0,2}(?:studies|trials|validation|research|confirmation"
        r"|testing|comparisons|parents|data are|evidence)\b)",
    ),
    _cue(
        "cross-sectional study",
        r"\bcross-sectional (?:study|survey|analysis|design|sample)\b",
    ),
    _cue("cross-sectional study", *READ_BY_SEVERAL),
    _cue(
        "cross-sectional study",
        r"\b(?:inter|intra)-?(?:observer|reader|rater)\b",
        r"\b(?:agree|agreement|reproducibility|concordance|reliability|repeatability)\b"
        r"(?! (?:to|statement))",
        in_title=True,
    ),
    _cue(
        "cross-sectional study",
        r"\b(?:national|nationwide|international|European|online|web-based|postal|email|telephone)"
        r" survey\b|\brespondents\b|\bfocus groups?\b",
        r"\b(?:questionnaires?|web survey|online survey|postal survey|survey of (?!the (?:skeleton"
        r"|literature|body)|literature)|were (?:surveyed|interviewed)|we (?:surveyed|interviewed)"
        r"|interviews? (?:was|were|with)|telephone interviews?)\b",
        r"\b(?<!skeletal )(?<!bone )(?<!radiographic )(?<!body )(?<!metastatic )survey (?:was|were)"
        r" (?:sent|mailed|answered|completed|e-mailed|distributed)\b",
    ),
    _cue("accuracy study", r"\b(?:reference|gold) standard\b"),
    LOOKED_BACK,
    _cue(
        "cohort study",
        r"\bcohorts?\b(?! (?:of (?:mice|cells|readers)|were pooled))",
        r"\b(?:tumou?r|cancer|national|population|disease|hospital|nationwide|international|SEER"
        r"|clinical|patient|trial) (?:registry|register|database)\b",
        r"\b(?:registry|database) of\b",
        r"\bregistr(?:y|ies) (?:data|study|report)\b",
        r"\bdata(?:base)? (?:of|from) the [^.;]{0,60}\b(?:registry|register|database)\b",
        r"\bpopulation-based\b",
        r"\bwere (?:then |all |also )?followed(?: up)?\b(?! by (?:surgery|chemotherapy|a |an ))",
        r"\bfollowed (?:with|by) (?:[\w-]+,? ){0,5}(?:for|from|until|over)\b",
        r"\blongitudinal(?:ly)?\b",
    ),
    _cue("cohort study", r"\b(?:registry|register|database)\b", in_title=True),
    _cue("accuracy study", r"\bdiagnostic (?:accuracy|performance)\b", in_title=True),
    _cue(
        "case report or series",
        r"\b(?:a|an) (?:[\w-]+[- ])?(?:year|month|week|day)[- ]old\b",
        most=FEW,
    ),
    _cue(
        "case report or series",
        r"\b(?:in|of) an? (?:[\w-]+ )?(?:child|infant|boy|girl|neonate|newborn)\b",
        in_title=True,
        most=FEW,
    ),
    _cue(
        "practice guideline",
        r"\bthis (?:[\w-]+ ){0,2}guideline\b",
        r"\bguidelines? (?:is|was|were) (?:written|drawn up|developed)\b",
        most=0,
    ),
    _cue(
        "practice guideline",
        r"(?<!to )(?<!with )\bguidelines? (?:for|on|of|from)\b|\bpractice guidelines?\b",
        in_title=True,
        most=0,
    ),
    _cue(
        "consensus",
        r"\bconsensus (?:statement|report|recommendations?|guidelines?|conference|meeting)\b",
        rf"\b(?:recommendations|guidelines) (?:was|were|are|have been) (?:\w+ly )?(?:{ISSUED}) by "
        rf"(?:[\w-]+ ){{0,5}}{BODY}\b",
        rf"\b{BODY} (?:(?:of|on|for) (?:[\w-]+ ){{1,3}})?(?:{ISSUED}) (?:[\w-]+ ){{0,3}}"
        r"(?:recommendations|guidelines)\b",
        rf"\brecommendations of (?:the|this|our|an?) (?:[\w-]+ ){{0,3}}{BODY} (?:are|is|were) "
        r"(?:given|presented|outlined|reported|set out)\b",
        most=0,
    ),
    _cue(
        "consensus",
        r"(?<!to )(?<!with )\b(?:recommendations|guidelines?|consensus)\b",
        in_title=True,
        most=0,
    ),
    _cue(
        "opinion",
        r"\b(?:this|the present) (?:editorial|commentary|viewpoint|perspective|letter|comment"
        r"|opinion)\b",
        r"\b(?:I|we) (?:disagree|argue|contend)\b",
        r"\bin my (?:view|opinion)\b|\bto the editor\b|\bI (?:believe|think|read)\b",
        most=0,
    ),
    _cue(
        "opinion",
        r"^(?:editorial|commentary|viewpoint|letter|comment(?:s)?(?: on)?|reply|response to"
        r"|perspective)\b",
        r"\b(?:an? |invited )(?:editorial|commentary|viewpoint|perspective|opinion)\b",
        in_title=True,
        most=0,
    ),
    _cue(
        "narrative review",
        r":\s*(?:an?|the) (?:[\w-]+ ){0,2}(?:review|overview|update)\b",
        r"^an? (?:[\w-]+ )?review of\b",
        r"\b(?:pictorial|narrative|state[- ]of[- ]the[- ]art|scoping) (?:review|essay|overview)\b",
        r":\s*(?:[\w-]+ )?(?:review|overview)$",
        in_title=True,
        most=0,
    ),
    _cue(
        "narrative review",
        r"\b(?:this|the present) (?:review|overview)\b",
        r"\b(?:literature|published (?:reports|data|evidence|papers|articles)) (?:was|were|is) "
        r"(?:\w+ly )?(?:reviewed|surveyed|searched|appraised)\b",
        r"\b(?:review|survey) of (?:the |all )?(?:[\w-]+ ){0,2}literature\b",
        r"\bwe (?:\w+ly )?(?:reviewed|searched|surveyed) (?:the |all )?(?!the |all )"
        r"(?:[\w-]+ ){1,3}literature\b",
        r"\bthis (?:article|paper|chapter) (?:reviews|outlines|discusses|summari[sz]es)\b",
        r"\bwe (?:review|summari[sz]e|outline|discuss|give an overview)\b",
        r"\b(?:is|are) (?:reviewed|summari[sz]ed|discussed|outlined)\b",
        r"\b(?:pictorial|narrative) (?:review|essay)\b",
        most=0,
    ),
)


FINDERS = tuple(
    finder for cue in (RANDOMISED_TITLE, NOTICE, LOOKED_BACK, *CUES) for finder in cue.words
)

Texts = Sequence[tuple[str, ReadPassage]]


def design_in_words(texts: Texts, n: int | None) -> tuple[str, str] | None:
    """Design and the words for it, from (field, passage) of title and abstract; None if untold.

    ``n`` is the sample size, where stated.
    """
    for cue in CUES:
        if (n or 0) <= cue.most and (words := own_words(cue, texts)):
            return cue.design, words
    return None


def own_words(cue: Cue, texts: Texts) -> str | None:
    """Field and words of the first place where the paper says this of itself."""
    for field, passage in texts:
        if (field != "title" and cue.in_title) or passage.possible.isdisjoint(cue.words):
            continue
        text = passage.text
        for match in sorted(_found(cue, passage), key=re.Match.start):
            before = text[max(0, match.start() - 80) : match.start()]
            if not NOT_OWN_BEFORE.search(before) and not NOT_OWN_AFTER.match(text, match.end()):
                return f'{field} "{match[0]}"'
    return None


def _found(cue: Cue, passage: ReadPassage) -> Iterator[re.Match[str]]:
    """The words of a cue, sentence by sentence."""
    for finder in cue.words:
        if finder in passage.possible:
            for sentence in passage.sentences:
                if finder in sentence.possible:
                    end = sentence.start + len(sentence.text)
                    yield from finder.pattern.finditer(passage.text, sentence.start, end)

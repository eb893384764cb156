"""The words in which abstracts count people, and the traps beside them. Pure patterns.

They read sentences in the plain form of kb.record.sentences and in lower case; what they mean
together is for kb.appraisal.counts.
"""

from __future__ import annotations

import re

from kb.appraisal.numbers import DIGITS, SPELLED
from kb.reading.literals import Finder

PEOPLE = (
    "patients|children|infants|neonates|newborns|toddlers|adolescents|adults|cases|subjects"
    "|participants|individuals|survivors|parents|families|volunteers|f(?:o)?etuses|babies|siblings"
    "|brothers|sisters|twins|teenagers|mothers|recipients|carriers|youths|pts|(?:in|out)-?patients"
    "|schoolchildren|persons|people|students|pupils|athletes|veterans|smokers|diabetics"
    "|asthmatics"
)
SEXES = "boys|girls|men|women|males|females"
PERCENT = r"[0-9]+(?:\.[0-9]+)?\s*%"
COUNTED = Finder(
    rf"(?:\s*\((?:(?P<again>{DIGITS})|(?P<share>{PERCENT}))\))?"
    rf"\s+(?P<attributes>(?:(?:stages?\s+\w{{1,3}}|[a-z][\w/-]*),?\s+){{0,4}}?)"
    rf"(?P<people>{PEOPLE}|{SEXES})\b(?!-|'s)"
)
SHARE_OF = re.compile(rf"(?:\d/|\b(?:{DIGITS}|{SPELLED})\s+of\s+(?:the\s+|a total of\s+)?)$")
MADE_UP_OF = re.compile(r"\s*\(|.{0,60}?\b(?:including|of (?:whom|which)|namely)\b")
# What a background tells is others' but for a sentence with these.
OURS = re.compile(r"\b(?:we|our|this (?:study|paper|report|review|analysis)|the present|authors)\b")
OUT_OF = re.compile(r"\b(?:of|among|from)\s+(?:the\s+|a total of\s+)?$")
SHARE_AFTER = re.compile(rf"\s*\((?!100(?:\.0+)?\s*%){PERCENT}\s*[);,]")
# Between a number and its noun these say that it counts or measures something else, or people who
# are not the patients of the paper.
NO_ATTRIBUTES = (
    "of|in|and|or|with|to|the|for|from|by|on|at|as|was|were|is|are|than|per|had|have|has|who|that"
    "|year|month|week|day|hour|minute|y|yr|mo|h|min|mg|kg|g|ml|l|mm|cm|gy|cgy|msv|mbq|gbq|kbq|mci"
    "|tesla|t|percent|other|remaining|additional|further|more|fewer|control|new|published|reported"
    "|previous|previously|historical|annual|expected|estimated|predicted|unaffected|unexposed"
    "|nonexposed|non-exposed"
)
NO_ATTRIBUTE = re.compile(NO_ATTRIBUTES)
HEALTHY = {"healthy", "normal"}
WHOLE_ATTRIBUTES = {"consecutive", "eligible", "evaluable", "unselected"}
ISOTOPE = re.compile(
    r"(?:11|18|64|67|68|89|90|99|111|123|124|131|177)\s+(?:c|f|cu|ga|zr|y|tc|in|i|lu)\b"
)

NEW_BEFORE = re.compile(r"\b(?:report|describe|present|add)\s+(?:on\s+|here\s+)?$")

MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
# What begins after its noun where a number is no exact count; what ends before it has words of the
# field too and stands in kb.appraisal.not_counts.
NO_COUNT_AFTER = re.compile(
    r"\s*(?:per\b|/|(?:in )?each\b)|.{0,60}\b(?:(?:each|every|per|a) year|annually)\b"
    r"|.{0,40}?\b(?:ha(?:ve|s) been (?:\w+ )?(?:reported|described|published|known)"
    r"|are (?:\w+ )?known)\b(?! here)"
    r"|.{0,40}?\b(?:in|from) the (?:\w+ )?literature\b"
)
DATE_BEFORE = re.compile(
    r"\b(?:in|since|until|from|to|and|through|between|after|before|by|during|early|late|"
    rf"{MONTHS})\s+$"
)
PLANNED = re.compile(r"\b(?:will|shall|plan(?:s|ned)?|aims? to|intends?|to be enrolled)\b")
OF_CONTROLS = re.compile(r"\s(?:of|from)\s(?:[a-z-]+\s)?controls\b")
# Those who were lost, or named by the way, and those whom the patients were set against.
ASIDE_AFTER = re.compile(
    r"\s+(?:who\s+|also\s+|each\s+)?(?:moved|withdrew|refused|declined|dropped|left|could not"
    r"|did not|failed to|vomited|needed|required|had been excluded"
    r"|were (?:lost|excluded|withdrawn|not|too|seen on|sedated)"
    r"|had (?:to|no|dexamethasone|mild|both)|at the same time)\b"
)
ASIDE_BEFORE = re.compile(r"\b(?:exclud(?:ed|ing)|exclusion of|lost)\s+(?:\w+\s+)?$")
AGAINST_BEFORE = re.compile(
    r"\b(?:compared|comparison|matched|contrast)\s+(?:with|to)\s+"
    r"(?:(?:those|that|the\s\w+)\s+(?:of|in|among)\s+)?$"
    r"|\b(?:versus|vs\.?|controls?[:,(]?(?: of| were)?)\s+$"
    r"|\b(?:against|versus|vs\.?|compared (?:with|to)|than)\s[0-9.]+\s?%(?:\s\([^()]*\))?"
    r"\s(?:of|in|for|among)\s(?:the\s)?$"
)

UNLIKE = "healthy|control|normal|matched|age-matched|unaffected"
ANOTHER = re.compile(
    rf"\b(?:{DIGITS}|{SPELLED})\s+(?:(?!{UNLIKE})[a-z][\w/-]*\s+){{0,3}}?"
    rf"(?!families|parents|mothers)(?:{PEOPLE})\b"
    rf"(?!{ASIDE_AFTER.pattern})"
)

JOINED = (
    r"(?:took part|participated|gave consent|consented|answered|replied"
    r"|completed the (?:study|trial|protocol|survey))"
)
STUDIED = (
    "included|enrolled|recruited|registered|analy[sz]ed|reviewed|studied|evaluated|examined"
    "|investigated|assessed|randomi[sz]ed"
)
WHOLE_BEFORE = re.compile(
    r"\b(?:(?:total|cohort|series|sample|population|registry|database) of"
    r"|stud(?:y|ies) (?:of|with|on|including)"
    r"|trial (?:of|with|in)|experience (?:of|with|in)|results (?:of|in)|outcomes? of|all|comprised"
    r"|comprising|involving|identified|collected|leaving|reports? (?:of|on)"
    r"|(?:data|records|charts|scans|images|files)(?: \w+){0,2} (?:of|from|on|for|in)"
    rf"|{STUDIED})\s+(?:[a-z-]+\s+){{0,4}}$"
)
WHOLE_AFTER = re.compile(
    rf"(?:(?!\b(?:{PEOPLE})\b).){{0,80}}?\b(?:(?:was|were|been)\s+(?:(?!not\b"
    rf"|never\b)\w+\s+){{0,2}}"
    rf"(?:{STUDIED}|eligible|evaluable|accrued|entered)|remained|entered the study|(?:met"
    rf"|fulfilled)\b.{{0,30}}\bcriteria)\b"
)

# Of another study: in an earlier trial of 300 patients; unlike the series of Smith with 300.
EARLIER = (
    r"(?:(?:^|\b(?:in|unlike|since|after|than|to|with)\s)(?:an?|the|our|another|one)\s(?:\w+\s)?"
    r"(?:earlier|previous|prior|former)\s(?:[\w-]+\s){0,2}?|\bunlike\s(?:an?|the|that)\s"
    r"(?:[\w-]+\s){0,2}?)(?:stud(?:y|ies)|trials?|series|reports?|analys[ei]s|papers?)\s"
)
EARLIER_BEFORE = re.compile(rf"{EARLIER}(?:(?!(?:we|was|were|and)\b)[\w-]+\s){{1,4}}$")
OF_EARLIER = re.compile(rf"{EARLIER}[^.;]{{1,60}},\s")
EARLIER_LAST = re.compile(rf"{EARLIER}\($")
READ_AGAIN = re.compile(r"[^.;]{0,60}?\b(?:were|was)\s(?:\w+ly\s)?(?:re-?)?(?:analy|examin|evalua)")

# Of those who were looked at, those who were then studied; an arm of theirs is no sample.
FORM = (
    r"(?:(?:form(?:ed)?|make up|made up|constitut\w+|are|were|compris\w+|remained in|entered)\s+"
    r"(?:the\s+(?:basis|subjects?) of\s+)?(?:this|the|our)\s+(?:\w+\s+)?"
    r"(?:study|series|cohort|sample|analysis|report|trial)"
    rf"|(?:are|were)\s(?:described|reported|presented|{STUDIED})\s(?:here|in\sthis)"
    rf"|these\s(?:were|are)\s(?:then\s)?(?:described|reported|{STUDIED}))"
)
TAKEN = (
    rf"(?:(?:were\s+(?:(?:finally|then|\w+\s+and)\s+)?(?:randomi[sz]ed|enrolled|recruited|included"
    rf"|selected"
    rf"|analy[sz]ed|evaluable)"
    rf"|(?:met|fulfilled)\s+(?:\w+\s+){{0,3}}criteria|{JOINED})\b"
    r"(?!\s+(?:to|into|in|for|with|by)\b(?!\s+(?:the|this|our)\s+(?:\w+\s+)?(?:study|trial"
    r"|analysis)\b))"
    r"|(?:enrolled|recruited|included|analy[sz]ed|randomi[sz]ed)(?=\s*(?:[.,;(]|$))"
    rf"|(?:[\w/,-]+\s+){{0,8}}?{FORM}\b)"
)
# Patients who had MRI were included: what stands between them and the word.
CLAUSE = r"(?:(?:who|whose|with|in whom)\s[^.,;:()]{1,50}?\s)?"
CHOSEN = re.compile(
    rf"[^.:()]{{0,60}}?[\s,;](?P<number>{DIGITS}|{SPELLED})\s+(?:\({PERCENT}\)\s+)?"
    rf"(?:(?:{PEOPLE})\s+)?{CLAUSE}{TAKEN}"
)
# Of 640 children 52 had the disease, 46 of whom were eligible; 46 had it and were analysed.
AT_LAST = re.compile(
    rf"[^.:]{{0,160}}?[\s,;](?P<number>{DIGITS}|{SPELLED})\s(?:\({PERCENT}\)\s)?(?:(?:{PEOPLE})\s)?"
    rf"(?:of\s(?:whom|which|them)\s(?:were|was)\s(?:\w+ly\s)?(?:{STUDIED}|eligible|evaluable|available)"
    rf"|(?:had|have)\s[^.,;:()]{{1,60}}?\sand\s(?:were|was)\s(?:\w+ly\s)?(?:{STUDIED}))\b"
    r"(?!\sfor\s(?!(?:(?:the|this|our)\s)?(?:\w+\s)?(?:analys[ei]s|study|trial|inclusion|review)\b))"
)
# 233 children were registered, of whom 201 were analysed.
OF_WHOM = re.compile(
    r"[^.:()]{0,60}?\b(?:of (?:whom|which|these|them),?"
    r"|were (?:eligible|enrolled|registered|identified|recruited|screened|seen) and)"
    rf"\s(?=(?:{DIGITS}|{SPELLED})\s)"
)
# 46 of a registry of 640 children.
SOURCE_BEFORE = re.compile(
    r"\b(?:registry|database|archives?|searched\s(?:\w+\s){1,4}|files?)\sof\s(?:\w+\s)?$"
)
DRAWN = re.compile(
    r"[^.:()]{0,60}?\b(?:found|identified|drew|selected|retrieved|studied|analy[sz]ed)\s"
    rf"(?:the\s|only\s)?(?P<number>{DIGITS}|{SPELLED})\s(?:with|who|whose|{PEOPLE})\b"
)
SCREENED = r"(?:screened|approached|invited|assessed for eligibility)"
SCREENED_BEFORE = re.compile(
    rf"\b(?:{SCREENED}\s+(?:\w+\s+)?|(?:sent|mailed|offered) to\s+(?:\w+\s+){{0,4}})$"
)
SCREENED_AFTER = re.compile(rf"\s+(?:with\s[^.;]{{0,40}}\s)?(?:were\s+)?{SCREENED}\b")
# 46 of 640 children had a scan and form this study.
SHARE = re.compile(rf"\b(?P<number>{DIGITS}|{SPELLED})\s+(?:of|out of|from)\s+(?:the\s+)?$")
FORMING = re.compile(
    rf"\s+(?:\({PERCENT}\)\s+)?(?:who\s+)?(?:[\w/-]+\s+){{0,10}}?(?:{FORM}\b|and\s+(?:were|are)\s+"
    r"(?:therefore\s+)?(?:included|analy[sz]ed|enrolled|studied|reported|evaluated|read)\b"
    r"|could be (?:retrieved|traced|reviewed|read)\b)"
    rf"|\s+(?:\({PERCENT}\)\s+)?were\s+(?:(?:finally|then|therefore)\s+)?"
    r"(?:included|enrolled|recruited|analy[sz]ed|evaluable|available for analysis)\b(?!\s+(?:to"
    r"|into|for|with|by)\b)"
)
FORMED = re.compile(rf"\s+{JOINED}\b")
# Scans were available in 46 of 640 children.
AVAILABLE = re.compile(
    r"\b(?:available|complete|usable|evaluable|assessable)\s(?:for|in|from|of)\s"
    rf"(?P<number>{DIGITS}|{SPELLED})\s(?:of|out of)\s(?:the\s)?$"
)
# Groups that make the whole together: 29 children with lymphoma and 13 with neuroblastoma.
GROUPS_BEFORE = re.compile(
    rf"(?:\b(?:{STUDIED}|measured|compared|performed|done|obtained|tested|determined|applied"
    rf"|treated"
    r"|pooled|scanned|imaged|followed|sequenced|used|recorded)\b(?:\s+[\w/+-]+){0,6}?(?:\s+(?:in"
    r"|from|on|of|for))?"
    r"|:)\s+(?:\w+\s+)?$"
)
GIVEN = r"received|underwent|were (?:given|treated|assigned|allocated|randomi[sz]ed)"
GROUP_NEXT = re.compile(
    rf"(?:\s\([^()]{{1,80}}\))?(?:\s+(?:with|of|having|from|who|{GIVEN})\s+[^,.;:()]{{1,60}}?)?"
    r"(?:\s\([^()]{1,40}\))?(?P<link>,?\s+and|,)\s+"
    r"(?:(?:in|from|of)\s+)?(?!(?:19|20)[0-9]{2}\b)"
    rf"(?P<number>{DIGITS}|{SPELLED})(?:(?:\s+(?!{UNLIKE})[a-z-]+){{0,2}}?\s+(?:{PEOPLE})\b"
    rf"|(?=\s+(?:with|without|who|having|from|to\s(?![0-9])|{GIVEN})\b|\s+of\s+(?!whom|which|the)))"
)
CONTROLS_NEXT = re.compile(
    rf"(?:\s+(?:with|of|having)\s+[^,.;:()]{{1,60}}?)?,?\s+and\s+(?:{DIGITS}|{SPELLED})\s+"
    rf"(?:{UNLIKE})"
)
# The sets of a model: trained in 150 children and tested in 60.
SETS = Finder(
    r"\b(?:(?P<training>train(?:ing|ed)|derivation|discovery|develop(?:ment|ed)|built|fitted|learning)"
    r"|validat\w+|test(?:ed|ing)?|replicat\w+|external)\b(?:\s(?!and\b)[\w-]+){0,5}?"
    rf"\s(?P<number>{DIGITS}|{SPELLED})(?:\s(?:(?!of\b)[a-z-]+\s){{0,3}}?(?:{PEOPLE})\b"
    r"|(?=\s(?:with|from|in|and)\b|\s*(?:[.,;)]|$)))"
)
# Groups that have a number or a letter: group 1 comprised 22 infants; group 2, 24 infants.
LABELLED = Finder(
    r"\b(?:group|cohort|arm|stratum) (?P<label>[1-4]|[a-d]|i{1,3}|iv)\b[^.;0-9]{0,40}?"
    rf"(?P<number>{DIGITS}|{SPELLED})(?=\)|\s(?:\w+\s){{0,2}}?(?:{PEOPLE})\b)"
)
# To the left of a number, with "respectively": 41 and 38 children.
PAIR_BEFORE = Finder(rf"(?<!between )\b(?P<number>{DIGITS}|{SPELLED})\s+and\s+$")
# Before the noun that two kinds of patients share: 39 neuroblastoma and 12 ganglioneuroma patients.
KIND_BEFORE = Finder(
    rf"(?<![\w.,-])(?!(?:19|20)[0-9]{{2}}\b)(?P<number>{DIGITS}|{SPELLED})\s"
    rf"(?!(?:{NO_ATTRIBUTES}|{UNLIKE}|{PEOPLE}|{SEXES})\b|\w+(?:ed|[^us]s)\b)[a-z-]+\sand\s+$"
)
SUBJECT_BEFORE = re.compile(
    r"\s*(?:[a-z /&-]+:\s*)?(?:(?:[\w-]+\s){0,2}(?:of|from|for)\s|there were\s)?$"
)
# Between a number and its noun: nine male and four female patients.
BOTH_SEXES = re.compile(
    rf"(?:fe)?males?\s(?:\([^()]{{1,20}}\)\s)?(?:and\s)(?P<number>{DIGITS}|{SPELLED})\s(?:fe)?males?\s*"
)
# 1 204 children, as one prints thousands in Europe; but not the 204 children of stage 1.
SPACED = Finder(
    r"(?<![\w.,:/-])(?<!stage )(?<!stages )(?<!grade )(?<!group )(?<!phase )(?<!type )(?<!and )"
    r"(?P<number>[1-9][0-9]{0,2} [0-9]{3})"
    rf"\s(?:(?!(?:{NO_ATTRIBUTES})\b)[a-z-]+\s){{0,2}}?(?P<people>{PEOPLE})\b"
)
SEX_BEFORE = re.compile(rf"\b(?:{SEXES})(?:\s+and|,)\s+$")
SEX_NEXT = re.compile(
    rf"(?:\s+\([^()]{{1,40}}\))?(?:\s+and|,)\s+(?P<number>{DIGITS}|{SPELLED})\s+(?:{SEXES})\b"
)

AFTER_N = Finder(rf"(?<![\w-])n\.?\s?=\s?(?P<number>{DIGITS})(?!\.\d|\s*%|-|\w)")
PEOPLE_NEXT = re.compile(
    rf"\s+(?:(?!(?:{NO_ATTRIBUTES})\b)[a-z][\w-]*\s+){{0,3}}?(?P<people>{PEOPLE})\b"
)
PEOPLE_LAST = re.compile(rf"\b(?P<people>{PEOPLE})\s*[(,:]?\s*$")
PER_PATIENT = re.compile(r"\bper[- ]patient\b[^()]{0,30}\($")
POOLED_LAST = re.compile(
    rf"\b(?P<number>{DIGITS}|{SPELLED})\s(?:\w+\s){{0,3}}?"
    r"(?:studies|trials|articles|reports|publications|papers)\s\($"
)
ARM_LAST = re.compile(
    r"\b(?:randomi[sz]ed|assigned|allocated)\b.*\bcontrol(?:\s(?:group|arm))?\s\($"
)
CONTROL_LAST = re.compile(r"\bcontrols?(?:\s(?:group|arm|subjects|children))?\s\($")
WHOLE_LAST = re.compile(
    rf"(?<!validation )(?<!training )(?<!test )(?<!control )\b(?:cohort|series|sample|population"
    r"|total|overall"
    rf"|(?:all|consecutive|eligible|evaluable|unselected) (?:\w+ ){{0,3}}(?:{PEOPLE}))\s*\($"
)
ENROLLED_LAST = re.compile(
    rf"\b(?P<people>{PEOPLE})\s+(?:[^.;()]{{0,60}}?\s)?were\s+(?:(?!not\b|never\b)\w+\s+){{0,2}}"
    rf"(?:{STUDIED})(?:\s+\w+ly)?"
    r"(?:\s+(?:at|in|from)\s+(?:[\w-]+\s+){1,3}?(?:cent(?:er|re)s?|institutions?|hospitals?))?"
    r"\s*\($"
)
LEFT_OUT = Finder(
    r"\b(?:exclu(?:ded|sions?|ding)|left out|withdr[ae]w\w*|lost to follow|(?:ineligible"
    r"|inadequate|incomplete|refused|declined|dropped out"
    r"|not (?:eligible|evaluable|assessable))\b)"
)
ALL_LAST = re.compile(r"\b(?:whole|entire|total|overall|full)\s(?:\w+\s)?\($")
DENIED = re.compile(r"\b(?:not|never|no|excluded|lost|without)\b")
NOT_STUDIED = re.compile(r"\b(?:not|never|excluded|lost)\b")
PLURAL_NEXT = re.compile(r"\s+(?:[a-z][\w-]*\s+)?[a-z-]+s(?<!was)(?<!has)\b")
THINGS = re.compile(
    r"\b(?:mice|mouse|rats?|animals?|cells?|lines?|experiments?|replicates?|wells?|studies|trials"
    r"|articles|papers|publications|lesions?|scans?|samples|specimens?|tumou?rs|examinations?"
    r"|images|sites?|metastas[ei]s|nodes|biopsies|cent(?:er|re)s|institutions|hospitals|controls?"
    r"|readers|courses|cycles|events|deaths|organs?|liver|masses)\b"
)
SOMEONE = re.compile(rf"\b(?:{PEOPLE})\b")
# A share of a number that has no noun: in four of 96.
FRACTION = re.compile(
    rf"of\s(?:the\s)?(?P<number>{DIGITS}|{SPELLED})"
    r"(?=\s*(?:[,;(]|\.(?:\s|$)|$)|\s(?:with|who|whose|were|had|treated|born)\b)"
)
# A share in brackets beside people: 90% (45/50) of patients, 90% of the patients (45 of 50).
SHARE_IN_BRACKETS = re.compile(rf"\([0-9]+(?:\sof\s|/)(?P<number>{DIGITS})(?=[,;)])")
OF_PEOPLE = re.compile(rf"\)\s(?:of|in)\s(?:\w+\s){{0,3}}?(?:{PEOPLE})\b")
# Shares are of patients where these are named.
NAMED = Finder(rf"\b(?:{PEOPLE}|{SEXES}|patient|child|infant|case)\b")
MODEL_SETS = Finder(r"\b(?:training|validation) (?:set|cohort)\b")
SERIES = Finder(
    rf"(?:cohort|series|population)\sof\s(?P<number>{DIGITS}|{SPELLED})"
    r"(?=[,.]|\s(?:with|who|was|were)\b)"
)
# A tumour of a child is a child.
BEARERS = Finder(
    rf"(?<![\w.,-])(?P<number>{DIGITS}|{SPELLED})\s(?:[a-z-]+\s){{0,2}}?"
    rf"(?:tumou?rs|masses|neoplasms)\s(?:of|in|from)\s(?:the\s)?(?:{PEOPLE})\b"
)
# Where nobody is counted a tumour is a patient, and so is an examination.
TUMOURS = Finder(
    r"(?:(?<!of )|(?<=total of ))"
    rf"(?<![\w.,-])(?P<number>{DIGITS}|{SPELLED})\s(?:(?!(?:{NO_ATTRIBUTES})\b)[a-z-]+\s){{0,2}}?"
    r"(?:[a-z]{4,}mas|tumou?rs|masses|neoplasms)\s(?:were|was)\s(?:\w+ly\s)?"
    r"(?:resected|removed|excised|biopsied|operated|diagnosed|treated)"
)
EXAMINED = re.compile(
    r"(?<!\w)(?:scans|images|examinations|scintigrams)\b"
    r"(?:(?!\b(?:mice|rats|animals|cells|phantoms?|volunteers)\b)[^.;])*\($"
)
# One patient: an age and a person, or a person of one sex, or the case that is reported.
PERSON = (
    r"(?:school|new-?born )?(?:girl|boy|woman|man|child|infant|neonate|newborn|toddler|patient"
    r"|female"
    r"|male|adolescent|adult|teenager|baby|fetus)"
)
TITLED = re.compile(
    rf"(?:\b(?:in|of|with) |^)an? (?:[\w-]+ ){{0,4}}?{PERSON}\b|(?:\ba|:) case report\b"
    r"|\breport of (?:a|one) case\b"
)
FOLLOWED = re.compile(
    rf"\b(?:he|she)\b|\b(?:the|this|our) {PERSON} (?:[a-z]+ly )?(?:was|had|recovered|died|presented"
    r"|developed|underwent|received|responded|improved|became|remained|needed|is (?:alive|well))\b"
)
MODAL = r"(?!\s+(?:may|can|could|should|would|might|must|who may|population|group|cohort)\b)"
AGE = r"(?:\d+|[a-z]+)\s(?:and a half\s)?(?:years?|months?|weeks?|days?)"
ONE = Finder(
    r"\b(?:(?:an?|one|this|our)\s+"
    r"(?:(?:[\w-]+\s+){0,2}?[\w-]+[\s-]+(?:year|month|week|day)s?[\s-]old"
    rf"(?:(?:\s+[\w-]+){{0,3}}?\s+{PERSON}"
    r"|(?=\s+(?:had|with|presented|was|developed|who)\b|\s*(?:[.,;]|$)))"
    r"|(?:[a-z-]+\s+){0,2}?(?:school)?(?:girl|boy|woman|man)|(?:[\w-]+\s+)?case\s+of)"
    rf"\b{MODAL}"
    r"|we\s+(?:here\s+)?(?:report|describe|present)\s+(?:on\s+)?(?:an?|one|the)\s+"
    rf"(?:[\w-]+\s+){{0,4}}?(?:case|{PERSON})\b"
    rf"|(?:developed|occurred|found|seen|detected|diagnosed)\s(?:\w+\s){{0,2}}?in\s+an?\s+"
    rf"(?:[\w-]+\s+){{0,4}}?{PERSON}\b{MODAL}"
    rf"|one\s(?:[a-z-]+\s){{0,2}}?{PERSON}\s(?:(?:with|who)\s[^.;,]{{1,60}}?\s)?(?:is|was)\s"
    r"(?:reported|described|presented)\b"
    r"|we\s(?:treated|saw|observed|managed|operated on|examined|imaged)\s(?:an?|one)\s"
    rf"(?:[a-z-]+\s){{0,3}}?{PERSON}\b{MODAL}(?![^.;]{{0,80}}\band\s(?:{DIGITS}|{SPELLED})\b)"
    rf"|our\s{PERSON}\b{MODAL}|this\s{PERSON}\s(?:was|had)\b"
    rf"|an?\s+(?:[a-z-]+\s+){{0,3}}?{PERSON}\s(?:aged|of|at)\s{AGE}\b"
    rf"|an?\s+(?:[a-z-]+\s+){{0,3}}?{PERSON}"
    r"(?:\s+(?:of|aged|with|who|born|at)\b[^.;]{0,60}?)?\s+"
    r"(?:had|presented|developed|underwent|received|died|recovered|lost|complained|suffered|improved"
    r"|was (?:referred|admitted|born|seen|treated|diagnosed|operated|given|examined|brought"
    r"|delivered|noted|found))\b)"
)
# "Both" are two. Cases that are numbered are as many as the last.
PAIR = Finder(
    rf"\bboth (?!parents|families|mothers)(?:{PEOPLE})\b(?!,|\s(?:and|or|with)\b)"
    r"|\b(?:a brother and (?:a )?sister|a sister and (?:a )?brother)\b"
    r"|\b(?:monozygotic|dizygotic|identical) twins (?:[^.;]{1,40}? )?"
    r"(?:had|were|are|presented|developed)\b"
)
NUMBERED = Finder(
    r"\b(?:case|patient) (?P<number>[2-9])"
    r"(?=,|:|\)| (?:was|had|is|presented|developed|underwent)\b)"
)

"""Abstracts whose figures add up, and the same with one of them printed wrongly.

Everything is counted first and printed then, as abstracts print it: rounded half up, half to even
or cut off, with more or fewer decimals, in brackets or before them, for one test or several.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from random import Random

from scipy.stats import binomtest

ROUNDINGS = (ROUND_HALF_UP, ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN)
WORDS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
NOUNS = ("patients", "children", "infants", "cases", "lesions", "scans", "tumours", "bone lesions")
TESTS = ("MIBG scintigraphy", "FDG PET/CT", "whole-body MRI", "bone scintigraphy", "MFBG PET", "CT")
SEEN = (
    "was positive in",
    "showed uptake in",
    "was concordant with histology in",
    "found disease in",
)
FATES = ("relapsed", "died", "had skeletal uptake", "underwent surgery", "were in remission")


class Writer:
    """Writes one abstract. ``spoiled`` tells which of its numbers was printed wrongly: the first
    that could be at or after the turn of ``spoil``, None for none."""

    def __init__(self, random: Random, spoil: bool) -> None:
        self.random = random
        self.rounding = random.choice(ROUNDINGS)
        self.percent = random.choice(("%", "%", "%", " %", " per cent"))
        self.dash = random.choice(("-", "\u2013", " to "))
        self.decimals = random.choice((0, 0, 1, 1, 2))
        self.spoil = spoil
        self.spoiled: str | None = None

    def number(self, value: Fraction, decimals: int | None = None) -> str:
        places = self.decimals if decimals is None else decimals
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return str(exact.quantize(Decimal(1).scaleb(-places), self.rounding))

    def share(self, k: int, n: int) -> str:
        """The percentage of k in n, right or, where it is its turn, wrong."""
        exact = Fraction(100 * k, n)
        if not self.turn():
            return self.number(exact) + self.percent
        off = Fraction(self.random.choice((-9, -6, -4, -3, 3, 4, 6, 9, 10, 20)))
        wrong = exact + off if 0 <= exact + off <= 100 else exact - off
        return self.keep(self.number(wrong)) + self.percent

    def turn(self) -> bool:
        """Whether to print this number wrongly."""
        return self.spoil and self.spoiled is None

    def keep(self, printed: str) -> str:
        self.spoiled = printed
        return printed

    def count(self, n: int) -> str:
        if n < len(WORDS) and self.random.random() < 0.3:
            return WORDS[n]
        return f"{n:,}"

    def group(self, least: int = 8, most: int = 140) -> tuple[int, int]:
        n = self.random.randint(least, most)
        return self.random.randint(1, n - 1), n


Sentence = Callable[[Writer], str]


def beside(w: Writer) -> str:
    (k, n), test, noun = w.group(), w.random.choice(TESTS), w.random.choice(NOUNS)
    seen, p = w.random.choice(SEEN), w.share(k, n)
    return w.random.choice(
        (
            f"{test} {seen} {k}/{n} {noun} ({p}).",
            f"{test} {seen} {w.count(k)} of {n} {noun} ({p}).",
            f"{test} {seen} {p} ({k}/{n}) of the {noun}.",
            f"{test} {seen} {p} of {noun} ({k} of {n}).",
            f"{test} {seen} {k} ({p}) of {n} {noun}.",
            f"{test} {seen} most {noun} ({k}/{n}, {p}).",
            f"{test} {seen} {k} out of the {n} {noun} ({p}), which is new.",
            f"{test} {seen} {k}/{n} = {p} of the {noun}.",
            f"{test} {seen} {p} (n = {k}/{n}).",
        )
    )


def of_all(w: Writer) -> str:
    n = w.random.randint(12, 300)
    a = w.random.randint(2, n // 2)
    b = w.random.randint(1, n - a)
    one, other = w.random.sample(FATES, 2)
    first = w.random.random() < 0.5
    p = w.share(a, n) if first else None
    q = w.share(b, n)
    p = p or w.share(a, n)
    head = w.random.choice(
        (f"Of {n} children,", f"Of the {n} patients studied,", f"Among {n} infants,")
    )
    return f"{head} {a} ({p}) {one} and {w.count(b)} ({q}) {other}."


def two_tests(w: Writer) -> str:
    (k, n), (j, m) = w.group(), w.group()
    one, other = w.random.sample(TESTS, 2)
    measure = w.random.choice(("sensitivity", "specificity", "accuracy", "detection rate"))
    p, q = w.share(k, n), w.share(j, m)
    return w.random.choice(
        (
            f"The {measure} of {one} and {other} was {p} ({k}/{n}) and {q} ({j}/{m}),"
            " respectively.",
            f"The {measure} was {p} and {q} ({k}/{n} and {j}/{m}) for {one} and {other}.",
            f"The {measure} was {p} ({k} of {n}) for {one} vs. {q} ({j} of {m}) for {other}.",
            f"For {one} and {other} the {measure} was {k}/{n} and {j}/{m} ({p} and {q}).",
        )
    )


def per_lesion(w: Writer) -> str:
    k, n = w.group(60, 900)
    p, test = w.share(k, n), w.random.choice(TESTS)
    return f"On a lesion basis, {test} detected {p} of the lesions ({k}/{n})."


def with_interval(w: Writer) -> str:
    (k, n), test = w.group(10, 200), w.random.choice(TESTS)
    method = w.random.choice(("wilson", "exact", "wilsoncc", "wald"))
    if method == "wald":
        half = 1.96 * (k / n * (1 - k / n) / n) ** 0.5
        low, high = max(0.0, k / n - half), min(1.0, k / n + half)
    else:
        interval = binomtest(k, n).proportion_ci(0.95, method)
        low, high = interval.low, interval.high
    exact = Fraction(100 * k, n)
    ends = [100 * Fraction(low), 100 * Fraction(high)]
    if w.turn():
        side = w.random.randrange(2)
        width = max(ends[1] - ends[0], Fraction(8))
        inwards = [1, -1][side] * width * Fraction(w.random.randint(35, 45), 100)
        ends[side] += inwards
        a, b = (w.number(end) for end in ends)
        w.keep((a, b)[side])
    else:
        a, b = (w.number(end) for end in ends)
    p = w.number(exact)
    unit = w.percent
    return w.random.choice(
        (
            f"The sensitivity of {test} was {p}{unit} ({k}/{n}; 95% CI {a}{w.dash}{b}{unit}).",
            f"The sensitivity of {test} was {p}{unit} (95% CI: {a}{w.dash}{b}{unit}; {k}/{n}).",
            f"{test} had a specificity of {p}{unit} ({k} of {n}, 95% confidence interval {a} to"
            f" {b}).",
            f"{test} had a specificity of {k}/{n} ({p}{unit}; 95% CI, {a}{w.dash}{b}).",
        )
    )


def table(w: Writer) -> str:
    ill, well = w.random.randint(10, 60), w.random.randint(10, 60)
    tp, tn = w.random.randint(ill // 2, ill - 1), w.random.randint(well // 2, well - 1)
    true = {
        "sensitivity": (tp, ill),
        "specificity": (tn, well),
        "positive predictive value": (tp, tp + well - tn),
        "negative predictive value": (tn, tn + ill - tp),
        "accuracy": (tp + tn, ill + well),
    }
    test = w.random.choice(TESTS)
    if w.random.random() < 0.5:
        kinds = ["sensitivity", "specificity", w.random.choice(list(true)[2:])]
        plain = [
            f"{w.number(Fraction(100 * k, n))}{w.percent} ({k}/{n})"
            for k, n in (true[kind] for kind in kinds[:2])
        ]
        last = w.share(*true[kinds[2]])
        return (
            f"{test} had a sensitivity of {plain[0]}, a specificity of {plain[1]} and a {kinds[2]}"
            f" of {last}."
        )
    values = [w.number(Fraction(100 * k, n)) for k, n in true.values()]
    if w.turn():
        place = w.random.choice((2, 3, 4))
        k, n = list(true.values())[place]
        off = w.random.choice((-15, -10, -8, 8, 10, 15))
        off = off if 0 < 100 * k / n + off < 100 else -off
        values[place] = w.keep(w.number(Fraction(100 * k, n) + off))
    each = ", ".join(f"{value}{w.percent}" for value in values[:-1])
    return (
        f"We examined {ill + well} patients ({ill} with neuroblastoma and {well} without). The "
        "sensitivity, specificity, positive predictive value, negative predictive value and "
        f"accuracy of {test} were {each} and {values[-1]}{w.percent}, respectively."
    )


def whole(w: Writer) -> str:
    a, b = w.random.randint(2, 60), w.random.randint(2, 60)
    n = a + b
    if w.turn():
        a = a + w.random.choice((-1, 1, 2, 10)) if a > 1 else a + 1
        w.keep(str(a))
    boys, girls = w.random.choice(
        (("boys", "girls"), ("male", "female"), ("males", "females"), ("M", "F"))
    )
    return w.random.choice(
        (
            f"We studied {n} children ({a} {boys} and {b} {girls}; mean age, 4.2 years).",
            f"{n} patients ({b} {girls}, {a} {boys}) were included.",
            f"A total of {n} patients with neuroblastoma ({a} {boys}/{b} {girls}) were reviewed.",
            f"We reviewed {n} scans ({a} at diagnosis and {b} at relapse).",
            f"There were {n} lesions ({a} benign and {b} malignant).",
            f"There were {n} patients, {a} {boys} and {b} {girls}, aged 1-12 years.",
        )
    )


def exclusions(w: Writer) -> str:
    one, other, rest = (w.random.randint(2, 20), w.random.randint(2, 20), w.random.randint(30, 90))
    n = one + other + rest
    if w.turn():
        rest += w.random.choice((-3, 3, 30, 9))
        w.keep(str(rest))
    away = f"Of the {n} children screened, {one} were excluded for age and {other} for lack of data"
    return w.random.choice(
        (
            f"Of {n} patients, {one + other} were excluded ({one} had no scan and {other} no"
            f" histology), leaving {rest} for analysis.",
            f"{away}, leaving {rest} for analysis.",
            f"{away}, and the remaining {rest} were studied.",
        )
    )


def cannot_be_told(w: Writer) -> str:
    """What has another whole, none, or no counts."""
    k, n = w.group(20, 90)
    j = w.random.randint(1, k)
    all_of = n + w.random.randint(10, 50)
    p, q, r = (w.number(Fraction(100 * one, all_)) for one, all_ in ((k, n), (j, k), (k, all_of)))
    return w.random.choice(
        (
            f"Of {n} children, {k} ({p}%) had metastases, of whom {j} ({q}%) died.",
            f"Uptake was seen in {k} of {n} boys ({r}% of all children).",
            f"Of {all_of} children, {n} were examined and {k} ({p}%) had uptake.",
            f"Of {all_of} children, {k} ({p}%) of those examined had uptake.",
            f"Grade 3/4 toxicity ({w.random.randint(2, 60)}%) was rare.",
            f"The 5-year overall survival was {w.random.randint(20, 95)}% (standard error 5%).",
            f"Bone lesions were found in {k} ({w.random.randint(5, 90)}%).",
            f"About {10 * round(10 * k / n)}% ({k}/{n}) of the lesions were small.",
            f"We studied {n} patients and 10 controls ({k} boys and {n + 10 - k} girls).",
            f"We studied {n} children ({k} boys and {n - k - 1} girls, sex unknown in one)."
            if n - k > 1
            else "",
            f"We studied {n} children ({k} with bone and {j} with marrow disease).",
            f"We read {2 * n} scans of {n} children ({k} boys and {n - k} girls).",
            f"The hazard ratio of relapse was 2.{k % 10} (95% CI 1.2-5.7).",
            "HPV 16/18 was found (70%).",
            f"Visual acuity was 20/40 ({k}%).",
            # Where one is pooled, no other table of the text is looked at.
            f"The pooled sensitivity, specificity and accuracy were {k}%, {k + 2}% and {k + 9}%."
            if not w.spoiled
            else "",
            f"Two of 10 mice (50% less uptake) and {k} of {n} rats of low weight (30% less) died.",
            f"From 1999/2000 (20%) to 2005/2006 ({p}%) it rose.",
            f"Agreement between the tests was found in {j} of {k} foci and {k} of {n} organs.",
            f"Of {n} foci, {k} ({p}%) were in bone; {j} ({q}%) of these were in the skull.",
        )
    )


SPOILABLE: tuple[Sentence, ...] = (
    *(beside, beside, of_all, two_tests, per_lesion, with_interval, table, whole, exclusions),
)
OPENINGS = (
    "Neuroblastoma is a tumour of childhood.",
    "PURPOSE: To compare two tests. RESULTS: All tests were done within a month.",
    "From 1998 to 2015 all children with neuroblastoma were scanned at one centre.",
)


def consistent(random: Random) -> str:
    """An abstract of which every figure comes out, or cannot be told."""
    writer = Writer(random, spoil=False)
    return _abstract(writer, random, None)


def planted(random: Random) -> tuple[str, str, str]:
    """An abstract with one number that does not come out, its sentence, and the number."""
    writer = Writer(random, spoil=True)
    wrong = random.choice(SPOILABLE)(writer)
    assert writer.spoiled is not None
    writer.spoil = False
    return _abstract(writer, random, wrong), wrong, writer.spoiled


def _abstract(writer: Writer, random: Random, wrong: str | None) -> str:
    others = [random.choice(SPOILABLE)(writer) for _ in range(random.randint(1, 3))]
    others += [cannot_be_told(writer) for _ in range(random.randint(1, 3))]
    if wrong:
        others.append(wrong)
    random.shuffle(others)
    return " ".join([random.choice(OPENINGS), *filter(None, others)])

"""kb.record.formulas: MathML as one line."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring, tostring

import pytest

from kb.record.formulas import DEEPEST, is_formula, linear
from kb.record.markup import text_of

NAMESPACE = "http://www.w3.org/1998/Math/MathML"


def formula(inside: str) -> str:
    return text_of(fromstring(f'<t><math xmlns="{NAMESPACE}">{inside}</math></t>'))


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<mi>x</mi> <mo>=</mo> <mn>2</mn>", "x=2"),
        # as PubMed prints the coefficient of determination, white space and all
        (
            "<msubsup>\n <mrow><mtext>R</mtext></mrow>\n <mrow><mtext>pre</mtext></mrow>"
            "\n <mrow><mn>2</mn></mrow></msubsup>",
            "Rpre²",
        ),
        (
            "<msubsup><mtext>PO</mtext><mn>4</mn><mrow><mn>3</mn><mo>-</mo></mrow></msubsup>",
            "PO4³⁻",
        ),
        ("<msup><mn>10</mn><mn>4</mn></msup>", "10⁴"),
        ("<mfrac><mrow><mi>ln</mi><mn>2</mn></mrow><mi>t</mi></mfrac>", "ln2/t"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac>", "(a+b)/2"),
        ("<msqrt><mi>a</mi><mo>+</mo><mi>b</mi></msqrt>", "√(a+b)"),
        ("<semantics><mi>y</mi><annotation>y \\in R</annotation></semantics>", "y"),
        ("<msup><mi>x</mi></msup>", "x"),
    ],
)
def test_a_formula_is_one_line_in_which_no_exponent_joins_its_base(inside: str, text: str) -> None:
    assert formula(inside) == text


def test_a_formula_keeps_its_raised_and_lowered_parts_for_html() -> None:
    element = fromstring(f'<math xmlns="{NAMESPACE}"><msub><mi>t</mi><mn>1</mn></msub></math>')

    assert is_formula(element)
    assert tostring(linear(element)) == b"<n>t<sub>1</sub></n>"


def test_a_formula_deeper_than_any_that_is_published_is_its_text() -> None:
    depth = 10 * DEEPEST
    assert formula("<mrow>" * depth + "<mi>x</mi>" + "</mrow>" * depth) == "x"

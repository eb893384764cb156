from __future__ import annotations

from harvest.request import Form, request_to
from harvest.services.crossref import CROSSREF
from harvest.services.eutils import EUTILS
from harvest.settings import Login, Settings

SETTINGS = Settings(
    email="someone@example.org",
    api_key="0" * 36,
    bases={"eutils": "http://localhost/eutils/", "crossref": "http://localhost/crossref/"},
    logins={"crossref": Login("reader", "secret")},
)


def test_a_utility_gets_a_form_with_key_and_address_and_the_books_get_neither() -> None:
    request = request_to(EUTILS, "esearch.fcgi", [("db", "pubmed"), ("term", "a b")], SETTINGS)
    assert (request.method, request.kept_as, request.question) == (
        *("POST", "esearch"),
        "db=pubmed&term=a+b",
    )
    assert request.form == (
        "db=pubmed&term=a+b&tool=neuroblastoma-kb&email=someone%40example.org&api_key=" + "0" * 36
    )
    assert request.target == request.url == "http://localhost/eutils/esearch.fcgi"


def test_the_others_get_an_address_that_never_holds_the_key_or_a_login() -> None:
    request = request_to(CROSSREF, "works", [("rows", "0")], SETTINGS)
    assert (request.method, request.question, request.form) == ("GET", "works?rows=0", None)
    assert request.target == ("http://localhost/crossref/works?rows=0&mailto=someone%40example.org")
    assert request.login == ("reader", "secret")


def test_a_form_tells_when_all_of_it_has_been_sent() -> None:
    sent: list[bool] = []
    form = Form("db=pubmed", lambda: sent.append(True))
    assert form.read(6) == b"db=pub"
    assert (form.read(6), sent) == (b"med", [])
    assert (form.read(6), sent) == (b"", [True])

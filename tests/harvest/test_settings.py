from __future__ import annotations

import pytest

from harvest.services.eutils import EUTILS
from harvest.settings import settings_from
from kb.errors import ConfigError


def test_ncbi_itself_is_not_asked_without_an_address_of_whom_to_write_to() -> None:
    with pytest.raises(ConfigError, match="export NCBI_EMAIL=") as error:
        settings_from({})
    assert error.value.exit_code == 2
    assert settings_from({"NCBI_EMAIL": "a@b.org"}).base("eutils") == EUTILS.base
    assert settings_from({"HARVEST_EUTILS_URL": "http://127.0.0.1:9/x"}).email == ""


@pytest.mark.parametrize("address", ["someone", "a b@c.org", "@"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match="NCBI_EMAIL"):
        settings_from({"NCBI_EMAIL": address})


def test_options_come_before_the_environment_and_a_base_gets_its_last_slash() -> None:
    environment = {"NCBI_EMAIL": "a@b.org", "HARVEST_EUTILS_URL": "http://localhost:1/eutils"}
    assert settings_from(environment).base("eutils") == "http://localhost:1/eutils/"
    settings = settings_from(environment, email="c@d.org", bases={"eutils": "http://[::1]:2/"})
    assert (settings.email, settings.base("eutils")) == ("c@d.org", "http://[::1]:2/")


def test_an_empty_base_switches_a_source_off() -> None:
    settings = settings_from({"HARVEST_EUTILS_URL": "", "HARVEST_ICITE_URL": ""})
    assert (settings.base("eutils"), settings.base("icite")) == ("", "")
    assert settings.base("crossref")


@pytest.mark.parametrize("url", ["eutils.ncbi.nlm.nih.gov", "ftp://x/", "http://", "http://x/?a"])
def test_a_base_that_is_no_address_is_refused_by_the_name_of_its_variable(url: str) -> None:
    with pytest.raises(ConfigError, match="HARVEST_CROSSREF_URL"):
        settings_from({"NCBI_EMAIL": "a@b.org", "HARVEST_CROSSREF_URL": url})

from __future__ import annotations

from pathlib import Path

import pytest
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from harvest.service import Service
from harvest.services import SERVICES
from harvest.services.eutils import EUTILS
from harvest.settings import Login, settings_from
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


NO_ADDRESSES = [
    *("eutils.ncbi.nlm.nih.gov", "ftp://x/", "http://", "http://x/?a", "http://x/?", "http://x/#a"),
    *("http://127.0.0.1:99999/", "http://127.0.0.1:abc/", "http://127.0.0.1:0/", "http://:80/"),
    *("http://[::1", "http://[::1]x", "http://[1.2.3.4.5]/", "http://exa..com/", "http://.org/"),
    *(f"http://{'a' * 64}.org/", f"http://{'a.' * 127}org/", "http://-a.org/", "http://a_.b c/"),
    *("http://a\\@b/", "http://a\x00.org/", "http://exa\nmple.org/", "http://\udcff/", "http://@/"),
]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_a_base_that_is_no_address_is_refused_by_the_name_of_its_variable(
    url: str, service: Service
) -> None:
    with pytest.raises(ConfigError, match=f"^{service.variable} is ") as error:
        settings_from({"NCBI_EMAIL": "a@b.org", service.variable: url})
    assert "It looks like https://" in str(error.value)
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    "url",
    [
        *("http://localhost:1/eutils/", "https://Api.Crossref.org/", "http://[::1]:65535/x/"),
        *("http://müller.example/", "http://a_b.example./", "http://10.0.0.1/", "http://x:/"),
    ],
)
def test_an_address_may_be_any_host_and_port(url: str) -> None:
    environment = {"NCBI_EMAIL": "a@b.org", "HARVEST_CROSSREF_URL": url}
    assert settings_from(environment).base("crossref") == url


# What only the service is to know


@pytest.mark.parametrize(
    ("url", "base", "login"),
    [
        ("http://me:pa%40ss@x.org:8/a@b", "http://x.org:8/a@b/", Login("me", "pa@ss")),
        ("https://me@x.org/", "https://x.org/", Login("me", "")),
        ("https://x.org/@", "https://x.org/@/", None),
    ],
)
def test_a_login_is_taken_out_of_its_address(url: str, base: str, login: Login | None) -> None:
    settings = settings_from({"NCBI_EMAIL": "a@b.org", "HARVEST_ICITE_URL": url})
    assert (settings.base("icite"), settings.logins.get("icite")) == (base, login)
    assert "pa@ss" not in repr(settings)


@pytest.mark.parametrize(
    "url", ["http://me:secret@exa..com/", "http://me:sec/ret@x.org/", "me:secret@x.org"]
)
def test_an_address_that_is_refused_is_shown_without_its_login(url: str) -> None:
    with pytest.raises(ConfigError, match="HARVEST_ICITE_URL is '…@") as error:
        settings_from({"NCBI_EMAIL": "a@b.org", "HARVEST_ICITE_URL": url})
    assert "sec" not in str(error.value)


@pytest.mark.parametrize("key", ["two words", "schlüssel", "\udcff", "a\x07b"])
def test_a_key_that_nobody_could_send_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(ConfigError, match="NCBI_API_KEY holds what no key holds") as error:
        settings_from({"NCBI_EMAIL": "a@b.org", "NCBI_API_KEY": key})
    assert key not in str(error.value)


# The network


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("HTTPS_PROXY", url) for url in NO_ADDRESSES if "://" in url),
        *(("HTTPS_PROXY", "proxy:3128x"), ("HTTPS_PROXY", "socks5h://127.0.0.1:1080")),
        *(("https_proxy", "socks4://me:secret@proxy:1080"), ("ALL_PROXY", "socks5://proxy:1080")),
        *(("all_proxy", "http://proxy:99999"), ("HTTP_PROXY", "http://proxy:0")),
    ],
)
def test_a_proxy_that_cannot_be_used_is_refused_by_its_name(name: str, value: str) -> None:
    environment = {"NCBI_EMAIL": "a@b.org", "HARVEST_ICITE_URL": "http://icite.example/"}
    with pytest.raises(ConfigError, match=f"^{name} is .* no proxy that can be used") as error:
        settings_from(environment | {name: value})
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"HTTPS_PROXY": "http://me:secret@proxy:3128/"}, id="with a login"),
        pytest.param({"HTTPS_PROXY": "proxy:3128"}, id="without its scheme"),
        pytest.param({"HTTP_PROXY": "socks5://proxy"}, id="of a scheme that no service has"),
        pytest.param({"https_proxy": "http://a", "HTTPS_PROXY": "socks5://b"}, id="small letters"),
        pytest.param({"https_proxy": "http://a", "ALL_PROXY": "socks5://b"}, id="of its scheme"),
        pytest.param({"https_proxy": "", "HTTPS_PROXY": "socks5://b"}, id="unset by an empty one"),
        pytest.param({"ALL_PROXY": "socks5://b", "NO_PROXY": "*"}, id="that nobody goes by"),
        pytest.param(
            {"ALL_PROXY": "socks5://b", "no_proxy": "a, .nih.gov, crossref.org:443,crossref.org"},
            id="that no host of ours goes by",
        ),
    ],
)
def test_a_proxy_that_is_not_used_or_can_be_is_left_alone(environment: dict[str, str]) -> None:
    assert settings_from({"NCBI_EMAIL": "a@b.org"} | environment).base("eutils")


def test_a_proxy_and_certificates_are_no_matter_where_all_is_on_this_machine() -> None:
    here = {service.variable: "http://127.0.0.1:8/" for service in SERVICES}
    unusable = {"ALL_PROXY": "socks5://b", "REQUESTS_CA_BUNDLE": "/no/such"}
    assert settings_from(here | unusable).base("eutils")


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"\xff\x00"])
def test_certificates_that_are_none_are_refused_by_their_name(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_bytes(content)
    with pytest.raises(ConfigError, match=f"^{name} is .*bundle.pem") as error:
        settings_from({"NCBI_EMAIL": "a@b.org", name: str(bundle)})
    assert "certificate of your network" in str(error.value)


def test_certificates_are_a_file_or_a_folder(tmp_path: Path) -> None:
    for place in (DEFAULT_CA_BUNDLE_PATH, str(tmp_path)):
        assert settings_from({"NCBI_EMAIL": "a@b.org", "REQUESTS_CA_BUNDLE": place})

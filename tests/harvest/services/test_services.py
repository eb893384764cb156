"""What holds for every service that harvest asks."""

from __future__ import annotations

import importlib
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from loopback import Asked, FakeClock, serving

import harvest.services
from harvest.service import Reply, Service
from harvest.services import SERVICES
from harvest.settings import Settings
from harvest.standin.server import BASES
from harvest.transport import Sent, Transport

KEY = "0123456789abcdef0123456789abcdef0123"
each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


def test_every_service_of_the_folder_is_in_the_tuple() -> None:
    folder = Path(harvest.services.__path__[0])
    modules = (
        importlib.import_module(f"harvest.services.{file.stem}")
        for file in folder.glob("[a-z]*.py")
    )
    values = [value for m in modules for value in vars(m).values() if isinstance(value, Service)]
    assert set(map(id, values)) == set(map(id, SERVICES))


def test_names_are_given_once() -> None:
    assert max(Counter(service.name for service in SERVICES).values()) == 1
    assert max(Counter(service.variable for service in SERVICES).values()) == 1


@each_service
def test_an_address_is_one_or_the_service_is_off(service: Service) -> None:
    address = service.base or service.example
    assert urlsplit(address).scheme == "https"
    assert address.endswith("/")
    assert service.batch > 0
    assert service.at_once > 0
    assert service.rate.most > 0


@each_service
def test_the_key_goes_to_ncbi_alone_and_only_where_it_travels_in_the_body(
    service: Service,
) -> None:
    assert bool(service.key) == service.utilities == (service.name == "eutils")
    assert not service.with_key or "ncbi.nlm.nih.gov" in urlsplit(service.base).netloc


@each_service
def test_no_service_but_ncbi_is_shown_the_key(service: Service) -> None:
    def script(asked: Asked) -> None:
        asked.answer(b"{}")

    sent: list[Sent] = []
    with serving(script) as server:
        base = f"http://127.0.0.1:{server.server_port}/"
        settings = Settings("reader@example.org", KEY, {service.name: base}, tries=1)
        transport = Transport(settings, sent.append, FakeClock())
        reply = transport.ask(service.name, "path.fcgi", [("a", "b")], whole)
    [asked] = server.asked
    assert KEY not in asked.path + repr(sent) + repr(reply)
    assert (KEY in asked.body) == (service.name == "eutils")
    assert ("reader%40example.org" in asked.path + asked.body) == bool(service.email)
    assert ("neuroblastoma-kb" in asked.path + asked.body) == bool(service.tool)
    assert reply.question == ("a=b" if service.utilities else "path.fcgi?a=b")
    assert reply.service == service.kept_as("path.fcgi")


def whole(reply: Reply) -> Reply:
    return reply


@each_service
def test_the_stand_in_has_a_place_for_it(service: Service) -> None:
    assert service.name in BASES

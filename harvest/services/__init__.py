"""The services that harvest asks: each in its own file, all of them in ``SERVICES``."""

from harvest.services.crossref import CROSSREF
from harvest.services.europepmc import EUROPEPMC
from harvest.services.eutils import EUTILS
from harvest.services.icite import ICITE
from harvest.services.idconv import IDCONV

SERVICES = (EUTILS, IDCONV, ICITE, CROSSREF, EUROPEPMC)

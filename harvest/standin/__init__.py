"""A stand-in of NCBI's E-utilities and ID converter, of iCite, Crossref and Europe PMC on loopback,
over records at hand.

For the demo, for tests, and to replay a harvest without the network. Its answers have the shape
of NCBI's; what of PubMed's search it leaves out stands in ``query``.
"""

from harvest.standin.corpus import Corpus
from harvest.standin.server import Arrival, Fault, Standin, run_forever, serve
from harvest.standin.wire import Answer, Request, Wire

__all__ = [
    "Answer",
    "Arrival",
    "Corpus",
    "Fault",
    "Request",
    "Standin",
    "Wire",
    "run_forever",
    "serve",
]

"""A stand-in of NCBI's E-utilities on loopback, over records at hand.

For the demo, for tests, and to replay a harvest without the network. Its answers have the shape
of NCBI's; what of PubMed's search it leaves out stands in ``query``.
"""

from harvest.standin.corpus import Corpus
from harvest.standin.server import Fault, Standin, run_forever, serve
from harvest.standin.wire import Answer, Request

__all__ = ["Answer", "Corpus", "Fault", "Request", "Standin", "run_forever", "serve"]

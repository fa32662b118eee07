"""The sandbox on a free port: what `recorded` asks. SmartPay gives larger pages than by default."""

import sys

from benchmarks.servers.serving import serve
from sandbox import smartpay
from sandbox.app import create_app

if __name__ == "__main__":
    smartpay.MAX_PAGE_SIZE = 1000
    serve(create_app(int(sys.argv[1]) if sys.argv[1:] else 1), lifespan="off")

"""`python -m armguard`; the installed `armguard` script calls the same `main`."""

import sys

from armguard.cli import main

if __name__ == "__main__":
    sys.exit(main())

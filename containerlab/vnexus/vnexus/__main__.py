"""``python -m vnexus``."""

import sys

from vnexus.cli import main

if __name__ == "__main__":
    sys.exit(main())

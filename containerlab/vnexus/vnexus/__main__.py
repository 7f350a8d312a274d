"""``python -m vnexus`` is ``vnexus``."""

import sys

from vnexus.cli import main

sys.exit(main())

"""`python -m core …`."""

import sys

from core.cli import main

# A console that lacks a letter, of a class's name for example, shows its number instead; stderr does so by itself.
sys.stdout.reconfigure(errors="backslashreplace")
sys.exit(main())

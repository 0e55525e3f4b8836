"""`python -m backend`: the command line."""

from backend.cli.main import main

main()

"""Run the command as ``python -m plazas.analysis.cli``."""

from plazas.analysis.cli.app import main

main()

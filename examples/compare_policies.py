"""Compare two policies with a baseline on shared draws, and write the report with maps.

python examples/compare_policies.py
"""

from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import mkdtemp

from plazas.analysis.experiment.compare import compare
from plazas.analysis.report.report import write_report
from plazas.analysis.report.verdicts import verdicts
from plazas.model.levers import Policy
from plazas.model.scenario import Scenario

begins, ends = date(2012, 1, 1), date(2014, 1, 1)
baseline = replace(Scenario(), name="nothing new", stop=ends)
arrests = replace(
    baseline, name="twice the arrests", policies=(Policy("arrests", 2.0, begins, ends, cost=10.0),)
)
prevention = replace(
    baseline, name="prevention", policies=(Policy("prevention", 20.0, begins, ends, cost=35.0),)
)

found = compare([baseline, arrests, prevention], replicates=4, seed=1)
for name, text in verdicts(found).items():
    print(f"{name}: {text}\n")
homicides = found.table.xs("homicides_total", level="outcome")
columns = ["level", "difference", "difference_low", "difference_high", "correlation"]
print(homicides[columns].round(2).to_string())
print("\nmaps and charts:", write_report(found, Path(mkdtemp()) / "report.html"))

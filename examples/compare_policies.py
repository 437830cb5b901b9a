"""Compare two policies with a baseline, with the same random draws, and write a report with maps.

python examples/compare_policies.py
"""

from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import mkdtemp

import plazas as pz

start, stop = date(2012, 1, 1), date(2014, 1, 1)
baseline = replace(pz.Scenario(), name="no new policy", stop=stop)
arrests = replace(
    baseline,
    name="twice the arrests",
    policies=(pz.Policy("arrests", 2.0, start, stop, cost=10.0),),
)
prevention = replace(
    baseline, name="prevention", policies=(pz.Policy("prevention", 20.0, start, stop, cost=35.0),)
)

compared = pz.compare(baseline, arrests, prevention, replicates=4, seed=1)
print(compared.summary())
homicides = compared.table.xs("homicides_total", level="outcome")
columns = ["level", "difference", "difference_low", "difference_high", "correlation"]
print("\n" + homicides[columns].round(2).to_string())
print("\nmaps and charts:", compared.write_report(Path(mkdtemp()) / "report.html"))

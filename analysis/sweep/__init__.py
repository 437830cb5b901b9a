"""Sweeps: parameters x policies x replicates, on a laptop, a Dask cluster or SLURM.

``form`` reads SWEEP.yaml, ``design`` makes its points, ``plan`` numbers and keys the runs,
``task`` runs a batch and ``rows`` puts what it leaves behind into a table, ``store`` keeps a file
for each finished batch. ``engine`` (Dask) and ``array`` (a SLURM job array) hand out batches;
``status`` and ``query`` read what there is.
"""

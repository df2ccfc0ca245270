"""The same run on the workers of a Dask cluster, wherever they are."""

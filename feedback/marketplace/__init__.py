"""A real marketplace's history, from a folder or zip of CSV files into the facts."""

"""Office files to PDF. Converters run in confined processes, one process for each file."""

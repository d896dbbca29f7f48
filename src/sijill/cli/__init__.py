"""The command line: commands parse, call one function of the pipeline, and print."""

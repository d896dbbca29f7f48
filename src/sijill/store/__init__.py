"""The case: its tables, its one writer, its content-addressed objects and its log."""

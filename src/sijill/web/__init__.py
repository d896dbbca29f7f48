"""The workbench: a case in the browser, for one person on one machine."""

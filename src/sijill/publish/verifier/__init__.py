"""The stand-alone verifier: one file that is shipped as it is, to be copied and run where there is no Sijill."""

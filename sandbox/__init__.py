"""The five payment providers simulated over HTTP, for trying Pacioli out and for its tests.

It imports nothing else of this project: a witness must not quote the defendant.
"""

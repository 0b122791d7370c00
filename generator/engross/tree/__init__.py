"""Rendered packages against the files on disk: compare, write, and own up to it.

`rendering` turns a contract into the files of its package, in memory. `compare` sets
these, the manifest and a snapshot of the disk side by side and names the state of
each path. `write` brings the disk up to date, atomically, and touches only what
engross made and nobody edited.
"""

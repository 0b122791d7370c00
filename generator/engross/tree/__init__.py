"""Rendered packages and the files on disk: compare, write and report.

`rendering` renders the files of a contract's package in memory. `compare` compares them
with the manifest and a snapshot of the disk, and determines the state of each path.
`write` updates the disk atomically, and changes only files that engross generated and
nobody edited.
"""

"""Imports: files are read, checked row by row and merged; undo; bringing both databases up to this version.

`kinds/*.yaml` say what files there are and what their headings mean, `bounds.yaml` what a value must keep,
`rules.yaml` how a broken rule is reported; `files` reads what the cells mean. A load is all or nothing to everybody
who reads: a new version of the embedded database, one transaction of a server. Every row of a file ends in exactly one
of loaded, unchanged and rejected.
"""

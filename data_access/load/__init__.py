"""Imports: files are read, checked row by row, compared with what is held and merged; undo; the upgrade command.

`kinds/*.yaml` say what kinds of files there are and what their headings mean, `bounds.yaml` which limits values must
respect, `rules.yaml` how a broken rule is reported; `files` reads the cells. For readers of the database a load is all
or nothing: a new version of the embedded database, or one transaction on a server. Every row of a file ends up as
exactly one of loaded, unchanged and rejected.
"""

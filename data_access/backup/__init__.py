"""Backup and restore of both databases: `python -m data_access.backup save|check|restore FOLDER`.

A backup is a folder with a file for each database and `manifest.json`, which has their hashes and where the audit
record stood. It is made while the board runs, and stands there whole or not at all. A restore changes nothing before
the backup has been checked, and never overwrites records: it goes into an empty ledger, and a new version of the
household database that nobody sees before the contract of its tables has been checked.
"""

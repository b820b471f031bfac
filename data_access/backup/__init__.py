"""Backup and restore of both databases: `python -m data_access.backup save|check|restore FOLDER`.

A backup is a folder with a file for each database and `manifest.json`, which holds their hashes and the end of the
audit record. It is made while the board runs, and is either complete or not there at all. A restore changes nothing
before the backup has been checked, and never overwrites records: it goes into an empty ledger and into a new version of
the household database, which nobody sees until its tables have been checked against the contract.
"""

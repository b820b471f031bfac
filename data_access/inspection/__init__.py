"""The draw (sampling: its random order), findings, problems until they are struck off, rechecks, calls."""

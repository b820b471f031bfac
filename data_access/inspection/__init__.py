"""The draw, findings, problems until they are struck off, rechecks, telephone checks."""

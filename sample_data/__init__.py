"""The sample database: an invented district of the size and shape of Hanbin (`python -m sample_data.build`)."""

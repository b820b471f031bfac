"""The demonstration ledger (演示台账): what invented people recorded about the sample, by the functions by which people
record (`python -m sample_data.demonstration`)."""

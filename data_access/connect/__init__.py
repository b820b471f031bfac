"""A database of another shape, connected by a mapping (`connection.yaml`): drafted from its catalogue, checked, and
read into tables of our own as one load."""

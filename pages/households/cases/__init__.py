"""在办: who has to do what at which case, by when."""

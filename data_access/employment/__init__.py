"""Who works where, households with nobody in work, community factories, the year's targets."""

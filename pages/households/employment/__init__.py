"""The page 就业: who works where, households with nobody in work, factories, public-welfare posts."""

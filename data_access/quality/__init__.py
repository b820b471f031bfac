"""How good the data is: what is missing, what cannot be right, what stands out, and what that means for the lamps."""

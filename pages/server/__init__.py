"""Around every request: who may ask what, how much of it, headers, the form to sign in, checks at the start."""

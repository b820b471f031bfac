"""Around every request: who may ask what and how much of it, headers, cookies, the form to sign in, start checks."""

"""Around every request: headers, cookies, the form to sign in, serving this machine only, checks at the start."""

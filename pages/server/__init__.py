"""Around every request: headers, cookies, the form to sign in, what is checked at the start."""

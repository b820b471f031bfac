"""Around every request: who may ask what, how much of it, headers, Streamlit's page with our scripts (its words in
Chinese, old browsers), the form to sign in, checks at the start."""

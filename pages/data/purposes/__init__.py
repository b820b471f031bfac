"""The page 用途: for what, and until when, files with names may be taken."""

"""The page 用途: for what purpose, and until when, files with names may be downloaded."""

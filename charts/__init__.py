"""Charts: a frame in, a figure or a map out; palette.py: colours by meaning. One public function per file."""

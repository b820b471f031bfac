"""Charts: a frame in, a figure or a deck out. One public function per file; colours by meaning from `palette`."""

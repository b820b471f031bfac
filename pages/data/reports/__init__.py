"""The page 基层上报: what was reported, what disagrees with the data, and whether the machinery runs."""

"""镇情卡: a township's own place taken apart before a meeting; every point is a list of its households."""

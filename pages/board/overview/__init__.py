"""The page 总览: the first screen."""

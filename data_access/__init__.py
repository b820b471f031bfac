"""The data, by subject, in the order of the layers: each stands on those below it."""

"""Opening the household database and its versions, fetching frames, regions, what a list is made of."""

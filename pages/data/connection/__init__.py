"""连接: a database of another shape as the board sees it: what the last refresh and the last check found."""

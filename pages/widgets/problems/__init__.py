"""Problems on several pages: the board, the table, the records."""

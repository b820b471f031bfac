"""用途: for what files with names and numbers may be taken, who approved it, until when, how often it was done."""

from pages.data.purposes import table

table.show()

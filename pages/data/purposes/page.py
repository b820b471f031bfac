"""用途: for what purpose files with names and numbers may be downloaded, who approved it, until when, how often it was
done."""

from pages.data.purposes import table

table.show()

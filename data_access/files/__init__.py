"""Every file in and out: reading headings and cells, forms that come back, writing CSV, Excel and ZIP."""

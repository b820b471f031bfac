"""What several pages share: tiles, tables, lists and their filters, downloads, a page's own choices."""

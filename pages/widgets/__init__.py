"""What several pages share: tiles, tables, lists and their filters, downloads, choices kept in the link."""

"""The interface; a page is one script, or a folder with page.py and its parts."""

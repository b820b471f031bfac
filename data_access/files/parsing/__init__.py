"""The process that reads files from outside: bytes in, cells out. A file may end, hang or fill it; the board goes on.

It imports nothing of the app but this folder, so that it starts quickly. `data_access.files.reader` starts it.
"""

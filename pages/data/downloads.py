"""名单下载: build a list of households by conditions, see how many they are, keep the filter, take the file."""

from pages.components import view
from pages.components.downloads import build, link, preview, templates

now = view.current()
selection = link.read()
templates.choose()
selection = build.show(selection)
templates.save(selection)
preview.show(selection, now=now)

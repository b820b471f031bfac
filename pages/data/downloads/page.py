"""名单下载: build a list of households by conditions, see how many there are, save the filter, download the file."""

from pages.data.downloads import build, link, preview, templates
from pages.shell import view_state

view = view_state.current()
selection = link.read()
templates.choose()
build.show(selection)
templates.save(selection)
preview.show(selection, view=view)

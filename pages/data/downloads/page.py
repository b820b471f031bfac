"""名单下载: build a list of households by conditions, see how many there are, save the filter, download the file."""

from pages.data.downloads import build, preview, templates
from pages.shell import view_state
from pages.widgets import selection_link

view = view_state.current()
selection = selection_link.read()
templates.choose()
build.show(selection)
templates.save(selection)
preview.show(selection, view=view)

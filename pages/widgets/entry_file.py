"""回填表: a list as a file in the form of the national system, for entry there: the rows of the list, all of them."""

from dataclasses import replace

from data_access import door
from data_access.facts.metrics import load_metrics
from data_access.files.export import FileColumn
from data_access.lists import lists
from data_access.lists.lists import ListRequest
from data_access.load.entry_forms import load_entry_forms
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import download, list_file
from pages.widgets.purposes import choose


def offer(metric: str, *, view: View) -> None:
    """Offer the file of a list that has such a form; nothing if the list is empty."""
    scope = view_state.scope().narrowed(view.place)
    request = ListRequest(metric, view.on, without=view.left_out(metric))
    total = door.read(lists.count_list, scope=scope, request=request).rows
    if not total:
        return
    form, contents = load_entry_forms().forms[metric], list_file.contents_of(request, rows=total, view=view)
    purpose = choose.show(contents)

    def source() -> download.FileSource:
        title = t("cases.entry_title", list=load_metrics()[metric].label[language()])
        about = list_file.about(request, view=view, scope=scope, purpose=purpose)
        note = (t("cases.entry_form"), load_entry_forms().reference[language()])
        return download.FileSource(
            name=(view.name(view.place), title, view.on.isoformat()),
            columns=tuple(FileColumn(key=name, title=heading) for name, heading in form.headings.items()),
            about=replace(about, lines=(*about.lines, note)),
            rows=total,
            open=lambda: list_file.chunks(
                request,
                scope=choose.opened(purpose, contents=contents, scope=scope),
                shaped=lambda frame: form.filled(list_file.in_words(frame, metric=metric)),
            ),
            asked=(request, scope, "entry"),
            purpose=purpose,
        )

    download.offer(source, key=f"entry_{metric}")

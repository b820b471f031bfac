"""A form is one record, and nobody writes over what another recorded meanwhile."""

from pages.widgets.record_form import RecordForm


def test_the_next_form_has_other_fields_and_another_button() -> None:
    form = RecordForm()
    before = {form.key("text"), form.key("press")}
    form.recorded("立账")
    assert before.isdisjoint({form.key("text"), form.key("press")})


def test_what_others_record_is_told_once_and_what_one_records_oneself_is_not() -> None:
    form = RecordForm()
    assert [form.changed(newest, about="W1") for newest in (1, 1, 2, 2)] == [False, False, True, False]
    form.recorded()
    assert not form.changed(3, about="W1")


def test_each_thing_has_its_own_newest_record() -> None:
    form = RecordForm()
    assert not form.changed(1, about="W1")
    assert not form.changed(7, about="W2")
    assert not form.changed(1, about="W1")
    assert form.changed(8, about="W2")

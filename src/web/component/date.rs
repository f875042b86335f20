use super::field::described;
use super::{Errors, FieldError};
use crate::format::now;
use crate::i18n::{fill, key, language, t};
use chrono::{Datelike, NaiveDate};
use leptos::prelude::*;
use model::clock::ist_date;
use model::date::{DateProblem, Towards, read};

/// Today in India, from which days are counted. Without a clock nothing is known of it, and a day in full needs none.
#[must_use]
pub fn today() -> NaiveDate {
    now().map(ist_date).unwrap_or_default()
}

/// What to do about it: a catalogue key.
#[must_use]
pub fn date_problem(problem: DateProblem) -> &'static str {
    match problem {
        DateProblem::Empty => key::DATE_PROBLEM_EMPTY,
        DateProblem::NotUnderstood => key::DATE_PROBLEM_NOT_UNDERSTOOD,
        DateProblem::MonthMissing => key::DATE_PROBLEM_MONTH_MISSING,
        DateProblem::DayMissing => key::DATE_PROBLEM_DAY_MISSING,
        DateProblem::NoSuchDay => key::DATE_PROBLEM_NO_SUCH_DAY,
        DateProblem::MonthFirst => key::DATE_PROBLEM_MONTH_FIRST,
        DateProblem::OtherWeekday => key::DATE_PROBLEM_OTHER_WEEKDAY,
        DateProblem::YearOutOfRange => key::DATE_PROBLEM_YEAR_OUT_OF_RANGE,
        DateProblem::OtherCalendar => key::DATE_PROBLEM_OTHER_CALENDAR,
    }
}

/// The day with weekday and year, so that the person sees how the date was understood.
fn in_full(day: NaiveDate) -> String {
    let of = |key: &str, at: u32| t(key).split('|').nth(at as usize).unwrap_or_default().to_owned();
    let words = language().day_in_full(day.year(), &of(key::DATE_MONTHS, day.month0()), day.day());
    format!("{}, {words}", of(key::DATE_WEEKDAYS, day.weekday().num_days_from_monday()))
}

/// A date, typed in any usual spelling. A calendar to click through is slow for a known day, and hard by keyboard.
#[component]
pub fn DateField(
    /// Its id.
    id: &'static str,
    /// The label.
    #[prop(into)]
    label: String,
    /// The text.
    value: RwSignal<String>,
    /// Which day is meant where the text leaves several open.
    towards: Towards,
    /// The form's errors.
    errors: Errors,
) -> impl IntoView {
    let understood = move || value.with(|typed| read(typed, today(), towards));
    let said = move || understood().ok().map(|day| fill(key::DATE_UNDERSTOOD, &[("date", &in_full(day))]));
    // No error while typing: an incomplete date is not a mistake yet.
    let left = RwSignal::new(false);
    let wrong = move || {
        let problem = understood().err().filter(|problem| *problem != DateProblem::Empty)?;
        (left.get() && errors.of(id).is_none()).then(|| t(date_problem(problem)))
    };
    let describes = move || format!("{} {id}-understood", described(errors, id, true).unwrap_or_default());
    let hint = if matches!(towards, Towards::Past) { key::DATE_HINT_PAST } else { key::DATE_HINT };
    view! {
        <div class="field date" class:wrong=move || errors.of(id).is_some()>
            <label for=id>{label}</label>
            <p class="hint" id=format!("{id}-hint")>{t(hint)}</p>
            <FieldError errors id/>
            <input
                id=id name=id type="text" autocomplete="off" spellcheck="false" dir="auto"
                aria-describedby=describes
                aria-invalid=move || errors.of(id).map(|_| "true")
                prop:value=move || value.get()
                on:input:target=move |event| {
                    left.set(false);
                    value.set(event.target().value());
                }
                on:blur=move |_| left.set(true)
            />
            <p class="understood" id=format!("{id}-understood") role="status">
                {said}{move || wrong().map(|words| view! { <span class="doubt">{words}</span> })}
            </p>
        </div>
    }
}

//! Calls both sides to a hearing, or moves it.

use super::field::{OneOf, Words, found};
use super::{Form, Kept, Problem, kept};
use chrono::{Duration, NaiveDate};
use leptos::prelude::*;
use model::clock::{Calendar, ist_midnight};
use model::date::{Towards, read};
use model::lifecycle::{Action, HEARING_HOURS, Hearing, HearingMeans};
use web::component::{DateField, Errors, Suggest, date_problem, today};
use web::format::now;
use web::i18n::{key, language, name_of, t};
use web::reference::Choice;

/// Id of the control of the day, and of the hour.
const DAY: &str = "hearing-day";
const HOUR: &str = "hearing-hour";
/// Minutes between the hours that are offered.
const STEP: i64 = 30;

/// A call to a hearing.
#[derive(Clone, Copy)]
pub struct SetHearing {
    means: OneOf<HearingMeans>,
    day: RwSignal<String>,
    /// Minutes after midnight in India.
    minute: RwSignal<Option<i64>>,
    place: Words,
}

/// An empty form.
#[must_use]
pub fn form() -> SetHearing {
    let means = HearingMeans::ALL.map(|means| (means, name_of("hearing_means", &means)));
    SetHearing {
        means: OneOf::new(key::FIELD_HEARING_MEANS, means),
        day: RwSignal::new(String::new()),
        minute: RwSignal::new(None),
        place: Words::optional(key::FIELD_HEARING_NOTE).with_rows(2),
    }
}

/// The hours at which a hearing can begin.
fn hours() -> Vec<Choice<i64>> {
    let (from, to) = HEARING_HOURS;
    (from * 60 / STEP..to * 60 / STEP)
        .map(|step| {
            let (hour, minute) = (step * STEP / 60, step * STEP % 60);
            let part = |number: i64| u32::try_from(number).unwrap_or_default();
            let words = language().time_of_day(part(hour), part(minute));
            let found_by = format!("{words} {hour}:{minute:02} {}", (hour + 11) % 12 + 1);
            Choice::new(words, &found_by, &[], step * STEP)
        })
        .collect()
}

impl SetHearing {
    fn read_day(self) -> Result<NaiveDate, Problem> {
        let read = self.day.with_untracked(|typed| read(typed, today(), Towards::Future));
        read.map_err(|problem| Problem { at: DAY, says: date_problem(problem) })
    }

    /// Where to come must be said, what else there is to know may be.
    fn read_place(self) -> Result<String, Problem> {
        let at_office = untrack(|| self.means.get()) == Some(HearingMeans::AtOffice);
        let place = if at_office { self.place.demanded() } else { self.place };
        place.read().map_err(|problem| Problem { says: key::FIELD_HEARING_PLACE_MISSING, ..problem })
    }
}

impl Form for SetHearing {
    fn fields(&self, errors: Errors) -> AnyView {
        let form = *self;
        let place = move || {
            let at_office = form.means.get() == Some(HearingMeans::AtOffice);
            form.place
                .labelled(if at_office { key::FIELD_HEARING_PLACE } else { key::FIELD_HEARING_NOTE })
                .field(errors)
        };
        view! {
            {form.means.field(errors)}
            <DateField id=DAY label=t(key::FIELD_HEARING_DAY) value=form.day towards=Towards::Future errors/>
            <Suggest id=HOUR label=t(key::FIELD_HEARING_HOUR) hint=t(key::FIELD_HEARING_HOUR_HINT) choices=Signal::stored(hours()) value=form.minute errors/>
            {place}
        }
        .into_any()
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        match (self.means.read(), self.read_day(), found(HOUR, self.minute), self.read_place()) {
            (Ok(means), Ok(day), Ok(minute), Ok(text)) => {
                let hearing = Hearing { at: ist_midnight(day) + Duration::minutes(minute), means };
                // Holidays are known to the server.
                let fits = now().is_none_or(|now| hearing.can_be_called(now, &Calendar::default()));
                let wrong = || vec![Problem { at: DAY, says: key::REFUSAL_WRONG_HEARING }];
                fits.then_some(Action::SetHearing { hearing, text }).ok_or_else(wrong)
            }
            (means, day, minute, text) => {
                Err([means.err(), day.err(), minute.err(), text.err()].into_iter().flatten().collect())
            }
        }
    }

    fn kept(&self) -> Vec<Kept> {
        vec![self.means.kept(), kept(DAY, self.day), kept(HOUR, self.minute), self.place.kept()]
    }

    fn typed(&self) -> String {
        format!("{} {}", self.day.get(), self.place.typed())
    }
}

//! The Action Taken Report, checked for known lapses while it is written.

use super::field::{OneOf, PhotosToSend, WORDS, Words, both};
use super::{Form, Kept, Problem, kept};
use chrono::NaiveDate;
use leptos::prelude::*;
use model::atr::{Atr, Finding, Outcome, check};
use model::date::{DateProblem, Towards, read};
use model::lifecycle::Action;
use model::wire::CaseView;
use web::component::{DateField, Errors, TextField, date_problem, today};
use web::format::now;
use web::i18n::{key, name_of, t};

/// Id of the control of the date for the rest.
const NEXT_DATE: &str = "next-date";
/// Id of the control of the reason why nobody spoke to the citizen.
const NO_CONTACT: &str = "no-contact";

/// A report.
#[derive(Clone, Copy)]
pub struct SubmitAtr {
    outcome: OneOf<Outcome>,
    text: Words,
    next_date: RwSignal<String>,
    no_contact: RwSignal<String>,
    photos: PhotosToSend,
    /// How often somebody spoke to the citizen.
    contacts: u16,
}

/// An empty form.
#[must_use]
pub fn form(view: &CaseView) -> SubmitAtr {
    let outcomes = [Outcome::Done, Outcome::PartlyDone, Outcome::CannotBeDone];
    SubmitAtr {
        outcome: OneOf::new(key::FIELD_OUTCOME, outcomes.map(|outcome| (outcome, name_of("outcome", &outcome)))),
        text: Words::required(key::FIELD_REPORT).with_rows(5),
        next_date: RwSignal::new(String::new()),
        no_contact: RwSignal::new(String::new()),
        photos: PhotosToSend::new(),
        contacts: view.contacts,
    }
}

/// The id of the control that corrects a lapse.
#[must_use]
pub fn control_of(finding: Finding) -> &'static str {
    match finding {
        Finding::NoContact => NO_CONTACT,
        Finding::NoNextDate => NEXT_DATE,
        Finding::NoPhoto => "photos",
        Finding::Blank | Finding::FutureTense | Finding::NotOurs | Finding::PassedOn => WORDS,
    }
}

/// The day for the rest of what is partly done; none where none was typed, or none is asked for.
pub(super) fn next_date_of(
    outcome: Option<Outcome>,
    typed: &str,
    today: NaiveDate,
) -> Result<Option<NaiveDate>, Problem> {
    if outcome != Some(Outcome::PartlyDone) {
        return Ok(None);
    }
    match read(typed, today, Towards::Future) {
        Ok(day) => Ok(Some(day)),
        // Whether a report needs one is for the check of its lapses to say.
        Err(DateProblem::Empty) => Ok(None),
        Err(problem) => Err(Problem { at: NEXT_DATE, says: date_problem(problem) }),
    }
}

impl SubmitAtr {
    /// The day for the rest; follows it.
    fn read_next_date(self) -> Result<Option<NaiveDate>, Problem> {
        self.next_date.with(|typed| next_date_of(self.outcome.get(), typed, today()))
    }

    /// The lapses of what has been written so far; tracked.
    fn lapses(self) -> Vec<Finding> {
        let text = self.text.typed();
        let (Some(outcome), Some(now)) = (self.outcome.get(), now()) else { return Vec::new() };
        if model::text::is_blank(&text) {
            return Vec::new();
        }
        let atr = Atr {
            outcome,
            text,
            next_date: self.read_next_date().ok().flatten(),
            no_contact_reason: self.no_contact.get(),
            photos: self.photos.fit(),
        };
        check(&atr, self.contacts, now)
    }
}

impl Form for SubmitAtr {
    fn fields(&self, errors: Errors) -> AnyView {
        let form = *self;
        let partly = move || form.outcome.get() == Some(Outcome::PartlyDone);
        let lapses = move || {
            let found = form.lapses();
            let line = |finding: &Finding| view! { <li class:blocks=finding.blocks()>{name_of("lapse", finding)}</li> };
            (!found.is_empty()).then(|| {
                let lines = found.iter().map(line).collect_view();
                view! { <div class="lapses"><h3>{t(key::FINDING_TITLE)}</h3><ul>{lines}</ul></div> }
            })
        };
        view! {
            {form.outcome.field(errors)}
            {form.text.field(errors)}
            {move || partly().then(|| view! { <DateField id=NEXT_DATE label=t(key::FIELD_NEXT_DATE) value=form.next_date towards=Towards::Future errors/> })}
            {(form.contacts == 0).then(|| view! { <TextField id=NO_CONTACT label=t(key::FIELD_NO_CONTACT_REASON) value=form.no_contact errors/> })}
            {form.photos.field(errors)}
            <div role="status">{lapses}</div>
        }
        .into_any()
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        let next_date = untrack(|| self.read_next_date());
        let (outcome, text) = match (both(self.outcome.read(), self.text.read()), next_date) {
            (Ok(read), Ok(_)) => read,
            (read, next_date) => {
                return Err(read.err().unwrap_or_default().into_iter().chain(next_date.err()).collect());
            }
        };
        Ok(Action::SubmitAtr(Atr {
            outcome,
            text,
            next_date: next_date.ok().flatten(),
            no_contact_reason: self.no_contact.get_untracked(),
            photos: self.photos.ids(),
        }))
    }

    fn kept(&self) -> Vec<Kept> {
        vec![
            self.outcome.kept(),
            self.text.kept(),
            kept(NEXT_DATE, self.next_date),
            kept(NO_CONTACT, self.no_contact),
            self.photos.kept(),
        ]
    }

    fn typed(&self) -> String {
        format!("{} {}", self.text.typed(), self.no_contact.get())
    }

    fn photos(&self) -> Option<PhotosToSend> {
        Some(self.photos)
    }
}

//! Records a visit: what a validator saw at the place, whom they met, and the photo that proves it.

use super::camera::CAMERA;
use super::field::{OneOf, PhotosToSend, Words};
use super::{Form, Kept, Problem, kept};
use leptos::prelude::*;
use model::atr::Outcome;
use model::lifecycle::{Action, VisitFinding};
use model::names::code_of;
use model::visit::{Check, CheckAnswer, Checked, Meeting, Visit};
use model::wire::CaseView;
use web::component::{Errors, Radios};
use web::i18n::{key, language, name_of, t};

/// Id of the choice of what was found.
const FINDING: &str = "finding";
/// Ids of the questions of the category, which are at most as many.
const CHECKS: [&str; 8] = ["check-a", "check-b", "check-c", "check-d", "check-e", "check-f", "check-g", "check-h"];

/// A visit.
pub struct RecordVisit {
    checks: StoredValue<Vec<(&'static str, Check, RwSignal<String>)>>,
    meeting: OneOf<Meeting>,
    finding: RwSignal<String>,
    text: Words,
    photos: PhotosToSend,
    /// How the words of a finding end, by what the report says.
    ending: &'static str,
}

/// An empty form.
#[must_use]
pub fn form(view: &CaseView) -> RecordVisit {
    let checks =
        CHECKS.into_iter().zip(view.checks.clone()).map(|(id, check)| (id, check, RwSignal::new(String::new())));
    RecordVisit {
        checks: StoredValue::new(checks.collect()),
        meeting: OneOf::new(key::FIELD_MEETING, Meeting::ALL.map(|meeting| (meeting, name_of("meeting", &meeting))))
            .with_id("meeting"),
        finding: RwSignal::new(String::new()),
        text: Words::required(key::FIELD_FINDINGS),
        photos: PhotosToSend::new(&view.shutter),
        ending: Outcome::ending(view.outcome),
    }
}

/// The findings that can rest on a meeting; all of them before it is said.
fn fitting(meeting: Option<Meeting>) -> impl Iterator<Item = VisitFinding> {
    let asked = [VisitFinding::DoneCitizenAgrees, VisitFinding::DoneCitizenNotMet, VisitFinding::NotDone];
    asked.into_iter().filter(move |finding| meeting.is_none_or(|meeting| meeting.fits(*finding)))
}

impl RecordVisit {
    /// What was found, where it fits whom they met; tracked.
    fn finding(&self) -> Option<VisitFinding> {
        let code = self.finding.get();
        fitting(self.meeting.get()).find(|finding| code_of(finding) == code)
    }

    /// Whether the answers leave it open that the work is done; tracked.
    fn can_be_done(&self) -> bool {
        let no = code_of(&CheckAnswer::No);
        self.checks
            .with_value(|checks| !checks.iter().any(|(_, check, code)| check.must && code.with(|code| code == no)))
    }

    /// What was seen, or the questions that nobody answered.
    fn checked(&self) -> Result<Vec<Checked>, Vec<Problem>> {
        let (mut checked, mut missing) = (Vec::new(), Vec::new());
        self.checks.with_value(|checks| {
            for (id, check, code) in checks {
                let code = code.get_untracked();
                match CheckAnswer::ALL.into_iter().find(|answer| code_of(answer) == code) {
                    Some(answer) => checked.push(Checked { check: check.code.clone(), answer }),
                    None => missing.push(Problem { at: id, says: key::FIELD_CHOOSE }),
                }
            }
        });
        if missing.is_empty() { Ok(checked) } else { Err(missing) }
    }
}

impl Form for RecordVisit {
    fn fields(&self, errors: Errors) -> AnyView {
        let (meeting, ending) = (self.meeting, self.ending);
        let words = move |finding: VisitFinding| t(&format!("finding.{}{ending}", code_of(&finding)));
        let findings = Signal::derive(move || {
            let fitting = fitting(meeting.get());
            fitting.map(|finding| (code_of(&finding).to_owned(), words(finding))).collect::<Vec<_>>()
        });
        let answers: Vec<_> =
            CheckAnswer::ALL.map(|answer| (code_of(&answer).to_owned(), name_of("check", &answer))).to_vec();
        let checks = self.checks.with_value(|checks| {
            let radios = checks.iter().map(|(id, check, value)| {
                let legend = check.ask.of(language()).to_owned();
                view! { <Radios id=*id legend options=answers.clone() value=*value errors/> }
            });
            radios.collect_view()
        });
        view! {
            {checks}
            {self.meeting.field(errors)}
            <Radios id=FINDING legend=t(key::FIELD_FINDING) options=findings value=self.finding errors/>
            {self.text.field(errors)}
            {self.photos.field(errors)}
        }
        .into_any()
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        let finding = untrack(|| self.finding()).ok_or(Problem { at: FINDING, says: key::FIELD_CHOOSE });
        let proof = untrack(|| self.photos.proves_the_place());
        let proof = proof.then_some(()).ok_or(Problem { at: CAMERA, says: key::CAMERA_NEEDED });
        // Nothing is done as long as an answer on which that rests is no.
        let finding = finding.and_then(|finding| {
            let can = untrack(|| self.can_be_done());
            let fits = finding != VisitFinding::DoneCitizenAgrees || can || !self.ending.is_empty();
            if fits { Ok(finding) } else { Err(Problem { at: FINDING, says: key::REFUSAL_CHECKS_CONTRADICT }) }
        });
        match (self.checked(), self.meeting.read(), finding, self.text.read(), proof) {
            (Ok(checks), Ok(meeting), Ok(finding), Ok(text), Ok(())) => Ok(Action::RecordVisit(Visit {
                finding,
                text,
                meeting: Some(meeting),
                checks,
                position: None,
                photos: self.photos.ids(),
                shots: self.photos.shots(),
            })),
            (checks, meeting, finding, text, proof) => {
                let rest = [meeting.err(), finding.err(), text.err(), proof.err()];
                Err(checks.err().into_iter().flatten().chain(rest.into_iter().flatten()).collect())
            }
        }
    }

    fn kept(&self) -> Vec<Kept> {
        let first = [self.meeting.kept(), kept(FINDING, self.finding), self.text.kept(), self.photos.kept()];
        let checks =
            self.checks.with_value(|checks| checks.iter().map(|(id, _, value)| kept(id, *value)).collect::<Vec<_>>());
        first.into_iter().chain(checks).collect()
    }

    fn typed(&self) -> String {
        self.text.typed()
    }

    fn photos(&self) -> Option<PhotosToSend> {
        Some(self.photos)
    }
}

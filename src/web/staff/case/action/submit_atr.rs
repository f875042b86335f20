//! The Action Taken Report, checked for known lapses while it is written.

use super::field::{OneOf, PhotosToSend, WORDS, Words};
use super::{Form, Kept, Problem, kept};
use chrono::NaiveDate;
use leptos::prelude::*;
use model::atr::{Answer, Atr, Background, Contact, ContactMeans, Finding, GAP, Lapse, Outcome, PhotoFacts, check};
use model::date::{DateProblem, Towards, read};
use model::lifecycle::Action;
use model::names::code_of;
use model::wire::CaseView;
use web::component::{DateField, Errors, TextField, date_problem, today};
use web::format::now;
use web::i18n::{fill, key, lang_of, name_of, t};

/// Id of the control of the date for the rest.
const NEXT_DATE: &str = "next-date";
/// Id of the control of how somebody spoke to the citizen, and of what was said.
const CONTACT: &str = "contact";
const SAID: &str = "said";
/// Id of the control of the reason why nobody spoke to the citizen.
const NO_CONTACT: &str = "no-contact";

/// Findings of this form that are answered in a line of their own, each with the id of that line. [`Finding::NoContact`]
/// has its field already; those that rest on other reports or on the grievance's category only the server can find.
const ANSWERED: [(Finding, &str); 5] = [
    (Finding::FutureTense, "answer-promise"),
    (Finding::NotOurs, "answer-not-ours"),
    (Finding::PassedOn, "answer-passed-on"),
    (Finding::BoilerPlate, "answer-stock"),
    (Finding::NoPhoto, "answer-photo"),
];

/// Letters of a report that a finding quotes.
const QUOTED: usize = 80;

/// A report.
#[derive(Clone, Copy)]
pub struct SubmitAtr {
    outcome: OneOf<Outcome>,
    text: Words,
    next_date: RwSignal<String>,
    contact: OneOf<Spoken>,
    said: RwSignal<String>,
    no_contact: RwSignal<String>,
    photos: PhotosToSend,
    /// What is typed in the lines of [`ANSWERED`]; kept where a finding comes and goes.
    answers: [RwSignal<String>; ANSWERED.len()],
    /// How often somebody spoke to the citizen.
    contacts: u16,
    /// The first part of the category's code, by which a template is chosen; empty where there is none.
    topic: StoredValue<String>,
}

/// How somebody spoke to the citizen, or that nobody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Spoken(Option<ContactMeans>);

impl From<&Spoken> for &'static str {
    fn from(spoken: &Spoken) -> Self {
        spoken.0.as_ref().map_or("nobody", code_of)
    }
}

/// An empty form.
#[must_use]
pub fn form(view: &CaseView) -> SubmitAtr {
    let outcomes = [Outcome::Done, Outcome::PartlyDone, Outcome::CannotBeDone];
    let spoken = [Some(ContactMeans::Phone), Some(ContactMeans::Visit), Some(ContactMeans::AtOffice), None].map(Spoken);
    let category = view.line.category.as_ref().map(ToString::to_string).unwrap_or_default();
    SubmitAtr {
        outcome: OneOf::new(key::FIELD_OUTCOME, outcomes.map(|outcome| (outcome, name_of("outcome", &outcome)))),
        text: Words::required(key::FIELD_REPORT).with_rows(5),
        next_date: RwSignal::new(String::new()),
        contact: OneOf::new(
            key::FIELD_CONTACT,
            spoken.map(|spoken| (spoken, t(&format!("means.{}", code_of(&spoken))))),
        )
        .with_id(CONTACT),
        said: RwSignal::new(String::new()),
        no_contact: RwSignal::new(String::new()),
        photos: PhotosToSend::new(&view.shutter),
        answers: ANSWERED.map(|_| RwSignal::new(String::new())),
        contacts: view.contacts,
        topic: StoredValue::new(category.split('.').next().unwrap_or_default().to_owned()),
    }
}

/// The id of the control that corrects a lapse.
#[must_use]
pub fn control_of(finding: Finding) -> &'static str {
    match finding {
        Finding::NoContact => NO_CONTACT,
        Finding::NoNextDate => NEXT_DATE,
        Finding::NoPhoto | Finding::UsedBefore | Finding::Elsewhere => "photos",
        Finding::Blank
        | Finding::FutureTense
        | Finding::NotOurs
        | Finding::PassedOn
        | Finding::BoilerPlate
        | Finding::NearCopy
        | Finding::OtherMatter
        | Finding::Abuse
        | Finding::Gap => WORDS,
    }
}

/// A finding in words: what was found, the words that show it, and what to do.
fn line(lapse: &Lapse) -> impl IntoView + use<> {
    let words = model::text::shorten(&lapse.because, QUOTED);
    let quoted = (!words.is_empty()).then(|| view! { <q lang=lang_of(&words) dir="auto">{words.clone()}</q>". " });
    let (found, lapse, blocks) =
        (name_of("found", &lapse.finding), name_of("lapse", &lapse.finding), lapse.finding.blocks());
    view! { <li class:blocks=blocks><strong>{found}</strong>": "{quoted}{lapse}</li> }
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
    fn lapses(self) -> Vec<Lapse> {
        let text = self.text.typed();
        let (Some(outcome), Some(now)) = (self.outcome.get(), now()) else { return Vec::new() };
        if model::text::is_blank(&text) {
            return Vec::new();
        }
        let atr = Atr {
            outcome,
            text,
            next_date: self.read_next_date().ok().flatten(),
            contact: self.contact(),
            no_contact_reason: self.no_contact.get(),
            photos: self.photos.fit(),
            shots: Vec::new(),
            answers: Vec::new(),
        };
        check(
            &atr,
            &Background { contacts: self.contacts, now, matter: None, earlier: &[], photos: PhotoFacts::default() },
        )
    }

    /// The contact that is recorded with the report; tracked.
    fn contact(self) -> Option<Contact> {
        let Spoken(means) = self.contact.get()?;
        Some(Contact { means: means?, text: self.said.get() })
    }

    /// The beginning of a report of this outcome and category, with gaps to be filled; tracked.
    fn template(self) -> Option<String> {
        let key = match self.outcome.get()? {
            Outcome::Done => format!("start.{}", self.topic.get_value()),
            outcome => format!("start.{}", code_of(&outcome)),
        };
        let words = t(&key);
        Some(if words == key { t(key::START_OTHER) } else { words })
    }

    /// What was answered.
    fn answers(self) -> Vec<Answer> {
        let typed =
            ANSWERED.into_iter().zip(self.answers).map(|((finding, _), typed)| (finding, typed.get_untracked()));
        let answer = |(finding, text): (Finding, String)| (!text.is_empty()).then_some(Answer { finding, text });
        typed.filter_map(answer).collect()
    }
}

impl Form for SubmitAtr {
    fn fields(&self, errors: Errors) -> AnyView {
        let form = *self;
        let partly = move || form.outcome.get() == Some(Outcome::PartlyDone);
        let lapses = Memo::new(move |_| form.lapses());
        let told = move || {
            let lines = lapses.with(|lapses| lapses.iter().map(line).collect_view());
            (!lines.is_empty())
                .then(|| view! { <div class="lapses"><h3>{t(key::FINDING_TITLE)}</h3><ul>{lines}</ul></div> })
        };
        // All lines are there from the start, so that none loses what is being typed when another finding comes.
        let answers = ANSWERED.into_iter().zip(form.answers).map(|((finding, id), value)| {
            let label = fill(key::FOUND_ANSWER, &[("found", &name_of("found", &finding))]);
            let absent = move || lapses.with(|lapses| lapses.iter().all(|lapse| lapse.finding != finding));
            view! { <div hidden=absent><TextField id label value errors/></div> }
        });
        // A beginning is offered as long as nothing would be lost by it: the text is empty, or has gaps of another one.
        let begin = move || {
            let text = form.text.typed();
            let is_free = model::text::is_blank(&text) || text.contains(GAP);
            form.template().filter(|words| is_free && *words != text).map(|words| view! {
                <p><button type="button" class="link" id="template" on:click=move |_| form.text.put(words.clone())>{t(key::FIELD_TEMPLATE)}</button></p>
            })
        };
        let spoken = move || form.contact.get();
        let with_citizen = move || match spoken() {
            Some(Spoken(None)) => Some(
                view! { <TextField id=NO_CONTACT label=t(key::FIELD_NO_CONTACT_REASON) value=form.no_contact errors/> }
                    .into_any(),
            ),
            Some(_) => {
                Some(view! { <TextField id=SAID label=t(key::FIELD_SAID_OPTIONAL) value=form.said errors/> }.into_any())
            }
            None => None,
        };
        view! {
            {form.outcome.field(errors)}
            {(form.contacts == 0).then(|| view! { {form.contact.field(errors)}{with_citizen} })}
            {begin}
            {form.text.field(errors)}
            <div class="findings" role="status">{told}</div>
            {answers.collect_view()}
            {move || partly().then(|| view! { <DateField id=NEXT_DATE label=t(key::FIELD_NEXT_DATE) value=form.next_date towards=Towards::Future errors/> })}
            {form.photos.field(errors)}
        }
        .into_any()
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        let next_date = untrack(|| self.read_next_date());
        let contact = if self.contacts == 0 { self.contact.read().map(drop) } else { Ok(()) };
        let (outcome, text) = match (self.outcome.read(), contact, self.text.read(), next_date) {
            (Ok(outcome), Ok(()), Ok(text), Ok(_)) => (outcome, text),
            (outcome, contact, text, next_date) => {
                return Err([outcome.err(), contact.err(), text.err(), next_date.err()]
                    .into_iter()
                    .flatten()
                    .collect());
            }
        };
        Ok(Action::SubmitAtr(Atr {
            outcome,
            text,
            next_date: next_date.ok().flatten(),
            contact: untrack(|| self.contact()),
            no_contact_reason: self.no_contact.get_untracked(),
            photos: self.photos.ids(),
            shots: self.photos.shots(),
            answers: self.answers(),
        }))
    }

    fn kept(&self) -> Vec<Kept> {
        let answers = ANSWERED.iter().zip(self.answers).map(|((_, id), answer)| kept(id, answer));
        let first = [
            self.outcome.kept(),
            self.text.kept(),
            kept(NEXT_DATE, self.next_date),
            self.contact.kept(),
            kept(SAID, self.said),
            kept(NO_CONTACT, self.no_contact),
            self.photos.kept(),
        ];
        first.into_iter().chain(answers).collect()
    }

    fn typed(&self) -> String {
        let answers: Vec<String> = self.answers.iter().map(|answer| answer.get()).collect();
        format!("{} {} {} {}", self.text.typed(), self.said.get(), self.no_contact.get(), answers.join(" "))
    }

    fn photos(&self) -> Option<PhotosToSend> {
        Some(self.photos)
    }
}

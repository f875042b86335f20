//! The questions after the first, and sending: downloaded while the first is being answered.

mod category;
mod check;
mod choice;
mod duplicate;
mod last;
mod photos;
mod place;
mod reason;
mod you;

use super::lodge::{DangerLink, Saved};
use super::{done, waiting};
use category::CategoryQuestion;
use check::Check;
use choice::{AffectedQuestion, ConductQuestion, PrivacyQuestion};
use duplicate::DuplicateQuestion;
use gloo_timers::callback::Timeout;
use last::Last;
use leptos::prelude::*;
use model::lodging::{Field, Problem};
use model::page::{CitizenPage, Step};
use model::wire::{Duplicate, ReferenceData};
use model::{Reference, text};
use photos::PhotosQuestion;
use place::Where;
use reason::{DangerQuestion, ReasonQuestion};
use wasm_split_helpers::wasm_split;
use web::component::{BackLink, Call112, Errors};
use web::draft::{Draft, receipts, use_draft};
use web::format::digits;
use web::i18n::{fill, key, name_of, t};
use web::later::{Draw, SplitLoaderError};
use web::reference::{Tables, use_tables};
use web::route::{Nav, href, scroll_to_top, set_title, use_nav};
use web::unsent;
use you::You;

/// The entry point of this part.
#[wasm_split(questions, fallible)]
pub fn questions() -> Result<Draw<CitizenPage>, SplitLoaderError> {
    Ok(|page| match page {
        CitizenPage::Next => {
            // On to the next question, or back to the summary of the answers.
            Flow::new().on(Step::What);
            ().into_any()
        }
        CitizenPage::Lodge(step) => view! { <Lodge step/> }.into_any(),
        // Loaded by everybody who has sent something, so that it is here when the connection is lost.
        CitizenPage::Queue => view! { <waiting::Queue any=super::use_waiting()/> }.into_any(),
        CitizenPage::Done(reference) => view! { <done::Done reference/> }.into_any(),
        _ => ().into_any(),
    })
}

/// The text of a problem.
fn words(problem: Problem) -> String {
    name_of("problem", &problem)
}

/// The question that can correct a problem, and the id of its control.
fn place_of(problem: Problem) -> (Step, &'static str) {
    match problem.field() {
        Field::Text => (Step::What, "text"),
        Field::Category => (Step::Category, "category"),
        Field::Reasons => (Step::Reason(0), "reason"),
        Field::Place => (Step::Where, "place"),
        Field::Landmark => (Step::Where, "landmark"),
        Field::Photos => (Step::Photos, "photos"),
        Field::Name => (Step::You, "name"),
        Field::Mobile => (Step::You, "mobile"),
    }
}

/// Shows the problems of this question's fields; true where there are none.
fn check(flow: Flow, step: Step, errors: Errors) -> bool {
    let problems = flow.problems();
    let here: Vec<_> = problems
        .into_iter()
        .filter(|problem| place_of(*problem).0 == step)
        .map(|problem| (place_of(problem).1, words(problem)))
        .collect();
    let good = here.is_empty();
    errors.show(here);
    good
}

/// The errors of a question: none at first, except what the server refused.
fn errors_at(step: Step) -> Errors {
    let (errors, refused) = (Errors::new(), use_refused());
    if let Some(problem) = refused.get_untracked().filter(|problem| place_of(*problem).0 == step) {
        refused.set(None);
        // After the page is shown and its heading has been focused.
        Timeout::new(100, move || errors.show_one(place_of(problem).1, words(problem))).forget();
    }
    errors
}

/// A field of the draft as a signal of its own, written back on change.
fn part(draft: RwSignal<Draft>, get: fn(&Draft) -> String, set: fn(&mut Draft, String)) -> RwSignal<String> {
    let value = RwSignal::new(draft.with_untracked(get));
    Effect::new(move |first: Option<()>| {
        let value = value.get();
        if first.is_some() {
            draft.update(|draft| set(draft, value));
        }
    });
    value
}

/// Similar grievances found for the answers so far.
#[derive(Clone, Copy)]
pub struct Duplicates(pub RwSignal<Vec<Duplicate>>);

fn use_duplicates() -> RwSignal<Vec<Duplicate>> {
    use_context::<Duplicates>().map_or_else(|| RwSignal::new(Vec::new()), |duplicates| duplicates.0)
}

/// The problem for which the server refused the grievance; shown by the question that asks for that answer.
#[derive(Clone, Copy)]
pub struct Refused(pub RwSignal<Option<Problem>>);

fn use_refused() -> RwSignal<Option<Problem>> {
    use_context::<Refused>().map_or_else(|| RwSignal::new(None), |refused| refused.0)
}

/// What is asked in addition to the questions for everybody, given the answers so far.
#[derive(Debug, Default, PartialEq)]
struct Asked {
    /// The id of the question whether somebody is in danger, and whether the text or the citizen's own answer requires
    /// it: it then comes before the category.
    danger: Option<(String, bool)>,
    /// The ids of the questions of the category.
    reasons: Vec<String>,
    /// Whether somebody is in danger: then only the place and a number are asked before sending.
    urgent: bool,
    /// Whether the name is hidden without being asked about.
    hidden: bool,
}

impl Asked {
    fn of(draft: &Draft, tables: Option<&ReferenceData>) -> Self {
        let hidden = draft.form.about_office == Some(true);
        let Some(tables) = tables else { return Self { hidden, ..Self::default() } };
        let (form, reasons) = (&draft.form, &tables.reasons);
        let hidden = hidden || reasons.hides(&form.reasons);
        let asked = |category| reasons.asked(category, &form.text, &form.reasons);
        let is_danger = |name: &&str| reasons.danger.as_ref().is_some_and(|danger| danger.question == **name);
        let (danger, others): (Vec<&str>, Vec<&str>) = asked(form.category.as_deref()).into_iter().partition(is_danger);
        Self {
            danger: danger.first().map(|name| ((*name).to_owned(), asked(None).contains(name))),
            reasons: others.into_iter().map(str::to_owned).collect(),
            urgent: reasons.is_urgent(&form.reasons),
            hidden,
        }
    }

    fn names(&self, name: &str) -> bool {
        self.reasons.iter().any(|known| known == name) || self.danger.as_ref().is_some_and(|(known, _)| known == name)
    }
}

/// The questions asked, in order. `duplicates`: whether similar grievances were found.
fn order(asked: &Asked, duplicates: bool) -> Vec<Step> {
    if asked.urgent {
        return vec![Step::What, Step::Danger, Step::Where, Step::You, Step::Gender];
    }
    let mut order = vec![Step::What];
    let first = asked.danger.as_ref().map(|(_, first)| *first);
    order.extend((first == Some(true)).then_some(Step::Danger));
    order.push(Step::Category);
    order.extend((first == Some(false)).then_some(Step::Danger));
    order.extend((0..u8::try_from(asked.reasons.len()).unwrap_or(0)).map(Step::Reason));
    order.push(Step::Where);
    order.extend(duplicates.then_some(Step::Duplicate));
    order.extend([Step::Photos, Step::Affected, Step::Conduct]);
    // For grievances about an officer or a bribe, hiding the name from the department is promised already.
    order.extend((!asked.hidden).then_some(Step::Privacy));
    order.extend([Step::You, Step::Check, Step::Gender]);
    order
}

/// Navigation through the questions.
#[derive(Clone, Copy)]
struct Flow {
    draft: RwSignal<Draft>,
    tables: Tables,
    duplicates: RwSignal<Vec<Duplicate>>,
    nav: Nav<CitizenPage>,
}

impl Flow {
    fn new() -> Self {
        Self { draft: use_draft().all(), tables: use_tables(), duplicates: use_duplicates(), nav: use_nav() }
    }

    /// What is asked, given the answers so far.
    fn asked(self) -> Asked {
        self.tables.with_untracked(|tables| {
            self.draft.with_untracked(|draft| Asked::of(draft, tables.loaded().map(AsRef::as_ref)))
        })
    }

    fn order(self) -> Vec<Step> {
        let duplicates = self.duplicates.with_untracked(|duplicates| !duplicates.is_empty());
        order(&self.asked(), duplicates)
    }

    /// Whether the citizen has answered that somebody is in danger.
    fn is_urgent(self) -> bool {
        self.asked().urgent
    }

    /// Whether the text, in any category, requires the question of danger and it has not been answered.
    fn danger_waits(self) -> bool {
        let Some((name, true)) = self.asked().danger else { return false };
        self.draft.with_untracked(|draft| !draft.form.reasons.iter().any(|reason| reason.question == name))
    }

    /// The problems of the answers.
    fn problems(self) -> Vec<Problem> {
        let urgent = self.is_urgent();
        self.draft.with_untracked(|draft| draft.form.parse_as(urgent)).err().unwrap_or_default()
    }

    /// Drops answers to questions that are not asked any more.
    fn keep_asked(self, draft: &mut Draft) {
        self.tables.with_untracked(|tables| {
            if let Some(tables) = tables.loaded() {
                let asked = Asked::of(draft, Some(tables));
                draft.form.reasons.retain(|reason| asked.names(&reason.question));
            }
        });
    }

    /// The question before; `None` before the first.
    fn before(self, step: Step) -> Option<Step> {
        let order = self.order();
        let at = order.iter().position(|known| *known == step)?;
        order.get(at.checked_sub(1)?).copied()
    }

    /// The first required question without an answer.
    fn unanswered(self) -> Option<Step> {
        let (form, category) = self.draft.with_untracked(|draft| (draft.form.clone(), draft.category_answered));
        let asked = self.asked();
        let open = |name: &String| !form.reasons.iter().any(|reason| reason.question == *name);
        if asked.urgent && form.district.is_none() && text::is_blank(&form.landmark) {
            return Some(Step::Where);
        }
        if let Some(problem) = self.problems().first() {
            return Some(place_of(*problem).0);
        }
        if asked.urgent {
            return None;
        }
        if asked.danger.as_ref().is_some_and(|(name, _)| open(name)) {
            return Some(Step::Danger);
        }
        if !category {
            return Some(Step::Category);
        }
        if let Some(index) = asked.reasons.iter().position(open).and_then(|index| u8::try_from(index).ok()) {
            return Some(Step::Reason(index));
        }
        match () {
            () if form.affected.is_none() => Some(Step::Affected),
            () if form.about_office.is_none() => Some(Step::Conduct),
            () if form.confidential.is_none() && !asked.hidden => Some(Step::Privacy),
            () => None,
        }
    }

    /// Goes to the next question, or back to the summary where all others are answered.
    fn on(self, step: Step) {
        let (open, order, asked) = (self.unanswered(), self.order(), self.asked());
        let last = if asked.urgent { Step::Gender } else { Step::Check };
        let at = order.iter().position(|known| *known == step);
        let next = match at.and_then(|at| order.get(at + 1)) {
            _ if open.is_none() && step < last => last,
            // The question of danger comes as soon as the text requires it.
            _ if step != Step::Danger && self.danger_waits() => Step::Danger,
            Some(next) => *next,
            None => open.unwrap_or(last),
        };
        match step {
            Step::What => self.nav.replace(CitizenPage::Lodge(next)),
            _ => self.nav.go(CitizenPage::Lodge(next)),
        }
    }
}

/// Leaves the form when another tab has sent the draft it shows. The first question stays, empty, for another
/// grievance.
fn leave_when_sent(nav: Nav<CitizenPage>) {
    let gone = use_draft().gone;
    gone.set(false);
    Effect::new(move |_| {
        if gone.get() {
            nav.go_and_tell(CitizenPage::Home, t(key::SENT_TITLE));
        }
    });
}

/// One question with the frame around it.
#[component]
fn Lodge(step: Step) -> impl IntoView {
    let flow = Flow::new();
    let nothing = untrack(|| use_draft().is_empty()) && flow.draft.with_untracked(Draft::is_untouched);
    leave_when_sent(flow.nav);
    // The question of danger starts a new grievance, whatever was sent before.
    let nothing = nothing && step != Step::Danger;
    if nothing && !unsent::is_empty() {
        // It waits in the queue, and the first page says so.
        request_animation_frame(move || flow.nav.replace(CitizenPage::Home));
    } else if nothing && let Some(receipt) = receipts().first() {
        // Reached by Back after sending, or by an old bookmark: the answers are not asked for again.
        return view! { <Sent number=receipt.reference/> }.into_any();
    }
    let urgent = Memo::new(move |_| {
        flow.tables.track();
        flow.draft.track();
        flow.is_urgent()
    });
    let danger = move || (step != Step::Danger && !urgent.get()).then(|| view! { <DangerLink/> });
    let call = move || (step != Step::Danger && urgent.get()).then(|| view! { <Call112/> });
    let back = move || {
        flow.tables.track();
        let before = flow.before(step).map_or(CitizenPage::Home, CitizenPage::Lodge);
        view! { <BackLink href=href(&before) label=t(key::NAV_BACK)/> }
    };
    // The number of questions is known once the category and its questions are.
    let progress = move || {
        flow.tables.track();
        // No progress is shown to a person in danger.
        if urgent.get() {
            return None;
        }
        let mut order = flow.order();
        order.retain(|step| !matches!(step, Step::Duplicate | Step::Check | Step::Gender));
        let at = order.iter().position(|known| *known == step).filter(|_| step > Step::Reason(u8::MAX))?;
        let marks = [("n", digits(&(at + 1).to_string())), ("of", digits(&order.len().to_string()))];
        let marks: Vec<(&str, &str)> = marks.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Some(view! { <p class="caption">{fill(key::QUESTION, &marks)}</p> })
    };
    let page = match step {
        Step::Danger => view! { <DangerQuestion flow/> }.into_any(),
        Step::Category => view! { <CategoryQuestion flow/> }.into_any(),
        Step::Reason(index) => view! { <ReasonQuestion flow index/> }.into_any(),
        Step::Where => view! { <Where flow/> }.into_any(),
        Step::Duplicate => view! { <DuplicateQuestion flow/> }.into_any(),
        Step::Photos => view! { <PhotosQuestion flow/> }.into_any(),
        Step::Affected => view! { <AffectedQuestion flow/> }.into_any(),
        Step::Conduct => view! { <ConductQuestion flow/> }.into_any(),
        Step::Privacy => view! { <PrivacyQuestion flow/> }.into_any(),
        Step::You => view! { <You flow/> }.into_any(),
        Step::Check => view! { <Check flow/> }.into_any(),
        Step::What | Step::Gender => view! { <Last flow/> }.into_any(),
    };
    view! { <div class="ways">{back}{danger}</div><Saved/>{call}{progress}{page} }.into_any()
}

/// Says that the grievance of this form has been sent.
#[component]
fn Sent(number: Reference) -> impl IntoView {
    set_title(&t(key::SENT_TITLE));
    // Back restores the scroll position of the question, which does not apply here.
    request_animation_frame(scroll_to_top);
    view! {
        <BackLink href=href(&CitizenPage::Home) label=t(key::NOTFOUND_HOME)/>
        <h1>{t(key::SENT_TITLE)}</h1>
        <p>{t(key::DONE_NUMBER)}</p>
        <p class="number"><a data-nav href=href(&CitizenPage::Done(number))>{number.grouped()}</a></p>
        <p class="stack"><a class="button second" data-nav href=href(&CitizenPage::Lodge(Step::What))>{t(key::SENT_ANOTHER)}</a></p>
    }
}

/// The main button of a question.
#[component]
fn Go() -> impl IntoView {
    view! { <button type="submit" class="button">{t(key::CONTINUE)}</button> }
}

//! The questions after the first, and sending: downloaded while the first is being answered.

mod category;
mod check;
mod choice;
mod last;
mod like;
mod photos;
mod place;
mod reason;
mod you;

use super::lodge::Saved;
use super::voice::Voice;
use super::{CitizenPage, Step, done, waiting};
use category::CategoryQuestion;
use check::Check;
use choice::{AffectedQuestion, ConductQuestion, PrivacyQuestion};
use gloo_timers::callback::Timeout;
use last::Last;
use leptos::prelude::*;
use like::LikeQuestion;
use model::Reference;
use model::api::{Like, ReferenceData};
use model::lodging::{Field, Problem};
use photos::PhotosQuestion;
use place::Where;
use reason::ReasonQuestion;
use wasm_split_helpers::wasm_split;
use web::component::{BackLink, Errors};
use web::draft::{Draft, receipts, use_first};
use web::format::digits;
use web::i18n::{fill, key, name_of, t};
use web::later::{Draw, SplitLoaderError};
use web::outbox;
use web::reference::{Tables, use_tables};
use web::route::{Nav, href, scroll_to_top, set_title, use_nav};
use you::You;

/// The pages of this part.
#[wasm_split(questions, fallible)]
pub fn questions() -> Result<Draw<CitizenPage>, SplitLoaderError> {
    Ok(|page| match page {
        CitizenPage::Next => {
            // From the first question to the next, or back to the answers.
            Way::new().on(Step::What);
            ().into_any()
        }
        CitizenPage::Lodge(step) => view! { <Lodge step/> }.into_any(),
        CitizenPage::Done(reference) => view! { <done::Done reference/> }.into_any(),
        CitizenPage::Queue => view! { <waiting::Queue any=super::use_waiting()/> }.into_any(),
        CitizenPage::Voice => view! { <Voice/> }.into_any(),
        _ => ().into_any(),
    })
}

/// The words of a problem.
fn words(problem: Problem) -> String {
    name_of("problem", &problem)
}

/// The page on which a problem is mended, and the control.
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

/// Shows the problems of this page's fields; true where there are none.
fn check(draft: RwSignal<Draft>, step: Step, errors: Errors) -> bool {
    let problems = draft.with_untracked(|draft| draft.form.problems());
    let here: Vec<_> = problems
        .into_iter()
        .filter(|problem| place_of(*problem).0 == step)
        .map(|problem| (place_of(problem).1, words(problem)))
        .collect();
    let good = here.is_empty();
    errors.show(here);
    good
}

/// What is wrong with the answers of a question: nothing yet, but for what the server would not have.
fn errors_at(step: Step) -> Errors {
    let (errors, refused) = (Errors::new(), use_refused());
    if let Some(problem) = refused.get_untracked().filter(|problem| place_of(*problem).0 == step) {
        refused.set(None);
        // Once the page stands and its heading has had the focus.
        Timeout::new(100, move || errors.show_one(place_of(problem).1, words(problem))).forget();
    }
    errors
}

/// A part of the draft as a signal of its own, written back as it changes.
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

/// Like grievances that were found for the answers so far.
#[derive(Clone, Copy)]
pub struct Likes(pub RwSignal<Vec<Like>>);

fn use_likes() -> RwSignal<Vec<Like>> {
    use_context::<Likes>().map_or_else(|| RwSignal::new(Vec::new()), |likes| likes.0)
}

/// What the server would not have of an answer; told by the question that asks for it.
#[derive(Clone, Copy)]
pub struct Refused(pub RwSignal<Option<Problem>>);

fn use_refused() -> RwSignal<Option<Problem>> {
    use_context::<Refused>().map_or_else(|| RwSignal::new(None), |refused| refused.0)
}

/// What the category asks, given the answers so far.
fn asked(draft: &Draft, tables: &ReferenceData) -> Vec<String> {
    let form = &draft.form;
    let asked = tables.reasons.asked(form.category.as_deref(), &form.text, &form.reasons);
    asked.into_iter().map(str::to_owned).collect()
}

/// The questions that are asked, in order.
fn order(draft: &Draft, tables: Option<&ReferenceData>, likes: bool) -> Vec<Step> {
    let reasons = tables.map_or(0, |tables| asked(draft, tables).len());
    let reasons = (0..u8::try_from(reasons).unwrap_or(0)).map(Step::Reason);
    let mut order = vec![Step::What, Step::Category];
    order.extend(reasons);
    order.push(Step::Where);
    order.extend(likes.then_some(Step::Like));
    order.extend([Step::Photos, Step::Affected, Step::Conduct, Step::Privacy, Step::You, Step::Check, Step::Gender]);
    order
}

/// How one goes through the questions.
#[derive(Clone, Copy)]
struct Way {
    draft: RwSignal<Draft>,
    tables: Tables,
    likes: RwSignal<Vec<Like>>,
    nav: Nav<CitizenPage>,
}

impl Way {
    fn new() -> Self {
        Self { draft: use_first().all(), tables: use_tables(), likes: use_likes(), nav: use_nav() }
    }

    fn order(self) -> Vec<Step> {
        self.tables.with_untracked(|tables| {
            let tables = tables.loaded().map(AsRef::as_ref);
            let likes = self.likes.with_untracked(|likes| !likes.is_empty());
            self.draft.with_untracked(|draft| order(draft, tables, likes))
        })
    }

    /// Drops answers to what is not asked any more.
    fn keep_asked(self, draft: &mut Draft) {
        self.tables.with_untracked(|tables| {
            if let Some(tables) = tables.loaded() {
                let asked = asked(draft, tables);
                draft.form.reasons.retain(|reason| asked.contains(&reason.question));
            }
        });
    }

    /// The question before; none before the first.
    fn before(self, step: Step) -> Option<Step> {
        let order = self.order();
        let at = order.iter().position(|known| *known == step)?;
        order.get(at.checked_sub(1)?).copied()
    }

    /// The first question that must be answered and is not.
    fn unanswered(self) -> Option<Step> {
        let (form, category) = self.draft.with_untracked(|draft| (draft.form.clone(), draft.category_answered));
        if let Some(problem) = form.problems().first() {
            return Some(place_of(*problem).0);
        }
        if !category {
            return Some(Step::Category);
        }
        let reasons = self.tables.with_untracked(|tables| {
            let tables = tables.loaded()?;
            let asked = self.draft.with_untracked(|draft| asked(draft, tables));
            asked.iter().position(|name| !form.reasons.iter().any(|reason| reason.question == *name))
        });
        if let Some(index) = reasons.and_then(|index| u8::try_from(index).ok()) {
            return Some(Step::Reason(index));
        }
        match () {
            () if form.affected.is_none() => Some(Step::Affected),
            () if form.about_office.is_none() => Some(Step::Conduct),
            () if form.confidential.is_none() => Some(Step::Privacy),
            () => None,
        }
    }

    /// To the next question; back to the answers where all others are given already.
    fn on(self, step: Step) {
        let changed = self.unanswered().is_none();
        let order = self.order();
        let next = order.iter().position(|known| *known == step).and_then(|at| order.get(at + 1)).copied();
        let next = if changed && step < Step::Check { Step::Check } else { next.unwrap_or(Step::Check) };
        match step {
            Step::What => self.nav.replace(CitizenPage::Lodge(next)),
            _ => self.nav.go(CitizenPage::Lodge(next)),
        }
    }
}

/// One question with what stands around it.
#[component]
fn Lodge(step: Step) -> impl IntoView {
    let way = Way::new();
    let nothing = untrack(|| use_first().is_empty()) && way.draft.with_untracked(Draft::is_untouched);
    if nothing && !outbox::is_empty() {
        // It waits to be sent, and the first page says so.
        request_animation_frame(move || way.nav.replace(CitizenPage::Home));
    } else if nothing && let Some(receipt) = receipts().first() {
        // Back after sending, or an old bookmark: it is not asked for again what was sent.
        return view! { <Sent number=receipt.reference/> }.into_any();
    }
    let back = move || {
        way.tables.track();
        let before = way.before(step).map_or(CitizenPage::Home, CitizenPage::Lodge);
        view! { <BackLink href=href(&before) label=t(key::NAV_BACK)/> }
    };
    // How many there are is known once the category and what it asks are.
    let progress = move || {
        way.tables.track();
        let mut order = way.order();
        order.retain(|step| !matches!(step, Step::Like | Step::Check | Step::Gender));
        let at = order.iter().position(|known| *known == step).filter(|_| step > Step::Reason(u8::MAX))?;
        let marks = [("n", digits(&(at + 1).to_string())), ("of", digits(&order.len().to_string()))];
        let marks: Vec<(&str, &str)> = marks.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Some(view! { <p class="caption">{fill(key::QUESTION, &marks)}</p> })
    };
    let page = match step {
        Step::Category => view! { <CategoryQuestion way/> }.into_any(),
        Step::Reason(index) => view! { <ReasonQuestion way index/> }.into_any(),
        Step::Where => view! { <Where way/> }.into_any(),
        Step::Like => view! { <LikeQuestion way/> }.into_any(),
        Step::Photos => view! { <PhotosQuestion way/> }.into_any(),
        Step::Affected => view! { <AffectedQuestion way/> }.into_any(),
        Step::Conduct => view! { <ConductQuestion way/> }.into_any(),
        Step::Privacy => view! { <PrivacyQuestion way/> }.into_any(),
        Step::You => view! { <You way/> }.into_any(),
        Step::Check => view! { <Check way/> }.into_any(),
        Step::What | Step::Gender => view! { <Last way/> }.into_any(),
    };
    view! { {back}<Saved/>{progress}{page} }.into_any()
}

/// What was asked here has been sent.
#[component]
fn Sent(number: Reference) -> impl IntoView {
    set_title(&t(key::SENT_TITLE));
    // Another page than the one that Back remembers the place of.
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

//! The questions after the first, and sending: downloaded while the first is being answered.

use super::attach::Attach;
use super::lodge::Saved;
use super::{CitizenPage, Step, done, sending, waiting};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use model::api::{FindLike, FindLikeRequest, Like, ReferenceData};
use model::lifecycle::Gender;
use model::lodging::{Affected, Field, Problem, Reason};
use model::reason::Question;
use model::text;
use wasm_split_helpers::wasm_split;
use web::api::{CallError, Conditions, call};
use web::component::{
    BackLink, ErrorSummary, Errors, Failed, Helpline, Loading, Radios, Remote, SubmitButton, Suggest, TextField,
};
use web::draft::{Draft, use_first};
use web::format::{date, digits};
use web::i18n::{code_of, fill, key, language, name_of, t};
use web::later::{Draw, SplitLoaderError};
use web::outbox::{self, Entry};
use web::reference::{self, Tables, use_tables};
use web::route::{Nav, href, set_title, use_nav};

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
    view! { {back}<Saved/>{progress}{page} }
}

#[component]
fn CategoryQuestion(way: Way) -> impl IntoView {
    set_title(&t(key::LODGE_CATEGORY_TITLE));
    let (draft, errors, tables) = (way.draft, Errors::new(), way.tables);
    let (answered, chosen) = draft.with_untracked(|draft| (draft.category_answered, draft.form.category.clone()));
    let searched = RwSignal::new(chosen.clone());
    let picked = RwSignal::new(match (&chosen, answered) {
        (Some(code), _) => code.clone(),
        (None, true) => "unknown".to_owned(),
        (None, false) => String::new(),
    });
    // Whatever was chosen last counts: in the list or in the search.
    Effect::new(move |_| {
        if let Some(code) = searched.get() {
            picked.set(code);
        }
    });
    let suggested = move || {
        let text = draft.with_untracked(|draft| draft.form.text.clone());
        let mut options = tables
            .with(|tables| tables.loaded().map(|tables| reference::suggest(&tables.categories, &text)))
            .unwrap_or_default();
        options.push(("unknown".to_owned(), t(key::LODGE_CATEGORY_UNKNOWN)));
        options
    };
    let choices = Signal::derive(move || {
        tables.with(|tables| tables.loaded().map(|tables| reference::category_choices(tables)).unwrap_or_default())
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let code = picked.get_untracked();
        if code.is_empty() {
            errors.show_one("category", t(key::PROBLEM_CATEGORY_EMPTY));
            return;
        }
        draft.update(|draft| {
            let category = (code != "unknown").then_some(code);
            if draft.form.category != category {
                draft.form.same_as = None;
            }
            draft.form.category = category;
            draft.category_answered = true;
            // Answers to what another category asked are none of this one's.
            tables.with_untracked(|tables| {
                if let Some(tables) = tables.loaded() {
                    let asked = asked(draft, tables);
                    draft.form.reasons.retain(|reason| asked.contains(&reason.question));
                }
            });
        });
        way.on(Step::Category);
    };
    let retry = Callback::new(move |()| {
        let _ = use_tables();
    });
    let options = Signal::derive(suggested);
    view! {
        <ErrorSummary errors/>
        {move || match tables.get() {
            Remote::Loaded(_) => view! {
                <form novalidate on:submit=submit>
                    <Radios id="category" legend=t(key::LODGE_CATEGORY_TITLE) hint=if options.with_untracked(|options| options.len() > 1) { t(key::LODGE_CATEGORY_HINT) } else { String::new() } options value=picked errors heading=true/>
                    <Suggest id="category-search" label=t(key::LODGE_CATEGORY_SEARCH) hint=t(key::LODGE_CATEGORY_SEARCH_HINT) choices value=searched errors/>
                    <Go/>
                </form>
            }.into_any(),
            Remote::Failed(error) => view! { <h1>{t(key::LODGE_CATEGORY_TITLE)}</h1><Failed why=error.message() retry/><SkipCategory way/> }.into_any(),
            Remote::Idle | Remote::Loading => view! { <h1>{t(key::LODGE_CATEGORY_TITLE)}</h1><Loading/> }.into_any(),
        }}
    }
}

/// The main button of a question.
#[component]
fn Go() -> impl IntoView {
    view! { <button type="submit" class="button">{t(key::CONTINUE)}</button> }
}

/// Where the list of categories cannot be had, nobody is kept from lodging.
#[component]
fn SkipCategory(way: Way) -> impl IntoView {
    let skip = move |_| {
        way.draft.update(|draft| draft.category_answered = true);
        way.on(Step::Category);
    };
    view! { <p><button type="button" class="button" on:click=skip>{t(key::LODGE_CATEGORY_UNKNOWN)}</button></p> }
}

/// The question with this number on the way through the reason tree.
fn question_at(way: Way, index: u8) -> Option<(String, Question)> {
    way.tables.with(|tables| {
        let tables = tables.loaded()?;
        let name = way.draft.with_untracked(|draft| asked(draft, tables)).get(usize::from(index))?.clone();
        let question = tables.reasons.questions.get(&name)?.clone();
        Some((name, question))
    })
}

/// What a category asks: the answer says at once what helps and what can be done.
#[component]
fn ReasonQuestion(way: Way, index: u8) -> impl IntoView {
    let found = Memo::new(move |_| question_at(way, index));
    move || match found.get() {
        Some((name, question)) => view! { <Reasoned way index name question/> }.into_any(),
        // The tables are on their way, or the answers lead past this question by now.
        None => {
            let arrived = way.tables.with(|tables| tables.loaded().is_some());
            let go = move |event: SubmitEvent| {
                event.prevent_default();
                way.nav.replace(CitizenPage::Lodge(Step::Where));
            };
            if arrived {
                view! { <h1>{t(key::LODGE_CATEGORY_TITLE)}</h1><form novalidate on:submit=go><Go/></form> }.into_any()
            } else {
                view! { <h1>{t(key::LODGE_CATEGORY_TITLE)}</h1><Loading/> }.into_any()
            }
        }
    }
}

#[component]
fn Reasoned(way: Way, index: u8, name: String, question: Question) -> impl IntoView {
    let ask = question.ask.of(language()).to_owned();
    set_title(&ask);
    let errors = Errors::new();
    let given = way.draft.with_untracked(|draft| {
        draft.form.reasons.iter().find(|reason| reason.question == name).map(|reason| reason.option.clone())
    });
    let picked = RwSignal::new(given.unwrap_or_default());
    let options: Vec<(String, String)> =
        question.options.iter().map(|choice| (choice.id.clone(), choice.label.of(language()).to_owned())).collect();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let option = picked.get_untracked();
        if option.is_empty() {
            errors.show_one("reason", t(key::PROBLEM_CHOICE_EMPTY));
            return;
        }
        way.draft.update(|draft| {
            draft.form.reasons.retain(|reason| reason.question != name);
            draft.form.reasons.push(Reason { question: name.clone(), option });
            way.tables.with_untracked(|tables| {
                if let Some(tables) = tables.loaded() {
                    let asked = asked(draft, tables);
                    draft.form.reasons.retain(|reason| asked.contains(&reason.question));
                }
            });
        });
        way.on(Step::Reason(index));
    };
    let told = move || {
        let choice = question.options.iter().find(|choice| choice.id == picked.get())?.clone();
        let papers: Vec<String> = way.tables.with(|tables| {
            let known = tables.loaded().map(|tables| tables.reasons.papers.clone()).unwrap_or_default();
            choice.papers.iter().filter_map(|name| Some(known.get(name)?.of(language()).to_owned())).collect()
        });
        let advice = choice.advice.map(|advice| advice.of(language()).to_owned());
        let urgent = choice.lane.is_some_and(model::clock::Lane::is_emergency);
        Some(view! {
            {urgent.then(|| view! {
                <div class="notice urgent"><p>{t(key::LODGE_EMERGENCY)}</p><p class="number"><a href="tel:112">{t(key::LODGE_EMERGENCY_CALL)}</a></p></div>
                <Helpline/>
            })}
            {advice.map(|advice| view! { <div class="advice"><h2>{t(key::LODGE_REASON_NOW)}</h2><p>{advice}</p></div> })}
            {(!papers.is_empty()).then(|| view! {
                <div class="advice"><p>{t(key::LODGE_REASON_PAPERS)}</p><ul>{papers.into_iter().map(|paper| view! { <li>{paper}</li> }).collect_view()}</ul></div>
            })}
        })
    };
    view! {
        <ErrorSummary errors/>
        <form novalidate on:submit=submit>
            <Radios id="reason" legend=ask options value=picked errors heading=true/>
            <div class="told" role="status">{told}</div>
            <Go/>
        </form>
    }
}

#[component]
fn Where(way: Way) -> impl IntoView {
    set_title(&t(key::LODGE_WHERE_TITLE));
    let (draft, errors, tables) = (way.draft, Errors::new(), way.tables);
    let chosen =
        RwSignal::new(draft.with_untracked(|draft| draft.form.district.map(|district| (district, draft.form.place))));
    let landmark = part(draft, |draft| draft.form.landmark.clone(), |draft, text| draft.form.landmark = text);
    let choices = Signal::derive(move || {
        tables.with(|tables| tables.loaded().map(|tables| reference::places(tables)).unwrap_or_default())
    });
    let looking = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if looking.get_untracked() {
            return;
        }
        let place = chosen.get_untracked();
        // Where the list could not be had, the words must do; the cell's desk completes the place.
        let listed = choices.with_untracked(|choices| !choices.is_empty());
        if place.is_none() && (listed || text::is_blank(&landmark.get_untracked())) {
            errors.show_one("place", t(key::PROBLEM_PLACE_EMPTY));
            return;
        }
        draft.update(|draft| {
            draft.form.district = place.map(|(district, _)| district);
            draft.form.place = place.and_then(|(_, place)| place);
        });
        if !check(draft, Step::Where, errors) {
            return;
        }
        looking.set(true);
        leptos::task::spawn_local(async move {
            look_for_likes(way).await;
            looking.try_set(false);
            way.on(Step::Where);
        });
    };
    view! {
        <ErrorSummary errors/>
        <h1>{t(key::LODGE_WHERE_TITLE)}</h1>
        <form novalidate on:submit=submit>
            <Suggest id="place" label=t(key::LODGE_WHERE_PLACE) hint=t(key::LODGE_WHERE_PLACE_HINT) choices value=chosen errors/>
            <TextField id="landmark" label=format!("{} {}", t(key::LODGE_WHERE_LANDMARK), t(key::OPTIONAL)) value=landmark errors autocomplete="street-address"/>
            <SubmitButton label=t(key::CONTINUE) busy_label=t(key::LOADING) busy=looking.into()/>
        </form>
    }
}

/// Milliseconds for which somebody waits for likely duplicates; without a line they are not asked.
const LOOKING: u32 = 3_000;

/// Asks for open grievances like this one; nobody is kept waiting for them.
async fn look_for_likes(way: Way) {
    let form = way.draft.with_untracked(|draft| draft.form.clone());
    let found = match (form.category, form.district) {
        (Some(category), Some(district)) => {
            let body =
                FindLikeRequest { text: form.text, category, district, place: form.place, landmark: form.landmark };
            let with = Conditions { patience: Some(LOOKING), ..Conditions::default() };
            call(&FindLike {}, &body, with).await.unwrap_or_default()
        }
        _ => Vec::new(),
    };
    way.draft.update(|draft| {
        if !found.iter().any(|like| Some(&like.token) == draft.form.same_as.as_ref()) {
            draft.form.same_as = None;
        }
    });
    way.likes.set(found);
}

/// Open grievances like this one: since when, how many people, which words; nothing of who they are.
#[component]
fn LikeQuestion(way: Way) -> impl IntoView {
    set_title(&t(key::LODGE_LIKE_TITLE));
    let errors = Errors::new();
    let likes = way.likes.get_untracked();
    let picked = RwSignal::new(way.draft.with_untracked(|draft| draft.form.same_as.clone()).unwrap_or_default());
    let several = likes.len() > 1;
    let mut options: Vec<(String, String)> = likes
        .iter()
        .enumerate()
        .map(|(index, like)| {
            let number = if several { format!(" ({})", digits(&(index + 1).to_string())) } else { String::new() };
            (like.token.clone(), format!("{}{number}", t(key::LODGE_LIKE_JOIN)))
        })
        .collect();
    options.push(("none".to_owned(), t(key::LODGE_LIKE_NONE)));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let token = picked.get_untracked();
        if token.is_empty() {
            errors.show_one("like", t(key::PROBLEM_CHOICE_EMPTY));
            return;
        }
        way.draft.update(|draft| draft.form.same_as = (token != "none").then_some(token));
        way.on(Step::Like);
    };
    let cards = likes.iter().enumerate().map(|(index, like)| {
        let people = digits(&like.people.to_string());
        let since = fill(key::LODGE_LIKE_PEOPLE, &[("date", &date(like.lodged_at)), ("n", &people)]);
        let words = fill(key::LODGE_LIKE_WORDS, &[("words", &like.words.join(", "))]);
        let number = several.then(|| view! { <p class="hint">{digits(&(index + 1).to_string())}</p> });
        view! { <li class="card">{number}<p><strong>{since}</strong></p><p>{name_of("stage", &like.stage)}</p><p class="hint" dir="auto">{words}</p></li> }
    });
    view! {
        <ErrorSummary errors/>
        <h1>{t(key::LODGE_LIKE_TITLE)}</h1>
        <p class="hint">{t(key::LODGE_LIKE_HINT)}</p>
        <ul class="cards">{cards.collect_view()}</ul>
        <form novalidate on:submit=submit>
            <Radios id="like" legend=t(key::LODGE_LIKE_NOTE) options value=picked errors/>
            <Go/>
        </form>
    }
}

#[component]
fn PhotosQuestion(way: Way) -> impl IntoView {
    set_title(&t(key::LODGE_PHOTOS_TITLE));
    let errors = Errors::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        way.on(Step::Photos);
    };
    let papers = move || {
        way.tables.with(|tables| {
            let reasons = &tables.loaded()?.reasons;
            let given = way.draft.with_untracked(|draft| draft.form.reasons.clone());
            let names: Vec<String> = given
                .iter()
                .filter_map(|reason| reasons.choice(reason))
                .flat_map(|choice| &choice.papers)
                .filter_map(|name| Some(reasons.papers.get(name)?.of(language()).to_owned()))
                .collect();
            (!names.is_empty()).then(|| view! {
                <div class="advice"><p>{t(key::LODGE_REASON_PAPERS)}</p><ul>{names.into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}</ul></div>
            })
        })
    };
    view! {
        <ErrorSummary errors/>
        <form novalidate on:submit=submit>
            <Attach draft=way.draft errors/>
            {papers}
            <Go/>
        </form>
    }
}

/// A question with a few answers: what stands in the draft, and how an answer gets there.
#[component]
fn Choose(
    way: Way,
    step: Step,
    id: &'static str,
    title: &'static str,
    #[prop(optional)] hint: &'static str,
    options: Vec<(String, String)>,
    given: Option<String>,
    /// What to do where nothing is chosen.
    missing: &'static str,
    set: fn(&mut Draft, &str),
) -> impl IntoView {
    set_title(&t(title));
    let errors = Errors::new();
    let picked = RwSignal::new(given.unwrap_or_default());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let code = picked.get_untracked();
        if code.is_empty() {
            errors.show_one(id, t(missing));
            return;
        }
        way.draft.update(|draft| set(draft, &code));
        way.on(step);
    };
    let hint = if hint.is_empty() { String::new() } else { t(hint) };
    view! {
        <ErrorSummary errors/>
        <form novalidate on:submit=submit>
            <Radios id legend=t(title) hint options value=picked errors heading=true/>
            <Go/>
        </form>
    }
}

#[component]
fn AffectedQuestion(way: Way) -> impl IntoView {
    let options = Affected::ALL.iter().map(|whom| (code_of(whom), name_of("affected", whom))).collect();
    let given = way.draft.with_untracked(|draft| draft.form.affected.map(|whom| code_of(&whom)));
    view! {
        <Choose way step=Step::Affected id="affected" title=key::LODGE_AFFECTED_TITLE options given missing=key::PROBLEM_AFFECTED_EMPTY
            set=|draft, code| draft.form.affected = Affected::ALL.into_iter().find(|whom| code_of(whom) == code)/>
    }
}

fn yes_no(given: Option<bool>) -> Option<String> {
    given.map(|given| if given { "yes" } else { "no" }.to_owned())
}

#[component]
fn ConductQuestion(way: Way) -> impl IntoView {
    let options = vec![("yes".to_owned(), t(key::ANSWER_YES)), ("no".to_owned(), t(key::ANSWER_NO))];
    let given = way.draft.with_untracked(|draft| yes_no(draft.form.about_office));
    view! {
        <Choose way step=Step::Conduct id="conduct" title=key::LODGE_CONDUCT_TITLE hint=key::LODGE_CONDUCT_HINT options given
            missing=key::PROBLEM_CONDUCT_EMPTY set=|draft, code| draft.form.about_office = Some(code == "yes")/>
    }
}

#[component]
fn PrivacyQuestion(way: Way) -> impl IntoView {
    let options = vec![("no".to_owned(), t(key::PRIVACY_SHOWN)), ("yes".to_owned(), t(key::PRIVACY_HIDDEN))];
    let given = way.draft.with_untracked(|draft| yes_no(draft.form.confidential));
    view! {
        <Choose way step=Step::Privacy id="privacy" title=key::LODGE_PRIVACY_TITLE hint=key::LODGE_PRIVACY_HINT options given
            missing=key::PROBLEM_PRIVACY_EMPTY set=|draft, code| draft.form.confidential = Some(code == "yes")/>
    }
}

#[component]
fn You(way: Way) -> impl IntoView {
    set_title(&t(key::LODGE_YOU_TITLE));
    let (draft, errors) = (way.draft, Errors::new());
    let name = part(draft, |draft| draft.form.name.clone(), |draft, text| draft.form.name = text);
    let mobile = part(draft, |draft| draft.form.mobile.clone(), |draft, text| draft.form.mobile = text);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if check(draft, Step::You, errors) {
            way.on(Step::You);
        }
    };
    view! {
        <ErrorSummary errors/>
        <h1>{t(key::LODGE_YOU_TITLE)}</h1>
        <form novalidate on:submit=submit>
            <TextField id="name" label=t(key::LODGE_YOU_NAME) value=name errors autocomplete="name"/>
            <TextField id="mobile" label=t(key::LODGE_YOU_MOBILE) hint=t(key::LODGE_YOU_MOBILE_HINT) value=mobile errors kind="tel" mode="tel" autocomplete="tel"/>
            <Go/>
        </form>
    }
}

#[component]
fn Check(way: Way) -> impl IntoView {
    set_title(&t(key::LODGE_CHECK_TITLE));
    let (draft, nav, errors, tables) = (way.draft, way.nav, Errors::new(), way.tables);
    let row = move |name: String, value: String, step: Step| {
        let shown = if value.is_empty() { t(key::LODGE_CHECK_NONE) } else { value };
        view! {
            <div class="row">
                <dt>{name.clone()}</dt>
                <dd dir="auto">{shown}</dd>
                <dd class="change"><a data-nav href=href(&CitizenPage::Lodge(step))>{t(key::LODGE_CHECK_CHANGE)}<span class="unseen">" "{name}</span></a></dd>
            </div>
        }
    };
    // Drawn anew when the tables arrive, for the names that stand in them.
    let rows = move || {
        let Draft { form, held, category_answered, .. } = draft.get();
        let tables = tables.get();
        let tables = tables.loaded();
        let category = match (&form.category, tables) {
            (Some(code), Some(tables)) => reference::category(tables, code),
            (Some(code), None) => code.clone(),
            (None, _) if category_answered => t(key::LODGE_CATEGORY_UNKNOWN),
            (None, _) => String::new(),
        };
        let place = tables.map(|tables| reference::place(tables, form.district, form.place)).unwrap_or_default();
        let photos = match held.len() {
            0 => String::new(),
            count => fill(key::LODGE_CHECK_PHOTOS, &[("n", &digits(&count.to_string()))]),
        };
        let yes = |given: Option<bool>, yes: &str, no: &str| {
            given.map(|given| t(if given { yes } else { no })).unwrap_or_default()
        };
        let asked = tables.map(|tables| tables.reasons.asked(form.category.as_deref(), &form.text, &form.reasons));
        let asked = asked.unwrap_or_default();
        let reasons = asked.iter().enumerate().filter_map(|(index, name)| {
            let reason = form.reasons.iter().find(|reason| reason.question == *name)?;
            let reasons = &tables?.reasons;
            let ask = reasons.questions.get(&reason.question)?.ask.of(language()).to_owned();
            let answer = reasons.choice(reason)?.label.of(language()).to_owned();
            Some(row(ask, answer, Step::Reason(u8::try_from(index).unwrap_or(0))))
        });
        let reasons = reasons.collect_view();
        let like = form.same_as.is_some().then(|| row(t(key::LODGE_CHECK_LIKE), t(key::ANSWER_YES), Step::Like));
        view! {
            {row(t(key::LODGE_CHECK_WHAT), form.text.clone(), Step::What)}
            {row(t(key::LODGE_CHECK_CATEGORY), category, Step::Category)}
            {reasons}
            {row(t(key::LODGE_CHECK_WHERE), place, Step::Where)}
            {row(t(key::LODGE_CHECK_LANDMARK), form.landmark.clone(), Step::Where)}
            {like}
            {row(t(key::LODGE_CHECK_PHOTO), photos, Step::Photos)}
            {row(t(key::LODGE_CHECK_AFFECTED), form.affected.map(|whom| name_of("affected", &whom)).unwrap_or_default(), Step::Affected)}
            {row(t(key::LODGE_CHECK_CONDUCT), yes(form.about_office, key::ANSWER_YES, key::ANSWER_NO), Step::Conduct)}
            {row(t(key::LODGE_CHECK_PRIVACY), yes(form.confidential, key::PRIVACY_HIDDEN, key::PRIVACY_SHOWN), Step::Privacy)}
            {row(t(key::LODGE_CHECK_NAME), form.name.clone(), Step::You)}
            {row(t(key::LODGE_CHECK_MOBILE), form.mobile, Step::You)}
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        // The first unanswered question is asked again.
        nav.go(CitizenPage::Lodge(way.unanswered().unwrap_or(Step::Gender)));
    };
    view! {
        <ErrorSummary errors/>
        <h1>{t(key::LODGE_CHECK_TITLE)}</h1>
        <p class="hint">{t(key::LODGE_CHECK_NOT_YET)}</p>
        <dl class="answers" id="check">{rows}</dl>
        <form novalidate on:submit=submit><Go/></form>
    }
}

/// How the sending stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sending {
    Not,
    Now,
    /// The line is dead; it goes by itself when it is back.
    Waiting,
    Refused(String),
}

#[component]
fn Last(way: Way) -> impl IntoView {
    set_title(&t(key::LODGE_GENDER_TITLE));
    let (draft, nav, errors) = (way.draft, way.nav, Errors::new());
    let gender = RwSignal::new(
        draft.with_untracked(|draft| draft.form.gender.map(|gender| code_of(&gender)).unwrap_or_default()),
    );
    let sending = RwSignal::new(Sending::Not);
    let full = RwSignal::new(false);
    let (waiting, first) = (super::use_waiting(), use_first());
    // The answers are in the outbox or at the server: the form is free again.
    let use_it_up = move || first.delete();
    let send = move || {
        if sending.get_untracked() == Sending::Now {
            return;
        }
        sending.set(Sending::Now);
        draft.update(|draft| {
            draft.form.gender = Gender::ALL.into_iter().find(|known| code_of(known) == gender.get_untracked());
            draft.form.language = language();
        });
        let Draft { key: once, form, held, .. } = draft.get_untracked();
        // What went off once goes again as it was: the server may have it by now.
        let before = outbox::entries().into_iter().find(|entry| entry.key == once);
        let fresh = Entry { key: once, since: js_sys::Date::now(), form, held, receipt: None, problem: None };
        let mut entry = before.unwrap_or(fresh);
        // On the phone before it goes; from here on it arrives even if the browser is killed.
        if outbox::put(&entry) {
            first.set_aside();
        } else {
            full.set(true);
        }
        leptos::task::spawn_local(async move {
            let told = move |entry: &Entry| {
                if let Some(receipt) = &entry.receipt {
                    nav.replace(CitizenPage::Done(receipt.reference));
                }
            };
            let answer = sending::send(&mut entry, told).await;
            if entry.receipt.is_some() {
                // Photos may still be on their way: the panel above the pages looks after them.
                use_it_up();
                waiting.set(!outbox::is_empty());
                return;
            }
            match answer {
                Ok(()) => sending.set(Sending::Waiting),
                Err(CallError::Network) => {
                    sending.try_set(Sending::Waiting);
                }
                Err(CallError::Problem(problem)) => {
                    // It will not be taken as it is: it becomes a draft again, with everything that was typed.
                    outbox::remove(&entry.key);
                    draft.update(|draft| draft.held.clone_from(&entry.held));
                    first.take_back();
                    match problem.errors.first() {
                        Some(first) if *first != Problem::PhotoUnknown => {
                            sending.set(Sending::Not);
                            nav.go(CitizenPage::Lodge(place_of(*first).0));
                        }
                        Some(first) => sending.set(Sending::Refused(words(*first))),
                        None => sending.set(Sending::Refused(CallError::Problem(problem).message())),
                    }
                }
            }
        });
    };
    let online = window_event_listener(leptos::ev::online, move |_| {
        if sending.get_untracked() == Sending::Waiting {
            send();
        }
    });
    on_cleanup(move || {
        online.remove();
        // Left while it waits: what is in the outbox is shown above every other page, and the form is free again.
        if matches!(sending.try_get_untracked(), Some(Sending::Waiting | Sending::Now)) {
            waiting.try_set(!outbox::is_empty());
            first.delete();
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        // Nothing is sent that the server would only send back.
        match way.unanswered() {
            Some(step) => nav.go(CitizenPage::Lodge(step)),
            None => send(),
        }
    };
    let state = move || match sending.get() {
        Sending::Not => None,
        Sending::Now => Some(t(key::QUEUE_SENDING)),
        Sending::Waiting => Some(format!("{} {}", t(key::QUEUE_SAVED), t(key::LODGE_OFFLINE))),
        Sending::Refused(why) => Some(why),
    };
    let options =
        Gender::ALL.into_iter().map(|gender| (code_of(&gender), name_of("gender", &gender))).collect::<Vec<_>>();
    view! {
        <ErrorSummary errors/>
        <h1>{t(key::LODGE_GENDER_TITLE)}</h1>
        <form novalidate on:submit=submit>
            <Radios id="gender" legend=format!("{} {}", t(key::LODGE_GENDER_QUESTION), t(key::OPTIONAL)) hint=t(key::LODGE_GENDER_HINT) options value=gender errors/>
            <div class="state" role="status">{move || state().map(|words| view! { <p class="notice">{words}</p> })}</div>
            {move || full.get().then(|| view! { <p class="error" role="alert">{t(key::QUEUE_FULL)}</p> })}
            <SubmitButton label=t(key::LODGE_SEND) busy_label=t(key::LODGE_SENDING) busy=Signal::derive(move || sending.get() == Sending::Now)/>
        </form>
        {move || matches!(sending.get(), Sending::Waiting | Sending::Refused(_)).then(|| view! { <Helpline/> })}
    }
}

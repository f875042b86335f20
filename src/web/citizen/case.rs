//! A citizen's list of grievances, and one of them with its timeline.

use super::at_once::AtOnce;
use super::limited::Limited;
use super::report::{Report, report};
use super::sign_in::use_asked;
use super::whereabouts::{Facts, Followed, Place, Whereabouts, Windows};
use leptos::prelude::*;
use model::Reference;
use model::atr::Outcome;
use model::lifecycle::{Action, ActionKind, EventKind, Stage};
use model::names::code_of;
use model::page::CitizenPage;
use model::wire::{AccessLog, CaseLine, CaseView, GetCase, MyGrievances};
use wasm_bindgen::JsCast;
use web::api;
use web::component::{
    BackLink, Call112, ErrorSummary, Errors, FieldError, PhotoStrip, Radios, Remote, Said, SubmitButton, Timeline,
    Voice, title_of,
};
use web::draft::{forget_all_typed, use_draft};
use web::format::{counted, date, moment};
use web::hook::{use_remote, use_remote_later};
use web::i18n::{fill, key, lang_of, language, name_of, t};
use web::person;
use web::reference::{Tables, department, use_tables_later};
use web::route::{focus_later, href, just_done, set_title, use_nav};
use web::start::document;

/// All of a citizen's grievances.
#[component]
pub fn Mine() -> impl IntoView {
    set_title(&t(key::MINE_TITLE));
    let nav = use_nav::<CitizenPage>();
    let done = just_done();
    let lines = use_remote(|| async { api::get(&MyGrievances {}).await });
    // Whoever came by the link in a message sees one grievance: nothing else here is theirs to do.
    let by_link = RwSignal::from(person::by_link());
    let (asked, handle) = (use_asked(), use_draft());
    let sign_out = move |_| {
        leptos::task::spawn_local(async move {
            person::sign_out().await;
            forget_all_typed();
            handle.forget_albums();
            asked.forget();
            nav.go(CitizenPage::Home);
        });
    };
    view! {
        <BackLink href=href(&CitizenPage::Home) label=t(key::NOTFOUND_HOME)/>
        <h1>{t(key::MINE_TITLE)}</h1>
        {(!done.is_empty()).then(|| view! { <p class="notice">{done}</p> })}
        {lines.draw(move |lines| {
            if lines.is_empty() {
                view! { <p>{t(key::MINE_EMPTY)}</p> }.into_any()
            } else {
                let cards = lines.iter().cloned().map(|line| view! { {move || card(&line, by_link.get())} }).collect_view();
                view! { <ul class="cards">{cards}</ul> }.into_any()
            }
        })}
        {move || if by_link.get() {
            view! { <p><a class="button second" data-nav href=href(&CitizenPage::SignIn)>{t(key::MINE_ALL)}</a></p> }.into_any()
        } else {
            view! {
                <p class="links"><a data-nav href=href(&CitizenPage::Number)>{t(key::NUMBER_LINK)}</a></p>
                <p class="links"><a data-nav href=href(&CitizenPage::Everything)>{t(key::ME_TITLE)}</a></p>
            }
            .into_any()
        }}
        <p class="quiet"><button type="button" class="link" on:click=sign_out>{t(key::NAV_SIGN_OUT)}</button></p>
    }
}

/// Lets the browser save a text as a file; `None` where it cannot.
pub fn save(name: &str, text: &str) -> Option<()> {
    let blob = web_sys::Blob::new_with_str_sequence(&js_sys::Array::of1(&text.into())).ok()?;
    let url = web_sys::Url::create_object_url_with_blob(&blob).ok()?;
    let link: web_sys::HtmlAnchorElement = document()?.create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    web_sys::Url::revoke_object_url(&url).ok()
}

/// A grievance on the list. By a link the question is not always shown, and the title may be the number.
fn card(line: &CaseLine, by_link: bool) -> impl IntoView + use<> {
    let number = line.reference.grouped();
    let titled = line.title != number;
    let hint = titled.then(|| view! { <p class="hint">{number}</p> });
    // A number keeps the direction of the page.
    let direction = titled.then_some("auto");
    let asks =
        !by_link && matches!(line.stage, Stage::Verification | Stage::ClosedUnconfirmed | Stage::NeedsInformation);
    view! {
        <li class="card" class:asks=asks>
            {hint}
            <h2><a data-nav href=href(&CitizenPage::Case(line.reference)) lang=line.language.tag() dir=direction>{title_of(line)}</a></h2>
            <p>{name_of("stage", &line.stage)}" · "{date(line.stage_since)}</p>
            {asks.then(|| view! { <p><span class="pill soon">{t(key::CASE_ASK)}</span></p> })}
        </li>
    }
}

/// One case.
#[component]
pub fn Case(reference: Reference) -> impl IntoView {
    set_title(&reference.grouped());
    let tables = use_tables_later();
    let news = RwSignal::new(String::new());
    let fetched = use_remote(move || async move {
        let view = api::get(&GetCase { reference }).await?;
        set_title(&title_of(&view.line));
        Ok(view)
    });
    let case = fetched.state;
    // Back from another tab, or from another app: what happened meanwhile is shown, and an open question that was answered is
    // asked no more.
    let returned = window_event_listener(leptos::ev::focus, move |_| {
        if case.with_untracked(|case| case.loaded().is_none()) {
            return;
        }
        leptos::task::spawn_local(async move {
            let Ok(view) = api::get(&GetCase { reference }).await else { return };
            let newer =
                |case: &Remote<CaseView>| case.loaded().is_some_and(|shown| shown.line.version != view.line.version);
            if case.try_with_untracked(newer) == Some(true) {
                case.try_set(Remote::Loaded(view));
            }
        });
    });
    on_cleanup(move || returned.remove());
    view! {
        <BackLink href=href(&CitizenPage::Mine) label=t(key::CASE_BACK)/>
        {move || case.with(|case| case.loaded().is_none()).then(|| view! { <h1>{reference.grouped()}</h1> })}
        {fetched.draw(move |view| {
            let view = view.clone();
            if view.limited { view! { <Limited view case tables news/> }.into_any() } else { view! { <Shown view case tables news/> }.into_any() }
        })}
    }
}

#[component]
fn Shown(
    view: CaseView,
    case: RwSignal<Remote<CaseView>>,
    tables: Tables,
    /// A notice that the case changed while somebody was about to answer.
    news: RwSignal<String>,
) -> impl IntoView {
    let line = view.line.clone();
    let reference = line.reference;
    // Where the question is whether it is done, "no" is next to "yes".
    let asked = is_asked(&view);
    let by_link = RwSignal::from(person::by_link());
    let open = |kind: &ActionKind| view.actions.contains(kind) && !(asked && *kind == ActionKind::Dispute);
    let others: Vec<_> = MORE.into_iter().filter(open).collect();
    let links = others
        .iter()
        .map(|kind| view! { <li><a data-nav href=href(&CitizenPage::Act(reference, *kind))>{name_of("act", kind)}</a></li> })
        .collect_view();
    let receipt = language().path(&format!("/receipt/{reference}"));
    let coming = (view.photos_coming > 0).then(|| {
        let words = counted(key::CASE_PHOTOS_COMING, view.photos_coming);
        view! { <p class="hint">{words}</p> }
    });
    let answers = (!view.answers.is_empty()).then(|| {
        let rows = view.answers.iter().map(|answer| {
            let (ask, said) = (answer.question.of(language()).to_owned(), answer.answer.of(language()).to_owned());
            view! { <dt>{ask}</dt><dd>{said}</dd> }
        });
        view! { <h3>{t(key::CASE_ANSWERS)}</h3><dl class="asked">{rows.collect_view()}</dl> }
    });
    // One error summary for the whole page, above the heading as on every form.
    let errors = Errors::new();
    view! {
        <ErrorSummary errors/>
        <p class="hint reference">{reference.grouped()}</p>
        <h1 lang=line.language.tag() dir="auto">{title_of(&line)}</h1>
        {is_emergency(&view).then(|| view! { <Call112/> })}
        {move || news.with(|news| (!news.is_empty()).then(|| view! { <p class="notice">{news.clone()}</p> }))}
        {view.hearing.map(|hearing| {
            let words = t(&format!("hearing.{}", code_of(&hearing.means))).replace("{time}", &moment(hearing.at));
            view! { <p class="notice">{words}</p> }
        })}
        <Refused view=view.clone()/>
        <Asking view=view.clone() case errors news/>
        <Rating view=view.clone() case errors/>
        <Whereabouts place=Place::of(&view) tables/>
        <Windows reopen=view.reopen_until appeal=view.appeal_until/>
        <Facts view=view.clone() tables/>
        {view.main_case.clone().map(|main| view! { <Followed main tables/> })}
        <Reminder view=view.clone() case errors/>
        <h2>{t(key::CASE_TIMELINE)}</h2>
        <Timeline entries=view.timeline.clone() tables own=true/>
        <details class="own">
            <summary>{t(key::CASE_OWN)}</summary>
            {(!view.text.is_empty()).then(|| view! { <p class="said" lang=line.language.tag() dir="auto">{view.text.clone()}</p> })}
            <Voice voice=view.voice.clone() spoken=view.spoken/>
            {(!view.landmark.is_empty()).then(|| view! { <p lang=lang_of(&view.landmark) dir="auto">{view.landmark.clone()}</p> })}
            <PhotoStrip photos=view.photos.clone()/>
            {coming}
            {answers}
        </details>
        <Readers reference/>
        <h2>{t(key::CASE_MORE)}</h2>
        <ul class="links">
            {links}
            {move || by_link.get().then(|| view! { <li><a data-nav href=href(&CitizenPage::SignIn)>{t(key::CASE_BY_CODE_LINK)}</a></li> })}
            <li><a href=receipt target="_blank" rel="noopener">{t(key::CASE_RECEIPT)}</a></li>
            <li><a data-nav href=href(&CitizenPage::Proof(reference))>{t(key::CASE_CHECK)}</a></li>
        </ul>
    }
}

/// Whether somebody is in danger and the case is still open: its pages then show the emergency number.
pub fn is_emergency(view: &CaseView) -> bool {
    view.line.lane.is_emergency() && view.line.stage.is_open()
}

/// Why the grievance was not accepted and what the citizen can do, above everything else.
#[component]
fn Refused(view: CaseView) -> impl IntoView {
    let refused = (view.line.stage == Stage::NotAdmissible)
        .then(|| view.timeline.iter().find(|entry| entry.kind == EventKind::Rejected).cloned())
        .flatten();
    refused.map(|entry| {
        let ground = entry.ground.as_ref().map(|ground| ground.of(language()).to_owned());
        let detail = ground.or_else(|| entry.detail.as_ref().map(|detail| t(&format!("detail.{detail}"))));
        let detail = detail.map(|detail| format!(" – {detail}"));
        let appeal = view.actions.contains(&ActionKind::Appeal).then(|| {
            let page = CitizenPage::Act(view.line.reference, ActionKind::Appeal);
            view! { <a class="button" data-nav href=href(&page)>{name_of("act", &ActionKind::Appeal)}</a> }
        });
        view! {
            <section class="now" aria-label=name_of("stage", &Stage::NotAdmissible)>
                <p class="question">{t(key::YOU_EVENT_REJECTED)}{detail}</p>
                <Said entry/>
                {appeal}
            </section>
        }
    })
}

/// What else a citizen can do, most important first.
const MORE: [ActionKind; 6] = [
    ActionKind::AddInformation,
    ActionKind::Dispute,
    ActionKind::Unmerge,
    ActionKind::Reopen,
    ActionKind::Appeal,
    ActionKind::Withdraw,
];

/// Asks the office to hurry; says when that was last done.
#[component]
fn Reminder(view: CaseView, case: RwSignal<Remote<CaseView>>, errors: Errors) -> impl IntoView {
    let at_once = AtOnce::new(&view, case, errors, "remind");
    let reminded = view.timeline.first().is_some_and(|entry| entry.kind == EventKind::Reminded);
    let open = view.actions.contains(&ActionKind::Remind);
    let words = move || t(if at_once.busy.get() { key::SENDING_NOW } else { key::ACT_REMIND });
    view! {
        {open.then(|| view! {
            <FieldError errors id="remind"/>
            <p><button type="button" id="remind" class="button second" aria-busy=move || at_once.busy.get().to_string() on:click=move |_| at_once.act(Action::Remind)>{words}</button></p>
        })}
        {(reminded && !open).then(|| view! { <p class="notice">{t(key::ACT_REMIND_DONE)}</p> })}
    }
}

/// The one question after the end: how it went.
#[component]
fn Rating(view: CaseView, case: RwSignal<Remote<CaseView>>, errors: Errors) -> impl IntoView {
    let picked = RwSignal::new(String::new());
    if let Some(stars) = view.rating {
        let rating = t(&format!("rate.{stars}"));
        return view! { <p class="notice">{fill(key::RATE_THANKS, &[("rating", &rating)])}</p> }.into_any();
    }
    if !view.actions.contains(&ActionKind::Rate) {
        return ().into_any();
    }
    let at_once = AtOnce::new(&view, case, errors, "rate");
    let options: Vec<(String, String)> =
        (1..=5).rev().map(|stars: u8| (stars.to_string(), t(&format!("rate.{stars}")))).collect();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match picked.get_untracked().parse() {
            Ok(stars) => at_once.act(Action::Rate { stars }),
            Err(_) => errors.show_one("rate", t(key::PROBLEM_RATING_EMPTY)),
        }
    };
    view! {
        <form novalidate class="now" on:submit=submit>
            <Radios id="rate" legend=t(key::ACT_RATE_TITLE) options value=picked errors/>
            <SubmitButton label=t(key::ACT_RATE) busy_label=t(key::SENDING_NOW) busy=at_once.busy.into()/>
        </form>
    }
    .into_any()
}

/// What the report asks the citizen, and the possible answers; catalogue keys.
#[derive(Clone, Copy)]
struct Question {
    question: &'static str,
    yes: &'static str,
    /// What "yes" leads to.
    sure: &'static str,
    surely: &'static str,
    no: &'static str,
    /// Whether "only partly" is a possible answer.
    partly: bool,
}

impl Question {
    fn of(view: &CaseView) -> Self {
        let (yes, no) = (key::CASE_YES, key::CASE_NO);
        let done = Self {
            question: key::CASE_ASK_REPORTED,
            yes,
            sure: key::CASE_SURE,
            surely: key::CASE_SURE_YES,
            no,
            partly: true,
        };
        match view.outcome {
            Some(Outcome::PartlyDone) => {
                let (question, sure) = (key::CASE_ASK_PARTLY, key::CASE_SURE_PARTLY);
                let (yes, no) = (key::CASE_YES_PARTLY, key::CASE_NO_PARTLY);
                Self { question, yes, sure, surely: yes, no, partly: false }
            }
            Some(Outcome::CannotBeDone) => {
                let (question, sure) = (key::CASE_ASK_CANNOT, key::CASE_SURE_CANNOT);
                let (yes, no) = (key::CASE_YES_CANNOT, key::CASE_NO_CANNOT);
                Self { question, yes, sure, surely: yes, no, partly: false }
            }
            _ if view.line.stage == Stage::ClosedUnconfirmed => Self { question: key::CASE_ASK_CLOSED, ..done },
            _ => done,
        }
    }
}

/// Whether the citizen is asked about a report. A person who came by a link is asked as well, and confirms with a code.
fn is_asked(view: &CaseView) -> bool {
    let open = matches!(view.line.stage, Stage::Verification | Stage::ClosedUnconfirmed);
    view.actions.contains(&ActionKind::Confirm) || (open && view.actions.contains(&ActionKind::Dispute))
}

/// The question to the citizen, if there is one: confirm or dispute, or answer.
#[component]
fn Asking(view: CaseView, case: RwSignal<Remote<CaseView>>, errors: Errors, news: RwSignal<String>) -> impl IntoView {
    let reference = view.line.reference;
    let at_once = AtOnce::new(&view, case, errors, "confirm-sure").with_news(news);
    let with_code = !view.actions.contains(&ActionKind::Confirm);
    if is_asked(&view) {
        let asked = Question::of(&view);
        let words = move || t(if at_once.busy.get() { key::SENDING_NOW } else { asked.surely });
        let confirm = move |_| at_once.act(Action::Confirm { remark: String::new() });
        // "Yes" is asked for twice, because a tap by mistake must not close the case.
        let sure = RwSignal::new(false);
        let answers = move || {
            if sure.get() {
                view! {
                    <p class="question" id="sure" tabindex="-1">{t(asked.sure)}</p>
                    <button type="button" id="confirm-sure" class="button" aria-busy=move || at_once.busy.get().to_string() on:click=confirm>{words}</button>
                    <button type="button" class="button second" on:click=move |_| {
                        errors.clear();
                        sure.set(false);
                        focus_later("confirm");
                    }>{t(key::CASE_SURE_NO)}</button>
                }
                .into_any()
            } else {
                let yes = if with_code {
                    view! {
                        <p class="hint">{t(key::CASE_BY_CODE)}</p>
                        <a class="button" data-nav href=href(&CitizenPage::SignIn)>{t(asked.yes)}</a>
                    }
                    .into_any()
                } else {
                    view! {
                        <button type="button" id="confirm" class="button" on:click=move |_| {
                            sure.set(true);
                            focus_later("sure");
                        }>{t(asked.yes)}</button>
                    }
                    .into_any()
                };
                view! {
                    {yes}
                    {asked.partly.then(|| view! { <a class="button second" data-nav href=href(&CitizenPage::Partly(reference))>{t(key::CASE_PARTLY)}</a> })}
                    <a class="button second" data-nav href=href(&CitizenPage::Act(reference, ActionKind::Dispute))>{t(asked.no)}</a>
                }
                .into_any()
            }
        };
        view! {
            <section class="now" aria-label=t(key::CASE_ASK)>
                <p><span class="pill soon">{t(key::CASE_ASK)}</span></p>
                <p class="question">{t(asked.question)}</p>
                {report(&view).cloned().map(|report| view! { <Report report/> })}
                <FieldError errors id="confirm-sure"/>
                {answers}
            </section>
        }
        .into_any()
    } else if view.actions.contains(&ActionKind::ProvideInformation) {
        let asked = view.timeline.iter().find(|entry| entry.kind == EventKind::InformationRequested);
        let text = asked.and_then(|entry| entry.text.clone()).unwrap_or_default();
        let lang = asked.map_or("bn", |entry| entry.language.tag());
        view! {
            <section class="now" aria-label=t(key::CASE_ASK)>
                <p><span class="pill soon">{t(key::CASE_ASK)}</span></p>
                <p class="question">{t(key::CASE_ASK_INFO)}</p>
                <p class="said" lang=lang dir="auto">{text}</p>
                <a class="button" data-nav href=href(&CitizenPage::Act(reference, ActionKind::ProvideInformation))>{t(key::CASE_ANSWER)}</a>
            </section>
        }
        .into_any()
    } else {
        ().into_any()
    }
}

/// Who has read the case; requested when opened.
#[component]
fn Readers(reference: Reference) -> impl IntoView {
    let tables = use_tables_later();
    let lines = use_remote_later(move || async move { api::get(&AccessLog { reference }).await });
    let opened = move |_| {
        if lines.state.with_untracked(|lines| matches!(lines, Remote::Idle)) {
            lines.load();
        }
    };
    view! {
        <details on:toggle=opened>
            <summary>{t(key::CASE_ACCESS)}</summary>
            {lines.draw(move |lines| {
                if lines.is_empty() {
                    return view! { <p>{t(key::CASE_ACCESS_NONE)}</p> }.into_any();
                }
                let rows = lines.iter().map(|line| {
                    let unit = line.department.as_ref().map(|code| tables.with(|tables| tables.loaded().map_or_else(|| code.to_string(), |tables| department(tables, code))));
                    let who = match unit {
                        Some(unit) => format!("{}, {unit}", name_of("role", &line.role)),
                        None => name_of("role", &line.role),
                    };
                    let revealed = line.revealed.then(|| format!(" · {}", t(key::CASE_ACCESS_REVEALED)));
                    view! { <li>{moment(line.at)}" – "{who}{revealed}</li> }
                });
                view! { <ul>{rows.collect_view()}</ul> }.into_any()
            })}
        </details>
    }
}

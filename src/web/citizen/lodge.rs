//! Lodging: one question a page; every answer is kept. The first question is here, the others are in `questions`.

use super::sign_in::use_asked;
use gloo_timers::callback::Timeout;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use model::lodging::{Problem, TEXT_LIMIT, text_problem};
use model::page::{CitizenPage, Step};
use model::text;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web::component::{BackLink, ErrorSummary, Errors, TextArea};
use web::draft::use_draft;
use web::format::counted;
use web::i18n::{key, name_of, t};
use web::later::Part;
use web::route::{announce, focus_later, href, set_title, use_nav};
use web::start::{Typed, element};

/// Takes over what was typed into the HTML before the app was loaded.
pub fn adopt(handle: web::draft::DraftHandle) {
    let Some(typed) =
        use_context::<StoredValue<Option<Typed>>>().and_then(|typed| typed.try_update_value(Option::take).flatten())
    else {
        return;
    };
    web::draft::DraftHandle::adopt(&typed.others);
    if !typed.text.is_empty() {
        handle.text.set(typed.text);
    }
    if let Some((start, end)) = typed.selection {
        // The cursor stays where it was.
        request_animation_frame(move || {
            if let Some(area) = element("text").and_then(|found| found.dyn_into::<web_sys::HtmlTextAreaElement>().ok())
            {
                let _ = area.focus();
                let _ = area.set_selection_range(start, end);
            }
        });
    }
}

/// The first question. The part with the others is downloaded once this one is being answered.
#[component]
pub fn FirstQuestion(questions: Part<CitizenPage>, speech: Part<CitizenPage>) -> impl IntoView {
    // Downloaded once something is typed, or was on an earlier visit: a visitor who only reads does not need it.
    let handle = use_draft();
    Effect::new(move |_| {
        if !handle.is_empty() {
            questions.fetch();
        }
    });
    view! {
        <div class="ways"><BackLink href=href(&CitizenPage::Home) label=t(key::NAV_BACK)/><DangerLink/></div>
        <Saved/>
        <What questions speech/>
    }
}

/// A link on every page of the form: a person in danger skips its questions.
#[component]
pub fn DangerLink() -> impl IntoView {
    view! { <p class="danger"><a data-nav href=href(&CitizenPage::Lodge(Step::Danger))>{t(key::DANGER_LINK)}</a></p> }
}

/// Says that what is typed is kept on this phone, with a button to delete it (OFF-20).
#[component]
pub fn Saved() -> impl IntoView {
    let (handle, nav, asked) = (use_draft(), use_nav::<CitizenPage>(), use_asked());
    let delete = move |_| {
        handle.delete();
        asked.forget();
        nav.go_and_tell(CitizenPage::Home, t(key::DRAFT_DELETED));
    };
    let typed = Memo::new(move |_| !handle.is_empty());
    let asking = RwSignal::new(false);
    let saved = move || match handle.kept.get() {
        true => view! { <span aria-hidden="true">"✓ "</span>{t(key::DRAFT_SAVED)} }.into_any(),
        false => view! { <span class="error">{t(key::DRAFT_NOT_SAVED)}</span> }.into_any(),
    };
    let keep = move |_| {
        asking.set(false);
        focus_later("draft-delete");
    };
    let ask = move |_| {
        asking.set(true);
        focus_later("draft-keep");
    };
    move || {
        typed.get().then(|| {
            view! {
                <p class="saved" role="status">{saved}" "{move || (!asking.get()).then(|| view! {
                    <button type="button" class="link" id="draft-delete" on:click=ask>{t(key::DRAFT_DELETE)}</button>
                })}</p>
                {move || asking.get().then(|| view! {
                    <p class="saved">{t(key::DRAFT_ASK)}" "
                        <button type="button" class="link" on:click=delete>{t(key::DRAFT_YES)}</button>" "
                        <button type="button" class="link" id="draft-keep" on:click=keep>{t(key::DRAFT_NO)}</button>
                    </p>
                })}
            }
        })
    }
}

/// Milliseconds without typing after which the remaining letters are announced (ERR-09).
const PAUSE: u32 = 1_500;
/// The remaining letters are announced from this number down.
const FEW: usize = 200;

thread_local! {
    /// Whether "speak" was pressed before the part that records was downloaded.
    static PRESSED: Cell<bool> = const { Cell::new(false) };
}

/// Whether "speak" was pressed; resets that.
pub fn pressed_to_speak() -> bool {
    PRESSED.take()
}

/// Whether this browser can record sound.
fn can_record() -> bool {
    let has = |name: &str| js_sys::Reflect::has(&js_sys::global(), &name.into()).unwrap_or(false);
    has("MediaRecorder") && has("isSecureContext") && web_sys::window().is_some_and(|window| window.is_secure_context())
}

#[component]
fn What(questions: Part<CitizenPage>, speech: Part<CitizenPage>) -> impl IntoView {
    set_title(&t(key::LODGE_WHAT_TITLE));
    let (handle, nav, errors) = (use_draft(), use_nav::<CitizenPage>(), Errors::new());
    let value = handle.text;
    let used = move || value.with(|value| text::length(value));
    let left = move || match TEXT_LIMIT.checked_sub(used()) {
        Some(left) => counted(key::LODGE_WHAT_LEFT, left),
        None => counted(key::LODGE_WHAT_OVER, used() - TEXT_LIMIT),
    };
    let pause: StoredValue<Option<Timeout>, LocalStorage> = StoredValue::new_local(None);
    Effect::new(move |before: Option<()>| {
        let few = used() + FEW > TEXT_LIMIT;
        let told = (before.is_some() && few).then(|| Timeout::new(PAUSE, move || announce(&untrack(left))));
        pause.set_value(told);
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        match value.with_untracked(|value| text_problem(value)) {
            // With a spoken note the text may be empty.
            Some(Problem::TextEmpty) if handle.spoken.get_untracked() => nav.go(CitizenPage::Next),
            Some(problem) => errors.show_one("text", name_of("problem", &problem)),
            // The `questions` part knows which question is next.
            None => nav.go(CitizenPage::Next),
        }
    };
    // The recorder is downloaded when somebody presses "speak", or has a note from an earlier visit.
    let speak = RwSignal::new(handle.spoken.get_untracked());
    let press = move |_| {
        PRESSED.set(true);
        speak.set(true);
    };
    let speaking = move || {
        if speak.get() {
            return speech.draw(CitizenPage::Voice);
        }
        view! {
            <button type="button" id="voice" class="button second" aria-describedby="voice-hint" on:click=press>
                <span class="dot" aria-hidden="true"></span>{t(key::VOICE_RECORD)}
            </button>
            <p class="hint" id="voice-hint">{t(key::VOICE_HINT)}</p>
        }
        .into_any()
    };
    view! {
        <ErrorSummary errors/>
        // Focusing the field is a sign that it will be answered.
        <form novalidate on:submit=submit on:focusin=move |_| questions.fetch()>
            <TextArea id="text" label=t(key::LODGE_WHAT_TITLE) hint=t(key::LODGE_WHAT_HINT) value errors rows=6 heading=true count="text-count"/>
            <p class="hint count" id="text-count">{left}</p>
            {can_record().then(|| view! { <div class="speak">{speaking}</div> })}
            <button type="submit" class="button">{t(key::CONTINUE)}</button>
        </form>
    }
}

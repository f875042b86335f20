//! What this role may do to the case now, one form at a time; and the notice where somebody else was faster.

use super::action::{self, ActionForm, Form, Preview, restore, save, show_refusal};
use super::alike::Alike;
use super::letters::letters;
use super::likely::Likely;
use crate::drafts::Drafts;
use crate::habits::use_habits;
use crate::keys::{KeyCap, Keys};
use crate::session::{role, use_session};
use crate::worklist::{Held, Worklist, is_wide};
use leptos::prelude::*;
use model::lifecycle::{Action, ActionKind, Stage};
use model::wire::CaseView;
use model::{CategoryCode, Reference, Role};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web::api::CallError;
use web::component::Errors;
use web::format::{digits, moment};
use web::hook::{Act, Acted, use_act};
use web::i18n::{fill, key, name_of, t};
use web::route::{announce, focus_heading};
use web::start::document;
use web::upload::PendingUpload;

/// A conflict: the case as it was seen, and as it is.
#[derive(Debug, Clone, PartialEq)]
struct Conflict {
    seen: (u32, String),
    now: (u32, String),
    still_open: bool,
}

/// The state in words: version, stage, last event.
fn state(view: &CaseView) -> (u32, String) {
    let last = view.timeline.first().map(|entry| format!(" · {}, {}", name_of("event", &entry.kind), moment(entry.at)));
    (view.line.version, format!("{}{}", name_of("stage", &view.line.stage), last.unwrap_or_default()))
}

/// The forms that were opened, with what was typed in each. They belong to the page, not to the form that is shown.
#[derive(Clone, Copy)]
struct Forms {
    owner: StoredValue<Owner>,
    opened: StoredValue<Vec<(ActionKind, Arc<dyn Form>)>>,
    role: Option<Role>,
    drafts: Drafts,
}

impl Forms {
    fn new(role: Option<Role>) -> Self {
        let owner = Owner::current().unwrap_or_default();
        Self { owner: StoredValue::new(owner), opened: StoredValue::new(Vec::new()), role, drafts: Drafts::of_app() }
    }

    /// The form of an action as it was left, or a new one.
    fn of(self, kind: ActionKind, view: &CaseView) -> Option<Arc<dyn Form>> {
        let known = self
            .opened
            .try_with_value(|opened| opened.iter().find(|(known, _)| *known == kind).map(|(_, form)| form.clone()))?;
        known.or_else(|| {
            let form = self.owner.with_value(|owner| owner.with(|| action::form(kind, view, self.role)))?;
            self.keep(kind, view.line.reference, &form);
            self.opened.update_value(|opened| opened.push((kind, form.clone())));
            Some(form)
        })
    }

    /// Fills a form with what was begun earlier, and keeps what is entered from now on.
    fn keep(self, kind: ActionKind, reference: Reference, form: &Arc<dyn Form>) {
        let empty = untrack(|| save(&**form));
        if let Some(begun) = self.drafts.get(reference, kind) {
            restore(&**form, &begun);
        }
        let form = form.clone();
        self.owner.with_value(|owner| {
            owner.with(|| {
                Effect::new(move |before: Option<serde_json::Value>| {
                    let now = save(&*form);
                    if before.is_some_and(|before| before != now) {
                        // A category alone suggests the department: nobody has begun anything by that.
                        let begun = now != empty && (kind != ActionKind::Categorise || !form.typed().trim().is_empty());
                        self.drafts.put(reference, kind, begun.then(|| now.clone()));
                    }
                    now
                });
            });
        });
    }

    /// The action has changed the case: its form is reset, and so are those in which nothing was typed, because they
    /// start from what the case says.
    fn done(self, kind: ActionKind, reference: Reference) {
        self.drafts.put(reference, kind, None);
        self.opened.try_update_value(|opened| {
            opened.retain(|(known, form)| *known != kind && !form.typed().trim().is_empty());
        });
    }
}

/// The actions allowed to this role, one form at a time.
#[component]
pub fn Actions(
    shown: RwSignal<CaseView>,
    /// The action whose form is open at first.
    #[prop(optional)]
    begin: Option<ActionKind>,
    /// Called after an action has changed the case, where the page does not stay with it.
    #[prop(optional)]
    done: Option<Callback<CaseView>>,
) -> impl IntoView {
    let (forms, errors) = (Forms::new(untrack(|| role(use_session()))), Errors::new());
    let begin = begin.filter(|kind| shown.with_untracked(|view| view.actions.contains(kind)));
    let open: RwSignal<Option<ActionKind>> = RwSignal::new(begin);
    let act = use_act();
    let saved = RwSignal::new(false);
    let conflict: RwSignal<Option<Conflict>> = RwSignal::new(None);
    let (held, list, habits) = (Held::of_page(), Worklist::of_page(), use_habits());
    // What became of an action, unless it was done.
    let failed = move |view: CaseView, kind: ActionKind, acted: Acted| match acted {
        Acted::Done(_) => {}
        Acted::Stale { now: Some(now), .. } => {
            let still_open = now.actions.contains(&kind);
            conflict.try_set(Some(Conflict { seen: state(&view), now: state(&now), still_open }));
            request_animation_frame(|| {
                if let Some(told) = document().and_then(|page| page.query_selector(".conflict").ok().flatten()) {
                    told.scroll_into_view();
                }
            });
            shown.try_set(*now);
        }
        Acted::Stale { error, now: None } | Acted::Refused(error) => show_refusal(errors, &error),
        Acted::Unsent => show_refusal(errors, &CallError::Network),
    };
    let at_once = move |view: CaseView, action: Action| {
        let kind = action.kind();
        act.act(view.line.reference, view.line.version, action, move |acted| match acted {
            Acted::Done(after) => {
                untrack(|| forms.done(kind, after.line.reference));
                if let Some(list) = list {
                    list.changed(&after);
                }
                announce(&t(key::SCASE_SAVED));
                // Another case is shown where the one that was begun with is done.
                if let Some(done) = done.filter(|_| begin == Some(kind)) {
                    done.try_run(*after);
                    return;
                }
                shown.try_set(*after);
                open.try_set(None);
                conflict.try_set(None);
                saved.try_set(true);
                request_animation_frame(focus_heading);
            }
            acted => failed(view, kind, acted),
        });
    };
    // What moves the case on can be taken back for a while, and the next case is shown meanwhile.
    let holds = move |kind: ActionKind| Held::decides(kind) && habits.with_untracked(|habits| habits.undo > 0);
    let send = Callback::new(move |(action, photos): (Action, Vec<PendingUpload>)| {
        let view = shown.get_untracked();
        let Some(held) = held.filter(|_| holds(action.kind())) else { return at_once(view, action) };
        let (kind, seconds) = (action.kind(), habits.with_untracked(|habits| habits.undo));
        let (reference, version) = (view.line.reference, view.line.version);
        act.preview(reference, version, action.clone(), move |asked| {
            let preview = match asked {
                Ok(preview) => Some(preview),
                Err(Acted::Unsent) => None,
                Err(acted) => return failed(view, kind, acted),
            };
            if !held.hold(&view, &action, photos, preview.as_ref(), seconds) {
                at_once(view, action);
            }
        });
    });
    // What is typed in it stays; the focus goes back to its button.
    let close = Callback::new(move |()| {
        // A page whose form is its work keeps it.
        if begin.is_some() {
            return;
        }
        let button = document().and_then(|page| page.query_selector(".do [aria-expanded=true]").ok().flatten());
        errors.clear();
        open.set(None);
        if let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = button.focus();
        }
    });
    // Depends on the action alone: a newer version of the case does not reset the form.
    let form = move || {
        let kind = open.get()?;
        let view = shown.get_untracked();
        let form = forms.of(kind, &view)?;
        let hidden_name = view.name.filter(|_| view.shielded);
        let (queued, preview) = (held.is_some() && holds(kind), ask_preview(act, shown));
        Some(view! { <ActionForm kind form errors hidden_name queued preview busy=act.send.busy send close/> })
    };
    let choose = Callback::new(move |category: CategoryCode| {
        let chosen = serde_json::json!({ "category": category });
        if let Some(form) = untrack(|| forms.of(ActionKind::Categorise, &shown.get_untracked())) {
            restore(&*form, &chosen);
            begin_form(ActionKind::Categorise, shown, open, forms, errors);
        }
    });
    let compare = Callback::new(move |root: Reference| {
        let number = root.grouped();
        if let Some(form) = untrack(|| forms.of(ActionKind::Merge, &shown.get_untracked())) {
            // What was written about another is no reason for this one.
            if untrack(|| save(&*form)).get("root") != Some(&serde_json::json!(number)) {
                restore(&*form, &serde_json::json!({ "root": number, "entry": "" }));
            }
            // The focus stays, so that the next digit shows the next one; the letter of the action goes into the form.
            errors.clear();
            open.set(Some(ActionKind::Merge));
        }
    });
    // What was begun before is open again.
    let drafts = forms.drafts;
    Effect::new(move |_| {
        if drafts.read.get() && open.get_untracked().is_none() {
            let begun = shown.with_untracked(|view| drafts.newest(view.line.reference, &view.actions));
            if begun.is_some() {
                open.set(begun);
            }
        }
    });
    view! {
        <section class="actions" aria-label=t(key::SCASE_ACTIONS)>
            <h2>{t(key::SCASE_ACTIONS)}</h2>
            <Likely shown choose/>
            <Alike shown compare/>
            <p role="status">{move || saved.get().then(|| view! { <span class="pill done">{t(key::SCASE_SAVED)}</span> })}</p>
            <Buttons shown open forms errors/>
            {move || conflict.get().map(|conflict| view! { <Told conflict/> })}
            {form}
        </section>
    }
}

/// Asks for what the citizen would be told by an action.
fn ask_preview(act: Act, shown: RwSignal<CaseView>) -> Preview {
    Callback::new(move |(action, told): (Action, Callback<Result<Vec<String>, CallError>>)| {
        let (reference, version) = shown.with_untracked(|view| (view.line.reference, view.line.version));
        act.preview(reference, version, action, move |asked| {
            let answer = match asked {
                Ok(preview) => Ok(preview.told),
                Err(Acted::Stale { error, .. } | Acted::Refused(error)) => Err(error),
                Err(_) => Err(CallError::Network),
            };
            told.try_run(answer);
        });
    })
}

/// Shows the form of an action and goes to what is still to be filled in.
fn begin_form(
    kind: ActionKind,
    shown: RwSignal<CaseView>,
    open: RwSignal<Option<ActionKind>>,
    forms: Forms,
    errors: Errors,
) {
    errors.clear();
    open.set(Some(kind));
    let view = shown.get_untracked();
    // What is taken over from the text is to be read before it becomes a case.
    let may_go = kind != ActionKind::Split;
    focus_form(move || may_go && untrack(|| forms.of(kind, &view).is_some_and(|form| form.to_action().is_ok())));
}

/// A button for each action; pressed again, it closes its form. Its key opens the form, and pressed again sends it.
#[component]
fn Buttons(
    shown: RwSignal<CaseView>,
    open: RwSignal<Option<ActionKind>>,
    forms: Forms,
    errors: Errors,
) -> impl IntoView {
    move || {
        let mut actions = shown.with(|view| view.actions.clone());
        // It has a page of its own, for it is about a number, not about a case.
        actions.retain(|kind| *kind != ActionKind::RequestNumberChange);
        if actions.is_empty() {
            return view! { <p class="hint">{t(key::SCASE_NO_ACTIONS)}</p> }.into_any();
        }
        let actions = order(actions);
        // Where an office has it, giving it to another one is the exception.
        let at_office = shown.with(|view| view.line.stage == Stage::WithOffice);
        let letters = letters(&actions);
        let buttons = actions.into_iter().zip(letters).enumerate().map(|(index, (kind, letter))| {
            let is_main = index == 0 && USUAL.contains(&kind) && !(at_office && kind == ActionKind::Forward);
            let class = if is_main { "button" } else { "button second" };
            let expanded = move || (open.get() == Some(kind)).to_string();
            let show = move || begin_form(kind, shown, open, forms, errors);
            if let Some((keys, letter)) = Keys::of_app().zip(letter) {
                keys.bind(letter, name_of("do", &kind), move || {
                    // Only from within the form, and only what can be taken back: a key may be meant to open what stands open.
                    if open.get_untracked() == Some(kind) && Held::decides(kind) && is_in_open_form() {
                        send_form();
                    } else {
                        show();
                    }
                });
            }
            view! {
                <li><button type="button" class=class aria-expanded=expanded aria-keyshortcuts=letter.map(String::from) on:click=move |_| {
                    let is_open = open.get_untracked() == Some(kind);
                    // On a phone the keyboard would cover the form before it is seen.
                    if !is_open && is_wide() {
                        return show();
                    }
                    errors.clear();
                    open.set((!is_open).then_some(kind));
                }>{name_of("do", &kind)}{letter.map(|letter| view! { <KeyCap letter/> })}</button></li>
            }
        });
        view! { <ul class="do">{buttons.collect_view()}</ul> }.into_any()
    }
}

/// The form that is open.
fn open_form() -> Option<web_sys::HtmlFormElement> {
    document()?.query_selector("form.action").ok().flatten()?.dyn_into().ok()
}

/// Whether the focus is in the form that is open.
fn is_in_open_form() -> bool {
    let focused = document().and_then(|document| document.active_element());
    open_form().zip(focused).is_some_and(|(form, focused)| form.contains(Some(&focused)))
}

fn send_form() {
    if let Some(form) = open_form() {
        let _ = form.request_submit();
    }
}

/// Milliseconds within which what is suggested for a form may come.
const SUGGESTED: u32 = 600;

/// Focuses the first control of the open form that this selector finds, once what is being drawn is there.
pub fn focus_in_form(what: &'static str) {
    request_animation_frame(move || {
        let found = open_form().and_then(|form| form.query_selector(what).ok().flatten());
        if let Some(found) = found.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = found.focus();
        }
    });
}

/// The first control that is still to be filled in: not a choice that is made already.
fn focus_first() {
    let Some(form) = open_form() else { return };
    let Ok(all) = form.query_selector_all("input:not([type=file]):not([type=hidden]), textarea, button[type=submit]")
    else {
        return;
    };
    for index in 0..all.length() {
        let Some(control) = all.item(index).and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok()) else {
            continue;
        };
        let is_radio = control.get_attribute("type").as_deref() == Some("radio");
        let chosen = format!("input[name='{}']:checked", control.get_attribute("name").unwrap_or_default());
        let is_hidden = control.offset_parent().is_none();
        if is_hidden || (is_radio && form.query_selector(&chosen).ok().flatten().is_some()) {
            continue;
        }
        let _ = control.focus();
        return;
    }
}

/// Focuses the first control of the form that has just been opened. Where everything is suggested by then, the button: the
/// same key again, or Enter, sends it, also where that was pressed already. Whoever has begun to type by then stays where they are.
fn focus_form(is_complete: impl Fn() -> bool + 'static) {
    let (opened, keys) = (js_sys::Date::now(), Keys::of_app());
    if let Some(keys) = keys {
        keys.wait();
    }
    let complete = move || match keys.is_some_and(Keys::is_entered) {
        true => send_form(),
        false => focus_in_form("button[type=submit]"),
    };
    request_animation_frame(move || {
        request_animation_frame(move || {
            if let Some(keys) = keys {
                keys.go_on();
            }
            if is_complete() {
                return complete();
            }
            focus_first();
            set_timeout(
                move || {
                    let is_left = keys.is_none_or(|keys| keys.is_entered() || !keys.pressed_since(opened));
                    if is_left && is_complete() {
                        complete();
                    }
                },
                std::time::Duration::from_millis(SUGGESTED.into()),
            );
        });
    });
}

/// Somebody else was faster: what was seen, what is there now, and that nothing typed is lost.
#[component]
fn Told(conflict: Conflict) -> impl IntoView {
    let kept = if conflict.still_open { key::CONFLICT_KEPT } else { key::CONFLICT_GONE };
    let version = |number: u32| fill(key::CONFLICT_VERSION, &[("n", &digits(&number.to_string()))]);
    view! {
        <div class="conflict" role="alert">
            <h3>{t(key::CONFLICT_TITLE)}</h3>
            <dl>
                <div><dt>{t(key::CONFLICT_YOURS)}</dt><dd>{version(conflict.seen.0)}": "{conflict.seen.1}</dd></div>
                <div><dt>{t(key::CONFLICT_NOW)}</dt><dd>{version(conflict.now.0)}": "{conflict.now.1}</dd></div>
            </dl>
            <p>{t(kept)}</p>
        </div>
    }
}

/// The actions by which a case usually proceeds; only these are ever the main action.
const USUAL: [ActionKind; 15] = {
    use ActionKind as A;
    [
        A::AcceptTransfer,
        A::RecordVisit,
        A::RecordCall,
        A::AcceptAtr,
        A::Categorise,
        A::Forward,
        A::RecordHearing,
        A::AnswerAppeal,
        A::DecideAppeal,
        A::SetHearing,
        A::SubmitAtr,
        A::RecordContact,
        A::ProvideInformation,
        A::ReturnAtr,
        A::RefuseTransfer,
    ]
};

/// Actions by which a case usually proceeds first.
fn order(mut actions: Vec<ActionKind>) -> Vec<ActionKind> {
    actions.sort_by_key(|kind| USUAL.iter().position(|usual| usual == kind).unwrap_or(USUAL.len()));
    actions
}

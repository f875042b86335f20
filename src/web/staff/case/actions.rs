//! What this role may do to the case now, one form at a time; and the notice where somebody else was faster.

use super::action::{self, ActionForm, Form, show_refusal};
use crate::session::{role, use_session};
use leptos::prelude::*;
use model::Role;
use model::lifecycle::{Action, ActionKind};
use model::wire::CaseView;
use std::sync::Arc;
use web::api::CallError;
use web::component::Errors;
use web::format::{digits, moment};
use web::hook::{Acted, use_act};
use web::i18n::{fill, key, name_of, t};
use web::route::{announce, focus_heading};

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
}

impl Forms {
    fn new(role: Option<Role>) -> Self {
        let owner = Owner::current().unwrap_or_default();
        Self { owner: StoredValue::new(owner), opened: StoredValue::new(Vec::new()), role }
    }

    /// The form of an action as it was left, or a new one.
    fn of(self, kind: ActionKind, view: &CaseView) -> Option<Arc<dyn Form>> {
        let known = self
            .opened
            .with_value(|opened| opened.iter().find(|(known, _)| *known == kind).map(|(_, form)| form.clone()));
        known.or_else(|| {
            let form = self.owner.with_value(|owner| owner.with(|| action::form(kind, view, self.role)))?;
            self.opened.update_value(|opened| opened.push((kind, form.clone())));
            Some(form)
        })
    }

    /// The action has changed the case: its form is reset, and so are those in which nothing was typed, because they
    /// start from what the case says.
    fn done(self, kind: ActionKind) {
        self.opened.try_update_value(|opened| {
            opened.retain(|(known, form)| *known != kind && !form.typed().trim().is_empty());
        });
    }
}

/// The actions allowed to this role, one form at a time.
#[component]
pub fn Actions(shown: RwSignal<CaseView>) -> impl IntoView {
    let (forms, errors) = (Forms::new(untrack(|| role(use_session()))), Errors::new());
    let open: RwSignal<Option<ActionKind>> = RwSignal::new(None);
    let act = use_act();
    let saved = RwSignal::new(false);
    let conflict: RwSignal<Option<Conflict>> = RwSignal::new(None);
    let send = Callback::new(move |action: Action| {
        let view = shown.get_untracked();
        let kind = action.kind();
        act.act(view.line.reference, view.line.version, action, move |acted| match acted {
            Acted::Done(after) => {
                untrack(|| forms.done(kind));
                shown.try_set(*after);
                open.try_set(None);
                conflict.try_set(None);
                saved.try_set(true);
                announce(&t(key::SCASE_SAVED));
                request_animation_frame(focus_heading);
            }
            Acted::Stale { now: Some(now), .. } => {
                let still_open = now.actions.contains(&kind);
                conflict.try_set(Some(Conflict { seen: state(&view), now: state(&now), still_open }));
                shown.try_set(*now);
            }
            Acted::Stale { error, now: None } | Acted::Refused(error) => show_refusal(errors, &error),
            Acted::Unsent => show_refusal(errors, &CallError::Network),
        });
    });
    // Depends on the action alone: a newer version of the case does not reset the form.
    let form = move || {
        let kind = open.get()?;
        let view = shown.get_untracked();
        let form = forms.of(kind, &view)?;
        let hidden_name = view.name.filter(|_| view.shielded);
        Some(view! { <ActionForm kind form errors hidden_name busy=act.send.busy send/> })
    };
    view! {
        <section class="actions" aria-label=t(key::SCASE_ACTIONS)>
            <h2>{t(key::SCASE_ACTIONS)}</h2>
            <p role="status">{move || saved.get().then(|| view! { <span class="pill done">{t(key::SCASE_SAVED)}</span> })}</p>
            <Buttons shown open errors/>
            {move || conflict.get().map(|conflict| view! { <Told conflict/> })}
            {form}
        </section>
    }
}

/// A button for each action; pressed again, it closes its form.
#[component]
fn Buttons(shown: RwSignal<CaseView>, open: RwSignal<Option<ActionKind>>, errors: Errors) -> impl IntoView {
    move || {
        let actions = shown.with(|view| view.actions.clone());
        if actions.is_empty() {
            return view! { <p class="hint">{t(key::SCASE_NO_ACTIONS)}</p> }.into_any();
        }
        let buttons = order(actions).into_iter().enumerate().map(|(index, kind)| {
            let class = if index == 0 && USUAL.contains(&kind) { "button" } else { "button second" };
            let expanded = move || (open.get() == Some(kind)).to_string();
            view! {
                <li><button type="button" class=class aria-expanded=expanded on:click=move |_| {
                    errors.clear();
                    open.update(|open| *open = if *open == Some(kind) { None } else { Some(kind) });
                }>{name_of("do", &kind)}</button></li>
            }
        });
        view! { <ul class="do">{buttons.collect_view()}</ul> }.into_any()
    }
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
const USUAL: [ActionKind; 12] = {
    use ActionKind as A;
    [
        A::AcceptTransfer,
        A::RecordVisit,
        A::RecordCall,
        A::AcceptAtr,
        A::Categorise,
        A::Forward,
        A::DecideAppeal,
        A::RecordContact,
        A::SubmitAtr,
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

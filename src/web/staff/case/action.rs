//! The form of each action, one module for each: its fields, what is typed in them, and the action made of them. Which
//! actions are allowed is not decided here; the server checks their content again.

mod accept_atr;
mod accept_transfer;
mod add_information;
mod answer_appeal;
mod approve_number_change;
mod camera;
mod categorise;
mod decide_appeal;
mod field;
mod forward;
mod merge;
mod note;
mod offer_transfer;
mod order_visit;
mod provide_information;
pub mod record_call;
mod record_contact;
mod record_hearing;
mod record_visit;
mod refuse_number_change;
mod refuse_transfer;
mod reject;
mod reopen;
mod request_information;
mod return_atr;
mod set_emergency;
mod set_hearing;
mod split;
mod submit_atr;
mod unmerge;

use field::PhotosToSend;
use leptos::prelude::*;
use model::Role;
use model::lifecycle::{Action, ActionKind, Refusal};
use model::wire::{CaseView, ProblemCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web::api::CallError;
use web::component::{ErrorSummary, Errors, SubmitButton};
use web::i18n::{key, lang_of, name_of, t};
use web::json;
use web::upload::PendingUpload;

/// An error in a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    /// The id of the control that corrects it.
    pub at: &'static str,
    /// What to do: a catalogue key.
    pub says: &'static str,
}

/// The form of one action with what was typed in it. Outlives its markup: a person who looks at another form and
/// returns, or whose case changes meanwhile, finds everything unchanged.
pub trait Form: Send + Sync {
    /// Its controls.
    fn fields(&self, errors: Errors) -> AnyView;
    /// The action that was entered.
    ///
    /// # Errors
    /// Everything that is missing or wrong, in the order of the controls.
    fn to_action(&self) -> Result<Action, Vec<Problem>>;
    /// Everything that is entered, to be kept until it has been sent.
    fn kept(&self) -> Vec<Kept>;
    /// Everything that was typed; empty where nothing would be lost with the form.
    fn typed(&self) -> String;
    /// The text that the department will read.
    fn read_by_department(&self) -> String {
        self.typed()
    }
    /// Photos that must be uploaded before the action is sent.
    fn photos(&self) -> Option<PhotosToSend> {
        None
    }
}

/// Something that is entered in a form: its name, and how it is kept and found again.
pub struct Kept {
    name: &'static str,
    save: Box<dyn Fn() -> Value>,
    restore: Box<dyn Fn(&Value)>,
}

/// What a signal holds, kept under a name.
pub fn kept<T>(name: &'static str, signal: RwSignal<T>) -> Kept
where
    T: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    Kept {
        name,
        save: Box::new(move || signal.with(json::value)),
        restore: Box::new(move |value| {
            // What another version kept, and this one cannot read, stays as it is.
            if let Some(value) = json::from::<T>(value) {
                signal.set(value);
            }
        }),
    }
}

/// Everything entered in a form; tracked.
#[must_use]
pub fn save(form: &dyn Form) -> Value {
    form.kept().iter().map(|kept| (kept.name.to_owned(), (kept.save)())).collect::<serde_json::Map<_, _>>().into()
}

/// Fills a form with what was kept of it.
pub fn restore(form: &dyn Form, saved: &Value) {
    for kept in form.kept() {
        if let Some(value) = saved.get(kept.name) {
            (kept.restore)(value);
        }
    }
}

/// A new form of an action, filled with what the case says; `None` for actions of citizens and of the system.
#[must_use]
pub fn form(kind: ActionKind, view: &CaseView, role: Option<Role>) -> Option<Arc<dyn Form>> {
    Some(match kind {
        ActionKind::RequestInformation => Arc::new(request_information::form()),
        ActionKind::ProvideInformation => Arc::new(provide_information::form()),
        ActionKind::AddInformation => Arc::new(add_information::form()),
        ActionKind::Categorise => Arc::new(categorise::form(view)),
        ActionKind::Forward => Arc::new(forward::form(view)),
        ActionKind::OfferTransfer => Arc::new(offer_transfer::form(view)),
        ActionKind::AcceptTransfer => Arc::new(accept_transfer::form()),
        ActionKind::RefuseTransfer => Arc::new(refuse_transfer::form()),
        ActionKind::RecordContact => Arc::new(record_contact::form()),
        ActionKind::SubmitAtr => Arc::new(submit_atr::form(view)),
        ActionKind::ReturnAtr => Arc::new(return_atr::form()),
        ActionKind::AcceptAtr => Arc::new(accept_atr::form()),
        ActionKind::RecordCall => Arc::new(record_call::form(view)),
        ActionKind::OrderVisit => Arc::new(order_visit::form()),
        ActionKind::RecordVisit => Arc::new(record_visit::form(view)),
        ActionKind::Reject => Arc::new(reject::form()),
        ActionKind::Merge => Arc::new(merge::form(view)),
        ActionKind::Unmerge => Arc::new(unmerge::form()),
        ActionKind::Split => Arc::new(split::form(view)),
        ActionKind::Reopen => Arc::new(reopen::form()),
        ActionKind::AnswerAppeal => Arc::new(answer_appeal::form()),
        ActionKind::SetHearing => Arc::new(set_hearing::form()),
        ActionKind::RecordHearing => Arc::new(record_hearing::form()),
        ActionKind::DecideAppeal => Arc::new(decide_appeal::form()),
        ActionKind::SetEmergency => Arc::new(set_emergency::form()),
        ActionKind::Note => Arc::new(note::form(role)),
        ActionKind::ApproveNumberChange => Arc::new(approve_number_change::form()),
        ActionKind::RefuseNumberChange => Arc::new(refuse_number_change::form()),
        ActionKind::Lodge
        | ActionKind::BounceTransfer
        | ActionKind::RemindInformation
        | ActionKind::ReturnUnanswered
        | ActionKind::Remind
        | ActionKind::Rate
        | ActionKind::Confirm
        | ActionKind::Dispute
        | ActionKind::Appeal
        | ActionKind::Escalate
        | ActionKind::DisownNumber
        | ActionKind::RequestNumberChange
        | ActionKind::Withdraw => return None,
    })
}

/// What is said of each problem. Where several fields lack the same, each is named: nobody looks for the third "Choose one".
fn named(problems: &[Problem]) -> Vec<(&'static str, String)> {
    let name = |problem: &Problem| {
        let alike = problems.iter().filter(|other| other.says == problem.says).count();
        let field = (alike > 1).then(|| label_of(problem.at)).flatten();
        match field {
            Some(field) => format!("{field} – {}", t(problem.says)),
            None => t(problem.says),
        }
    };
    problems.iter().map(|problem| (problem.at, name(problem))).collect()
}

/// The legend or label of a control.
fn label_of(id: &str) -> Option<String> {
    let control = web::start::element(id)?;
    let legend = control.closest("fieldset").ok().flatten().and_then(|set| set.query_selector("legend").ok().flatten());
    let label = || web::start::document()?.query_selector(&format!("label[for='{id}']")).ok().flatten();
    legend.or_else(label)?.text_content().map(|words| words.trim().to_owned())
}

/// Shows a refusal of the server; lapses of a report at their own controls.
pub fn show_refusal(errors: Errors, error: &CallError) {
    let lapses = match error {
        CallError::Problem(problem) => match &problem.refusal {
            Some(Refusal::ReportLapses(lapses)) => lapses.as_slice(),
            _ => &[],
        },
        CallError::Network => &[],
    };
    let wrong: Vec<_> = lapses
        .iter()
        .filter(|finding| finding.blocks())
        .map(|finding| (submit_atr::control_of(*finding), name_of("lapse", finding)))
        .collect();
    if wrong.is_empty() {
        let id = if error.code() == Some(ProblemCode::BadAction) { field::WORDS } else { "" };
        errors.show_one(id, error.message());
    } else {
        errors.show(wrong);
    }
}

/// The frame of every form: errors, fields, a warning, the button. Sends the action once its photos are uploaded.
#[component]
pub fn ActionForm(
    kind: ActionKind,
    form: Arc<dyn Form>,
    errors: Errors,
    /// The citizen's name, where it is hidden from the department.
    hidden_name: Option<String>,
    /// Whether it goes to the queue of what is sent, which takes its photos along.
    queued: bool,
    preview: Preview,
    busy: RwSignal<bool>,
    /// Called with the complete action and its photos.
    send: Callback<(Action, Vec<PendingUpload>)>,
    /// Called where Escape was pressed in it.
    close: Callback<()>,
) -> impl IntoView {
    let fields = form.fields(errors);
    let photos = form.photos();
    // The text that the person was warned about; the same text sent again is meant.
    let warned: RwSignal<Option<String>> = RwSignal::new(None);
    let kept = form.clone();
    let words = move || kept.read_by_department();
    let form = StoredValue::new(form);
    let read = move || match form.with_value(|form| form.to_action()) {
        Ok(action) => {
            errors.clear();
            Some(action)
        }
        Err(problems) => {
            errors.show(named(&problems));
            None
        }
    };
    let may_go = move || photos.is_none_or(|photos| photos.may_go(queued, errors));
    let pending = move || photos.map(PhotosToSend::pending).unwrap_or_default();
    let name = StoredValue::new(hidden_name);
    let warns = move || {
        let typed = untrack(|| form.with_value(|form| form.read_by_department()));
        let tells = name.with_value(|name| name.as_deref().is_some_and(|name| model::mask::finds(&typed, name)));
        if !tells || warned.with_untracked(|warned| warned.as_deref() == Some(&typed)) {
            return false;
        }
        warned.set(Some(typed));
        true
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !busy.get_untracked()
            && let Some(action) = read()
            && !warns()
            && may_go()
        {
            send.run((action, pending()));
        }
    };
    // Sent automatically as soon as its photos are uploaded.
    Effect::new(move |_| {
        if photos.is_some_and(PhotosToSend::arrived_while_waited_for)
            && let Some(action) = untrack(read)
            && untrack(may_go)
        {
            send.run((action, untrack(pending)));
        }
    });
    // Not where it closed a list of options or a dialog.
    let escape = move |event: leptos::ev::KeyboardEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let in_dialog = target.is_some_and(|target| target.closest("dialog").ok().flatten().is_some());
        if event.key() == "Escape" && !event.default_prevented() && !in_dialog && !busy.get_untracked() {
            close.run(());
        }
    };
    // As long as the text is the one that was warned about.
    let warning = move || warned.with(|warned| warned.as_ref() == Some(&words())).then(|| t(key::MASK_WARNING));
    view! {
        <form class="action" novalidate on:submit=submit on:keydown=escape aria-label=name_of("do", &kind)>
            <ErrorSummary errors/>
            <h3>{name_of("do", &kind)}</h3>
            {fields}
            <div class="state" role="alert">{move || warning().map(|words| view! { <p class="notice">{words}</p> })}</div>
            <Told ask=Callback::new(move |()| read()) entered=Signal::derive(move || form.with_value(|form| save(&**form))) preview/>
            <SubmitButton label=name_of("do", &kind) busy_label=t(key::SENDING_NOW) busy=busy.into()/>
        </form>
    }
}

/// Asks for what the citizen would be told by an action; the second value hears the answer.
pub type Preview = Callback<(Action, Callback<Result<Vec<String>, CallError>>)>;

/// On request: what the citizen will read.
#[component]
fn Told(
    ask: Callback<(), Option<Action>>,
    /// What is entered: something else is not what was asked about.
    entered: Signal<Value>,
    preview: Preview,
) -> impl IntoView {
    let answer: RwSignal<Option<Result<Vec<String>, CallError>>> = RwSignal::new(None);
    let hear = Callback::new(move |told| answer.set(Some(told)));
    Effect::new(move |before: Option<Value>| {
        let now = entered.get();
        if before.is_some_and(|before| before != now) {
            answer.set(None);
        }
        now
    });
    let show = move |_| {
        answer.set(None);
        if let Some(action) = ask.run(()) {
            preview.run((action, hear));
        }
    };
    let told = move || {
        answer.get().map(|answer| match answer {
            Ok(told) if told.is_empty() => view! { <p>{t(key::PREVIEW_NOTHING)}</p> }.into_any(),
            Ok(told) => {
                let line = |text: String| {
                    let lang = lang_of(&text);
                    view! { <p class="said" lang=lang dir="auto">{text}</p> }
                };
                told.into_iter().map(line).collect_view().into_any()
            }
            Err(error) => view! { <p class="error">{error.message()}</p> }.into_any(),
        })
    };
    view! {
        <p><button type="button" class="link" on:click=show>{t(key::PREVIEW_ASK)}</button></p>
        <div role="status">{told}</div>
    }
}

#[cfg(test)]
mod tests;

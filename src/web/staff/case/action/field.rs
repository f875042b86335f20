//! The parts of which the forms of actions are made: each has its state and its control, and reads what was entered.

use super::camera::Camera;
use super::{Form, Kept, Problem, kept};
use leptos::prelude::*;
use model::AttachmentId;
use model::lifecycle::{Action, Position};
use model::names::code_of;
use model::visit::Shot;
use web::component::{Album, Errors, Photos, Radios, TextArea};
use web::i18n::{key, t};
use web::json;
use web::upload::PendingUpload;

/// Id of the control of an action's main text.
pub const WORDS: &str = "entry";

/// Combines two results: the errors of both, in order.
pub fn both<A, B>(a: Result<A, Problem>, b: Result<B, Problem>) -> Result<(A, B), Vec<Problem>> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (a, b) => Err(a.err().into_iter().chain(b.err()).collect()),
    }
}

/// The main text of an action.
#[derive(Clone, Copy)]
pub struct Words {
    id: &'static str,
    text: RwSignal<String>,
    label: &'static str,
    rows: u32,
    required: bool,
}

impl Words {
    /// A required text. `label` is a catalogue key.
    #[must_use]
    pub fn required(label: &'static str) -> Self {
        Self { id: WORDS, text: RwSignal::new(String::new()), label, rows: 4, required: true }
    }

    /// An optional text. `label` is a catalogue key.
    #[must_use]
    pub fn optional(label: &'static str) -> Self {
        Self { required: false, ..Self::required(label) }
    }

    /// Sets another id, for a second text on the same form.
    #[must_use]
    pub fn with_id(self, id: &'static str) -> Self {
        Self { id, ..self }
    }

    /// Where what else is chosen makes it required.
    #[must_use]
    pub fn demanded(self) -> Self {
        Self { required: true, ..self }
    }

    /// With another label, where what else is chosen says what is asked.
    #[must_use]
    pub fn labelled(self, label: &'static str) -> Self {
        Self { label, ..self }
    }

    /// Sets the number of lines.
    #[must_use]
    pub fn with_rows(self, rows: u32) -> Self {
        Self { rows, ..self }
    }

    /// Its control.
    #[must_use]
    pub fn field(self, errors: Errors) -> AnyView {
        view! { <TextArea id=self.id label=t(self.label) value=self.text errors rows=self.rows/> }.into_any()
    }

    /// What was typed; tracked.
    #[must_use]
    pub fn typed(self) -> String {
        self.text.get()
    }

    /// Puts something in, for the person to change.
    pub fn put(self, text: String) {
        self.text.set(text);
    }

    /// What is kept of it until it has been sent.
    #[must_use]
    pub fn kept(self) -> Kept {
        kept(self.id, self.text)
    }

    /// What was typed, if that is enough.
    pub fn read(self) -> Result<String, Problem> {
        let text = self.text.get_untracked();
        if self.required && model::text::is_blank(&text) {
            return Err(Problem { at: self.id, says: key::REFUSAL_TEXT_MISSING });
        }
        Ok(text)
    }

    #[cfg(test)]
    pub fn type_in(self, text: &str) {
        self.text.set(text.to_owned());
    }
}

/// A choice of one among a few, as radio buttons.
pub struct OneOf<T: Send + Sync + 'static> {
    id: &'static str,
    legend: &'static str,
    hint: Option<&'static str>,
    /// Value, its name in the wire format, its label.
    options: StoredValue<Vec<(T, String, String)>>,
    code: RwSignal<String>,
}

impl<T: Send + Sync + 'static> Clone for OneOf<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for OneOf<T> {}

impl<T: Clone + Send + Sync + 'static> OneOf<T> {
    /// Nothing is preselected. `legend` is a catalogue key.
    #[must_use]
    pub fn new(legend: &'static str, options: impl IntoIterator<Item = (T, String)>) -> Self
    where
        for<'v> &'static str: From<&'v T>,
    {
        let options =
            options.into_iter().map(|(value, words)| (value.clone(), code_of(&value).to_owned(), words)).collect();
        Self {
            id: "choice",
            legend,
            hint: None,
            options: StoredValue::new(options),
            code: RwSignal::new(String::new()),
        }
    }

    /// Sets another id, for a second choice on the same form.
    #[must_use]
    pub fn with_id(self, id: &'static str) -> Self {
        Self { id, ..self }
    }

    /// Adds a hint. `hint` is a catalogue key.
    #[must_use]
    pub fn with_hint(self, hint: &'static str) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// Preselects a value.
    #[must_use]
    pub fn chosen(self, value: &T) -> Self
    where
        for<'v> &'static str: From<&'v T>,
    {
        self.choose(value);
        self
    }

    /// Selects a value.
    pub fn choose(self, value: &T)
    where
        for<'v> &'static str: From<&'v T>,
    {
        self.code.set(code_of(value).to_owned());
    }

    /// Its control.
    #[must_use]
    pub fn field(self, errors: Errors) -> AnyView {
        let options: Vec<_> = self
            .options
            .with_value(|options| options.iter().map(|(_, code, words)| (code.clone(), words.clone())).collect());
        let hint = self.hint.map(t).unwrap_or_default();
        view! { <Radios id=self.id legend=t(self.legend) hint options value=self.code errors/> }.into_any()
    }

    /// The value selected; tracked.
    #[must_use]
    pub fn get(self) -> Option<T> {
        let code = self.code.get();
        self.options.with_value(|options| {
            options.iter().find(|(_, known, _)| *known == code).map(|(value, _, _)| value.clone())
        })
    }

    /// What is kept of it until it has been sent.
    #[must_use]
    pub fn kept(self) -> Kept {
        kept(self.id, self.code)
    }

    /// The value selected, or the error that there is none.
    pub fn read(self) -> Result<T, Problem> {
        untrack(|| self.get()).ok_or(Problem { at: self.id, says: key::FIELD_CHOOSE })
    }
}

/// The value chosen from a list, or the error that there is none.
pub fn found<T: Clone + Send + Sync + 'static>(at: &'static str, value: RwSignal<Option<T>>) -> Result<T, Problem> {
    value.get_untracked().ok_or(Problem { at, says: key::FIELD_CHOOSE })
}

/// An action that consists of text alone.
pub struct WordsAlone {
    /// The text.
    pub words: Words,
    make: fn(String) -> Action,
}

impl WordsAlone {
    /// The text, and the function that makes the action of it.
    #[must_use]
    pub fn new(words: Words, make: fn(String) -> Action) -> Self {
        Self { words, make }
    }
}

impl Form for WordsAlone {
    fn fields(&self, errors: Errors) -> AnyView {
        self.words.field(errors)
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        self.words.read().map(self.make).map_err(|problem| vec![problem])
    }

    fn kept(&self) -> Vec<Kept> {
        vec![self.words.kept()]
    }

    fn typed(&self) -> String {
        self.words.typed()
    }
}

/// An action that consists of a choice and a text.
pub struct ChoiceAndWords<T: Send + Sync + 'static> {
    /// The choice.
    pub choice: OneOf<T>,
    /// The text.
    pub words: Words,
    make: fn(T, String) -> Action,
}

impl<T: Send + Sync + 'static> ChoiceAndWords<T> {
    /// Both, and the function that makes the action of them.
    #[must_use]
    pub fn new(choice: OneOf<T>, words: Words, make: fn(T, String) -> Action) -> Self {
        Self { choice, words, make }
    }
}

impl<T: Clone + Send + Sync + 'static> Form for ChoiceAndWords<T> {
    fn fields(&self, errors: Errors) -> AnyView {
        view! { {self.choice.field(errors)}{self.words.field(errors)} }.into_any()
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        both(self.choice.read(), self.words.read()).map(|(choice, words)| (self.make)(choice, words))
    }

    fn kept(&self) -> Vec<Kept> {
        vec![self.choice.kept(), self.words.kept()]
    }

    fn typed(&self) -> String {
        self.words.typed()
    }
}

/// Photos of an action, which waits for their upload.
#[derive(Clone, Copy)]
pub struct PhotosToSend {
    pending: RwSignal<Vec<PendingUpload>>,
    waits: RwSignal<bool>,
    /// The token that goes with photos taken here; empty where the app's camera is not used.
    shutter: StoredValue<String>,
}

impl PhotosToSend {
    /// No photos yet. `shutter` is the token of the case ([`model::wire::CaseView::shutter`]).
    #[must_use]
    pub fn new(shutter: &str) -> Self {
        let shutter = StoredValue::new(shutter.to_owned());
        Self { pending: RwSignal::new(Vec::new()), waits: RwSignal::new(false), shutter }
    }

    /// The control.
    #[must_use]
    pub fn field(self, errors: Errors) -> AnyView {
        let (album, shutter) = (Album::of(self.pending), self.shutter.get_value());
        view! {
            {(!shutter.is_empty()).then(|| view! { <Camera shutter album errors/> })}
            <Photos label=t(key::FIELD_PHOTOS) hint=key::FIELD_PHOTOS_HINT album errors/>
            <div role="status">{move || self.waits.get().then(|| view! { <p class="notice">{t(key::PHOTOS_GO_FIRST)}</p> })}</div>
        }
        .into_any()
    }

    /// What is kept of them until they have been sent: the files themselves lie on the device.
    #[must_use]
    pub fn kept(self) -> Kept {
        Kept {
            name: "photos",
            save: Box::new(move || self.pending.with(json::value)),
            restore: Box::new(move |value| {
                let found: Vec<PendingUpload> = json::from(value).unwrap_or_default();
                self.pending.set(found.into_iter().map(PendingUpload::found_again).collect());
            }),
        }
    }

    /// Those that can be sent, as they lie on this device.
    #[must_use]
    pub fn pending(self) -> Vec<PendingUpload> {
        self.pending.with_untracked(|pending| pending.iter().filter(|one| one.unfit.is_none()).cloned().collect())
    }

    /// Their names at the server.
    #[must_use]
    pub fn ids(self) -> Vec<AttachmentId> {
        self.pending.with_untracked(|pending| pending.iter().filter_map(|pending| pending.id.clone()).collect())
    }

    /// When and where those were taken that the app's camera has taken.
    #[must_use]
    pub fn shots(self) -> Vec<Shot> {
        self.pending.with_untracked(|pending| {
            let named = pending.iter().filter_map(PendingUpload::shot_named);
            named.filter_map(|shot| json::from(&shot)).collect()
        })
    }

    /// Whether one of them was taken here, at a known place; tracked.
    #[must_use]
    pub fn proves_the_place(self) -> bool {
        let place = |pending: &PendingUpload| {
            let shot: serde_json::Value = json::read(&pending.shot)?;
            json::from::<Position>(shot.get("position")?)
        };
        let proves = |pending: &PendingUpload| place(pending).is_some_and(|place| place.tells_the_place());
        self.pending.with(|pending| pending.iter().any(|pending| pending.unfit.is_none() && proves(pending)))
    }

    /// Those that can be sent, by their names on this device; tracked.
    #[must_use]
    pub fn fit(self) -> Vec<AttachmentId> {
        self.pending.with(|pending| {
            let fit = pending.iter().filter(|pending| pending.unfit.is_none());
            fit.map(|pending| pending.local.clone().into()).collect()
        })
    }

    /// Whether the action may be sent: where it is `queued`, its photos follow by themselves.
    #[must_use]
    pub fn may_go(self, queued: bool, errors: Errors) -> bool {
        let unfit = self.pending.with_untracked(|pending| pending.iter().any(|pending| pending.unfit.is_some()));
        let coming = self.pending.with_untracked(|pending| pending.iter().any(PendingUpload::is_coming));
        // One that is still being made smaller lies nowhere yet.
        if queued && !unfit && !coming { true } else { self.have_arrived(errors) }
    }

    /// Whether all are uploaded. Otherwise shows what to do about one that cannot be sent, or waits for the others.
    #[must_use]
    pub fn have_arrived(self, errors: Errors) -> bool {
        let (unfit, busy) = self.pending.with_untracked(|pending| {
            (pending.iter().any(|pending| pending.unfit.is_some()), pending.iter().any(PendingUpload::is_on_its_way))
        });
        if unfit {
            errors.show_one("photos", t(key::PHOTOS_REMOVE_UNFIT));
        }
        self.waits.set(busy && !unfit);
        !unfit && !busy
    }

    /// Whether the last of them has been uploaded while the form waited for it; tracked.
    #[must_use]
    pub fn arrived_while_waited_for(self) -> bool {
        let busy = self.pending.with(|pending| pending.iter().any(PendingUpload::is_on_its_way));
        !busy && self.waits.get_untracked()
    }
}

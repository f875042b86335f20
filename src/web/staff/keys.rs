//! Single keys: a letter for each thing that can be done, shown on its button and listed under `?`. They can be switched off
//! (WCAG 2.1.4), are quiet while somebody types or a dialog is open, and never take a browser's combination.

use crate::habits::{UNDO, use_habits};
use leptos::ev;
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web::component::{Checkbox, Dialog, Errors, Radios};
use web::format::digits;
use web::i18n::{fill, key, t};
use web::start::document;

/// Milliseconds after a new case has been drawn within which no key acts: the press was meant for the one before.
const SETTLING: f64 = 150.0;
/// Milliseconds after a key within which another is no answer to what it has shown, but the same press twice.
const BOUNCE: f64 = 90.0;
/// The key that takes a decision back.
pub const TAKE_BACK: char = 'U';

/// Milliseconds after which keys act again, where a form that was opened has not taken the focus.
const LONGEST_WAIT: f64 = 1_000.0;

thread_local! {
    /// The keys of the app, which live as long as it does.
    static APP: Cell<Option<Keys>> = const { Cell::new(None) };
}

/// A key with what it does.
#[derive(Clone)]
struct Bound {
    id: u32,
    letter: char,
    label: String,
    run: Callback<()>,
    /// Whether it acts while a form is being filled in, too.
    within: bool,
}

/// The keys of the app.
#[derive(Clone, Copy)]
pub struct Keys {
    bound: StoredValue<Vec<Bound>>,
    next: StoredValue<u32>,
    /// Until when no key acts, by the browser's own clock.
    quiet_until: StoredValue<f64>,
    /// When a key was last pressed, by the browser's own clock.
    pressed_at: StoredValue<f64>,
    /// Whether a form that has been opened is still to get the focus.
    waits: StoredValue<bool>,
    /// When Enter was pressed meanwhile, which was meant for the form; 0 where it was not.
    entered_at: StoredValue<f64>,
    /// Whether the list of keys is open.
    pub listed: RwSignal<bool>,
}

impl Keys {
    /// Provides the keys above all pages; [`AllKeys`] lists them.
    #[must_use]
    pub fn provide() -> Self {
        let keys = Self {
            bound: StoredValue::new(Vec::new()),
            next: StoredValue::new(0),
            quiet_until: StoredValue::new(0.0),
            pressed_at: StoredValue::new(0.0),
            waits: StoredValue::new(false),
            entered_at: StoredValue::new(0.0),
            listed: RwSignal::new(false),
        };
        APP.set(Some(keys));
        let habits = use_habits();
        let listener = window_event_listener(ev::keydown, move |event| {
            keys.pressed_at.set_value(js_sys::Date::now());
            if habits.with_untracked(|habits| habits.keys) {
                keys.enter(&event);
                keys.press(&event);
            }
        });
        on_cleanup(move || listener.remove());
        keys
    }

    /// The keys of this app; also where something has been pressed or answered, outside any component.
    #[must_use]
    pub fn of_app() -> Option<Self> {
        APP.get()
    }

    /// A letter acts as long as what asks for it is shown; the newest of two that want the same letter has it.
    ///
    /// Within the form of an action only the letter that opened it acts: somebody may have begun to type before they saw where
    /// the focus is.
    pub fn bind(self, letter: char, label: String, run: impl Fn() + Send + Sync + 'static) {
        self.bind_one(letter, label, run, false);
    }

    /// As [`Keys::bind`], for what is pressed while the form of an action is open.
    pub fn bind_within(self, letter: char, label: String, run: impl Fn() + Send + Sync + 'static) {
        self.bind_one(letter, label, run, true);
    }

    /// Whether a key was pressed since then, by the browser's own clock.
    #[must_use]
    pub fn pressed_since(self, moment: f64) -> bool {
        self.pressed_at.get_value() > moment
    }

    fn bind_one(self, letter: char, label: String, run: impl Fn() + Send + Sync + 'static, within: bool) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        let run = Callback::new(move |()| run());
        self.bound.update_value(|bound| bound.push(Bound { id, letter, label, run, within }));
        on_cleanup(move || {
            self.bound.try_update_value(|bound| bound.retain(|known| known.id != id));
        });
    }

    /// Another case is shown: a press that was meant for the one before does nothing. Where it is shown at once after a key, nobody
    /// has had the time to press another for the one before.
    pub fn settle(self) {
        let (now, pressed) = (js_sys::Date::now(), self.pressed_at.get_value());
        let quiet_until = if now - pressed < BOUNCE { pressed + BOUNCE } else { now + SETTLING };
        self.quiet_until.set_value(quiet_until);
    }

    /// A form has been opened: until its first control has the focus, a press was meant for that.
    pub fn wait(self) {
        self.quiet_until.set_value(js_sys::Date::now() + LONGEST_WAIT);
        self.waits.set_value(true);
        self.entered_at.set_value(0.0);
    }

    /// The first control has the focus.
    pub fn go_on(self) {
        self.quiet_until.set_value(0.0);
        self.waits.set_value(false);
    }

    /// Whether Enter was pressed before the form that was opened last had the focus, and no key since.
    #[must_use]
    pub fn is_entered(self) -> bool {
        let at = self.entered_at.get_value();
        at > 0.0 && !self.pressed_since(at)
    }

    /// Enter for a form that is still to get the focus does nothing to what has it now.
    fn enter(self, event: &web_sys::KeyboardEvent) {
        let is_meant = event.key() == "Enter" && !event.repeat() && self.waits.get_value();
        if is_meant && js_sys::Date::now() < self.quiet_until.get_value() && !is_writing(event) && !is_in_form(event) {
            event.prevent_default();
            self.entered_at.set_value(self.pressed_at.get_value());
        }
    }

    fn press(self, event: &web_sys::KeyboardEvent) {
        let elsewhere = event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented();
        if elsewhere || event.repeat() || is_writing(event) || is_dialog_open() {
            return;
        }
        let Some(letter) = letter_of(event) else { return };
        if letter == '?' {
            event.prevent_default();
            self.listed.set(true);
            return;
        }
        // What takes a decision back was never meant for the case before.
        if letter != TAKE_BACK && js_sys::Date::now() < self.quiet_until.get_value() {
            return;
        }
        let in_form = is_in_form(event);
        let opened_it = in_form && letter_of_open_form().is_some_and(|opened| opened == letter);
        let run = self.bound.with_value(|bound| {
            let found = bound.iter().rev().find(|bound| bound.letter == letter)?;
            (!in_form || opened_it || found.within).then_some(found.run)
        });
        if let Some(run) = run {
            event.prevent_default();
            run.try_run(());
        }
    }

    /// What the keys do on this page, and how: for a list to choose from.
    #[must_use]
    pub fn runs(self) -> Vec<(String, Callback<()>)> {
        let mut all: Vec<(String, Callback<()>)> = Vec::new();
        self.bound.with_value(|bound| {
            for bound in bound.iter().rev().filter(|bound| !bound.label.is_empty()) {
                if !all.iter().any(|(label, _)| *label == bound.label) {
                    all.push((bound.label.clone(), bound.run));
                }
            }
        });
        all
    }

    /// What the keys do on this page, each letter once.
    fn all(self) -> Vec<(char, String)> {
        let mut all: Vec<(char, String)> = Vec::new();
        self.bound.with_value(|bound| {
            for bound in bound.iter().rev().filter(|bound| !bound.label.is_empty()) {
                if !all.iter().any(|(letter, _)| *letter == bound.letter) {
                    all.push((bound.letter, bound.label.clone()));
                }
            }
        });
        all.sort();
        all
    }
}

/// The letter of a key: what is printed where the layout is Latin, else the key at that place of a Latin keyboard.
fn letter_of(event: &web_sys::KeyboardEvent) -> Option<char> {
    let (key, code) = (event.key(), event.code());
    let mut typed = key.chars();
    if let (Some(letter), None) = (typed.next(), typed.next())
        && (letter.is_ascii_alphanumeric() || matches!(letter, '?' | '/' | '.'))
    {
        return Some(letter.to_ascii_uppercase());
    }
    match code.strip_prefix("Key").or_else(|| code.strip_prefix("Digit")) {
        Some(letter) => letter.chars().next(),
        None if code == "Period" => Some('.'),
        None if code == "Slash" => Some(if event.shift_key() { '?' } else { '/' }),
        None => None,
    }
}

/// Whether a key was pressed where letters are typed.
fn is_writing(event: &web_sys::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let fields = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
    target.is_some_and(|target| target.closest(fields).ok().flatten().is_some())
}

/// Whether a key was pressed within the form of an action.
fn is_in_form(event: &web_sys::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.closest("form.action").ok().flatten().is_some())
}

/// The letter of the action whose form is open, as its button says.
fn letter_of_open_form() -> Option<char> {
    let button = document()?.query_selector(".do [aria-expanded=true]").ok().flatten()?;
    button.get_attribute("aria-keyshortcuts")?.chars().next()
}

fn is_dialog_open() -> bool {
    document().and_then(|document| document.query_selector("dialog[open]").ok().flatten()).is_some()
}

/// The cap of a key on its button.
#[component]
pub fn KeyCap(letter: char) -> impl IntoView {
    let habits = use_habits();
    move || {
        habits
            .with(|habits| habits.keys)
            .then(|| view! { <span class="key" aria-hidden="true">{letter.to_string()}</span> })
    }
}

/// All keys of this page, and how somebody likes to work.
#[component]
pub fn AllKeys(keys: Keys) -> impl IntoView {
    let habits = use_habits();
    let errors = Errors::new();
    let on = RwSignal::new(habits.with_untracked(|habits| habits.keys));
    let undo = RwSignal::new(habits.with_untracked(|habits| habits.undo).to_string());
    Effect::new(move |_| {
        let (keys, undo) = (on.get(), undo.with(|undo| undo.parse().unwrap_or_default()));
        habits.update(|habits| (habits.keys, habits.undo) = (keys, undo));
    });
    let list = move || {
        let rows = keys.all().into_iter().map(|(letter, label)| {
            view! { <div><dt><kbd class="key">{letter.to_string()}</kbd></dt><dd>{label}</dd></div> }
        });
        rows.collect_view()
    };
    let choices = || {
        UNDO.map(|seconds| {
            let words = match seconds {
                0 => t(key::HABITS_AT_ONCE),
                seconds => fill(key::HABITS_UNDO_SECONDS, &[("n", &digits(&seconds.to_string()))]),
            };
            (seconds.to_string(), words)
        })
        .to_vec()
    };
    view! {
        <Dialog id="keys" title=t(key::KEYS_TITLE) open=keys.listed>
            <dl class="keys">{list()}<div><dt><kbd class="key">"?"</kbd></dt><dd>{t(key::KEYS_THIS)}</dd></div></dl>
            <Checkbox id="keys-on" label=t(key::KEYS_ON) value=on errors/>
            <Radios id="undo" legend=t(key::HABITS_UNDO) hint=String::new() options=choices() value=undo errors/>
        </Dialog>
    }
}

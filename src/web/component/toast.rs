use crate::format::digits;
use crate::i18n::{fill, key, t};
use crate::route::announce;
use gloo_timers::callback::Interval;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Seconds within which something can be undone, unless somebody wants more.
const SECONDS: u32 = 10;

/// A notice of something done, at the foot of the page; for a while it can be undone.
#[derive(Clone)]
struct Shown {
    words: String,
    undo: Option<Callback<()>>,
    /// Called once it cannot be undone any more.
    kept: Option<Callback<()>>,
    left: u32,
}

/// The one toast of an app. Nothing important is said only here, because it disappears.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Option<Shown>>,
    /// Whether the pointer is on it, and whether the focus is in it: the time is then paused.
    held: RwSignal<(bool, bool)>,
}

impl Toasts {
    /// Provides toasts above all pages; [`Toast`] draws them.
    #[must_use]
    pub fn provide() -> Self {
        let toasts = Self { shown: RwSignal::new(None), held: RwSignal::new((false, false)) };
        provide_context(toasts);
        toasts
    }

    /// The toasts of this app.
    #[must_use]
    pub fn of_app() -> Self {
        use_context().unwrap_or_else(|| Self { shown: RwSignal::new(None), held: RwSignal::new((false, false)) })
    }

    /// Says that something was done, and offers `undo`. The toast before it cannot be undone any more: its `kept` is
    /// called.
    pub fn show(self, words: String, undo: Option<Callback<()>>, kept: Option<Callback<()>>) {
        self.show_for(SECONDS, words, undo, kept);
    }

    /// As [`Toasts::show`], for so many seconds.
    pub fn show_for(self, seconds: u32, words: String, undo: Option<Callback<()>>, kept: Option<Callback<()>>) {
        self.close();
        let with_undo = if undo.is_some() {
            fill(key::TOAST_OFFER, &[("n", &digits(&seconds.to_string()))])
        } else {
            String::new()
        };
        announce(format!("{words} {with_undo}").trim_end());
        self.shown.set(Some(Shown { words, undo, kept, left: seconds }));
    }

    /// Closes the toast; what was done stays done.
    pub fn close(self) {
        let before = self.shown.try_update(Option::take).flatten();
        self.held.try_set((false, false));
        if let Some(kept) = before.and_then(|before| before.kept) {
            kept.try_run(());
        }
    }

    /// Undoes it, if that is still possible.
    pub fn undo(self) {
        let undo = self.shown.with_untracked(|shown| shown.as_ref().and_then(|shown| shown.undo));
        if let Some(undo) = undo {
            self.shown.set(None);
            self.held.set((false, false));
            // What cannot be undone any more says so after this.
            announce(&t(key::TOAST_UNDONE));
            undo.run(());
        }
    }

    /// Called once a second.
    fn tick(self) {
        if self.held.try_get_untracked() != Some((false, false)) {
            return;
        }
        let over = self.shown.try_update(|shown| {
            let shown = shown.as_mut()?;
            shown.left = shown.left.saturating_sub(1);
            Some(shown.left == 0)
        });
        if over.flatten() == Some(true) {
            self.close();
        }
    }
}

/// Whether a key was pressed in a text field, where it means something else.
fn is_writing(event: &ev::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.closest("input, textarea, select, [contenteditable]").ok().flatten().is_some())
}

/// Where toasts appear: at the foot of the page, once in an app, last in the order of Tab. Ctrl+Z undoes from anywhere,
/// so that nobody has to get there within ten seconds.
#[component]
pub fn Toast(toasts: Toasts) -> impl IntoView {
    let ticking = StoredValue::new_local(Some(Interval::new(1_000, move || toasts.tick())));
    let keys = window_event_listener(ev::keydown, move |event| {
        let undo = (event.ctrl_key() || event.meta_key()) && !event.shift_key() && event.code() == "KeyZ";
        let offered = toasts.shown.with_untracked(|shown| shown.as_ref().is_some_and(|shown| shown.undo.is_some()));
        if undo && offered && !is_writing(&event) {
            event.prevent_default();
            toasts.undo();
        }
    });
    on_cleanup(move || {
        ticking.try_update_value(Option::take);
        keys.remove();
    });
    let held = toasts.held;
    // Drawn once for each toast, not once a second: the focus stays.
    let told = Memo::new(move |_| {
        toasts.shown.with(|shown| shown.as_ref().map(|shown| (shown.words.clone(), shown.undo.is_some())))
    });
    let left = move || toasts.shown.with(|shown| shown.as_ref().map_or(0, |shown| shown.left));
    let offer = move || {
        view! {
            <button type="button" class="link" on:click=move |_| toasts.undo()>
                {t(key::TOAST_UNDO)}<span class="key" aria-hidden="true">"Ctrl+Z"</span>
            </button>
            <span class="seconds" aria-hidden="true">{move || digits(&left().to_string())}</span>
        }
    };
    move || {
        told.get().map(|(words, undo)| {
            view! {
                <section
                    class="toast" aria-label=t(key::TOAST_TITLE)
                    on:mouseenter=move |_| held.update(|held| held.0 = true) on:mouseleave=move |_| held.update(|held| held.0 = false)
                    on:focusin=move |_| held.update(|held| held.1 = true) on:focusout=move |_| held.update(|held| held.1 = false)
                >
                    <p>{words}</p>
                    {undo.then(offer)}
                    <button type="button" class="close" on:click=move |_| toasts.close()>
                        <span class="unseen">{t(key::DIALOG_CLOSE)}</span><span aria-hidden="true">"×"</span>
                    </button>
                </section>
            }
        })
    }
}

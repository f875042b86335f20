use crate::format::digits;
use crate::i18n::{fill, key, t};
use crate::route::announce;
use gloo_timers::callback::Interval;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Seconds for which something can be taken back.
const SECONDS: u32 = 10;

/// Something that was done, told at the foot of the page; for a while it can be taken back.
#[derive(Clone)]
struct Shown {
    words: String,
    undo: Option<Callback<()>>,
    /// Told once it cannot be taken back any more.
    kept: Option<Callback<()>>,
    left: u32,
}

/// The one toast of an app. Nothing that must be read is told here alone: it goes by itself.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Option<Shown>>,
    /// Whether somebody points at it, and whether the focus is in it: the time then stands still.
    held: RwSignal<(bool, bool)>,
}

impl Toasts {
    /// Makes room for toasts above all pages; [`Toast`] draws them.
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

    /// Tells something that was done, and offers to take it back by `undo`. Whatever could be taken back before cannot any more:
    /// its `kept` is told.
    pub fn show(self, words: String, undo: Option<Callback<()>>, kept: Option<Callback<()>>) {
        self.close();
        let with_undo = if undo.is_some() {
            fill(key::TOAST_OFFER, &[("n", &digits(&SECONDS.to_string()))])
        } else {
            String::new()
        };
        announce(format!("{words} {with_undo}").trim_end());
        self.shown.set(Some(Shown { words, undo, kept, left: SECONDS }));
    }

    /// It goes; what was done stays done.
    fn close(self) {
        let before = self.shown.try_update(Option::take).flatten();
        self.held.try_set((false, false));
        if let Some(kept) = before.and_then(|before| before.kept) {
            kept.try_run(());
        }
    }

    /// Takes it back, where that is still possible.
    fn undo(self) {
        let undo = self.shown.with_untracked(|shown| shown.as_ref().and_then(|shown| shown.undo));
        if let Some(undo) = undo {
            self.shown.set(None);
            self.held.set((false, false));
            undo.run(());
            announce(&t(key::TOAST_UNDONE));
        }
    }

    /// A second has passed.
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

/// Whether a key was pressed where somebody writes: there it means something else.
fn is_writing(event: &ev::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.closest("input, textarea, select, [contenteditable]").ok().flatten().is_some())
}

/// Where toasts appear: at the foot of the page, once in an app, below everything else in the order of Tab. Ctrl+Z takes back
/// from wherever one is, so that nobody has to get there within ten seconds.
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
    // Drawn once for each toast, not once a second: the focus stays where it is.
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

use crate::i18n::{key, t};
use leptos::html;
use leptos::prelude::*;

/// A question or a form over the page: the browser's own dialog, which keeps the focus within, closes by Escape and
/// returns the focus to what opened it. A click outside does not close it, because a slip would lose what was typed.
#[component]
pub fn Dialog(
    /// Its id; the id of its title begins with it.
    id: &'static str,
    /// Its heading and accessible name.
    #[prop(into)]
    title: String,
    /// Whether it is open; also set by Escape and its button.
    open: RwSignal<bool>,
    /// Its content, drawn again each time it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog: NodeRef<html::Dialog> = NodeRef::new();
    Effect::new(move |_| {
        let (open, dialog) = (open.get(), dialog.get());
        match dialog {
            Some(dialog) if open && !dialog.open() => {
                let _ = dialog.show_modal();
            }
            Some(dialog) if !open && dialog.open() => dialog.close(),
            _ => {}
        }
    });
    let title_id = format!("{id}-title");
    let titled_by = title_id.clone();
    view! {
        <dialog node_ref=dialog id=id class="over" aria-labelledby=titled_by on:close=move |_: web_sys::Event| open.set(false)>
            <div class="over-head">
                <h2 id=title_id tabindex="-1">{title}</h2>
                <button type="button" class="close" on:click=move |_| open.set(false)>
                    <span class="unseen">{t(key::DIALOG_CLOSE)}</span><span aria-hidden="true">"×"</span>
                </button>
            </div>
            {move || open.get().then(|| children())}
        </dialog>
    }
}

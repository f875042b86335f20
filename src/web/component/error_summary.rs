use crate::i18n::{key, t};
use crate::route::focus_later;
use crate::start::document;
use leptos::prelude::*;

/// The errors of a form: for each, the id of the wrong control and what to do; the id is empty where the error belongs
/// to no control. The same text appears in the summary and beside the field (ERR-02).
#[derive(Clone, Copy)]
pub struct Errors(RwSignal<Vec<(&'static str, String)>>);

impl Errors {
    /// No errors.
    #[must_use]
    pub fn new() -> Self {
        Self(RwSignal::new(Vec::new()))
    }

    /// Shows the errors: focuses the summary and marks the title (ERR-01). An empty list clears them.
    pub fn show(self, errors: Vec<(&'static str, String)>) {
        let wrong = !errors.is_empty();
        // The page may have been left by now.
        if self.0.try_set(errors).is_some() {
            return;
        }
        if let Some(document) = document() {
            let prefix = t(key::ERROR_PREFIX);
            let title = document.title();
            let plain = title.strip_prefix(&prefix).unwrap_or(&title).to_owned();
            document.set_title(&if wrong { format!("{prefix}{plain}") } else { plain });
        }
        if wrong {
            focus_later("error-summary");
        }
    }

    /// Shows one error of one control.
    pub fn show_one(self, id: &'static str, message: String) {
        self.show(vec![(id, message)]);
    }

    /// Clears all errors.
    pub fn clear(self) {
        if self.0.with_untracked(|errors| !errors.is_empty()) {
            self.show(Vec::new());
        }
    }

    /// The error of a control.
    #[must_use]
    pub fn of(self, id: &'static str) -> Option<String> {
        self.0.with(|errors| errors.iter().find(|(at, _)| *at == id).map(|(_, message)| message.clone()))
    }
}

impl Default for Errors {
    fn default() -> Self {
        Self::new()
    }
}

/// The summary above a form's heading, with one link for each error.
#[component]
pub fn ErrorSummary(errors: Errors) -> impl IntoView {
    move || {
        let found = errors.0.get();
        (!found.is_empty()).then(|| {
            let links = found.into_iter().map(|(id, message)| {
                if id.is_empty() {
                    return view! { <li>{message}</li> }.into_any();
                }
                view! { <li><a href=format!("#{id}") on:click=move |event| {
                    event.prevent_default();
                    focus_later(id);
                }>{message}</a></li> }
                .into_any()
            });
            view! {
                <div class="summary" id="error-summary" tabindex="-1">
                    <div role="alert"><h2>{t(key::ERROR_SUMMARY)}</h2><ul>{links.collect_view()}</ul></div>
                </div>
            }
        })
    }
}

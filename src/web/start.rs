//! Starting an app: catalogues, text typed before the app was loaded, and the panic message.

use crate::i18n;
use leptos::prelude::*;
use model::Language;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, HtmlTextAreaElement};

/// The page's document.
pub fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// The element with this id.
pub fn element(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// Whether something stands in a text field.
#[must_use]
pub fn is_written(id: &str) -> bool {
    let field = element(id).and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok());
    field.is_some_and(|field| !model::text::is_blank(&field.value()))
}

/// What was typed into the HTML before the app was loaded, and the cursor's position.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The first answer.
    pub text: String,
    /// The other fields of the plain form: place, name, mobile.
    pub others: [String; 3],
    /// Selection, where the text had the focus.
    pub selection: Option<(u32, u32)>,
}

/// Reads what was typed into the shell's form.
pub fn typed_before() -> Option<Typed> {
    let area: HtmlTextAreaElement = element("text")?.dyn_into().ok()?;
    let field = |id: &str| {
        element(id)
            .and_then(|field| js_sys::Reflect::get(&field, &"value".into()).ok()?.as_string())
            .unwrap_or_default()
    };
    let focused = document()?.active_element().is_some_and(|active| active.id() == "text");
    let selection = focused.then(|| Some((area.selection_start().ok()??, area.selection_end().ok()??))).flatten();
    Some(Typed {
        text: area.value(),
        others: [field("plain-place"), field("plain-name"), field("plain-mobile")],
        selection,
    })
}

/// Loads the catalogues, then replaces the shell by the app.
pub fn start<F, N>(catalogues: &'static [&'static str], app: F)
where
    F: Fn(Language) -> N + 'static,
    N: IntoView + 'static,
{
    std::panic::set_hook(Box::new(|panic| {
        web_sys::console::error_1(&panic.to_string().into());
        // After a panic no handler works: the static block says so and names the helpline; drafts are on the phone.
        for (id, hidden) in [("shell", true), ("app", true), ("broken", false)] {
            if let Some(found) = element(id).and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
                found.set_hidden(hidden);
                if !hidden {
                    let _ = found.focus();
                }
            }
        }
    }));
    let language = i18n::language_of_path();
    // Leptos sets up its own executor only when it mounts, which is later.
    wasm_bindgen_futures::spawn_local(async move {
        for name in catalogues {
            if !i18n::load(name, language).await {
                // Without its texts the app cannot start; the shell stays, and its plain form can lodge.
                return;
            }
        }
        let Some(body) = document().and_then(|document| document.body()) else { return };
        let Ok(root) = document().ok_or(()).and_then(|document| document.create_element("div").map_err(|_| ())) else {
            return;
        };
        root.set_id("app");
        let Some(shell) = element("shell") else { return };
        let Ok(root) = root.dyn_into::<HtmlElement>() else { return };
        if body.insert_before(&root, Some(&shell)).is_err() {
            return;
        }
        let typed = typed_before();
        let focused = document().and_then(|document| document.active_element());
        let focused = focused.filter(|focused| shell.contains(Some(focused)));
        shell.remove();
        leptos::mount::mount_to(root, move || {
            provide_context(StoredValue::new(typed.clone()));
            app(language)
        })
        .forget();
        // The app has the same link: it keeps the focus.
        let link = focused.and_then(|focused| focused.get_attribute("href"));
        let link = link.and_then(|link| document()?.query_selector(&format!("#app a[href=\"{link}\"]")).ok().flatten());
        if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
            let _ = link.focus();
        }
    });
}

use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The tab that a key leads to; `None` for other keys. On a right-to-left page the next tab is on the left.
fn target(key: &str, at: usize, count: usize, from_right: bool) -> Option<usize> {
    let step = match key {
        "ArrowRight" => !from_right,
        "ArrowLeft" => from_right,
        "Home" => return (count > 0).then_some(0),
        "End" => return count.checked_sub(1),
        _ => return None,
    };
    (count > 0).then(|| if step { (at + 1) % count } else { (at + count - 1) % count })
}

/// Tabs, one of which is shown, as in ARIA: one stop for Tab, arrow keys between them. Focusing a tab shows its panel,
/// which is already loaded.
#[component]
pub fn Tabs(
    /// Prefix of the ids of tabs and panel.
    id: &'static str,
    /// The label of the group of tabs.
    #[prop(into)]
    label: String,
    /// The label of each tab.
    names: Vec<String>,
    /// The index of the tab shown.
    shown: RwSignal<usize>,
    /// Draws the panel of a tab.
    panel: Arc<dyn Fn(usize) -> AnyView + Send + Sync>,
) -> impl IntoView {
    let count = names.len();
    let list: NodeRef<Div> = NodeRef::new();
    let on_key = move |event: KeyboardEvent| {
        let Some(list) = list.get_untracked() else { return };
        let nearest = list.closest("[dir]").ok().flatten().and_then(|found| found.get_attribute("dir"));
        let from_right = nearest.as_deref() == Some("rtl");
        let Some(to) = target(&event.key(), shown.get_untracked(), count, from_right) else { return };
        event.prevent_default();
        shown.set(to);
        let tab = u32::try_from(to).ok().and_then(|to| list.children().item(to));
        if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<HtmlElement>().ok()) {
            let _ = tab.focus();
        }
    };
    let tabs = names
        .into_iter()
        .enumerate()
        .map(|(at, name)| {
            let chosen = move || shown.get() == at;
            view! {
                <button
                    type="button" role="tab" id=format!("{id}-tab-{at}")
                    aria-controls=format!("{id}-panel")
                    aria-selected=move || chosen().to_string()
                    tabindex=move || if chosen() { "0" } else { "-1" }
                    on:click=move |_| shown.set(at)
                >{name}</button>
            }
        })
        .collect_view();
    view! {
        <div class="tab-list" role="tablist" aria-label=label node_ref=list on:keydown=on_key>{tabs}</div>
        <div class="tab-panel" role="tabpanel" id=format!("{id}-panel") tabindex="0" aria-labelledby=move || format!("{id}-tab-{}", shown.get())>
            {move || panel(shown.get())}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_round_and_follow_the_direction_of_reading() {
        let table = [
            ("ArrowRight", 0, false, Some(1)),
            ("ArrowRight", 2, false, Some(0)),
            ("ArrowLeft", 0, false, Some(2)),
            ("ArrowLeft", 0, true, Some(1)),
            ("ArrowRight", 0, true, Some(2)),
            ("Home", 2, true, Some(0)),
            ("End", 0, false, Some(2)),
            ("Enter", 0, false, None),
        ];
        for (key, at, from_right, expected) in table {
            assert_eq!(target(key, at, 3, from_right), expected, "{key} at {at}");
        }
        assert_eq!(target("End", 0, 0, false), None);
        assert_eq!(target("ArrowRight", 0, 0, false), None);
    }
}

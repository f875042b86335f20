use super::field::described;
use super::{Errors, FieldError};
use crate::format::counted;
use crate::i18n::{key, t};
use crate::reference::{Choice, Named, normal};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use model::find::{NEARLY, Query};
use model::text::search_key;
use std::sync::Arc;

/// The number of options shown at once.
const SHOWN: usize = 8;

/// A list searched while typing, for keyboard, touch and screen reader: the ARIA combobox with a list box.
#[component]
pub fn Suggest<T>(
    /// Id of the input.
    id: &'static str,
    /// The label.
    #[prop(into)]
    label: String,
    /// The hint below the label; none where empty.
    #[prop(into, default = String::new())]
    hint: String,
    /// The options.
    #[prop(into)]
    choices: Signal<Vec<Choice<T>>>,
    /// The chosen value.
    value: RwSignal<Option<T>>,
    /// The form's errors.
    errors: Errors,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    // The list itself is independent of `T`, so that its code is compiled once. The names are stored, not derived,
    // because every letter typed reads them many times.
    let names =
        Memo::new(move |_| choices.with(|all| all.iter().map(|choice| choice.name.clone()).collect::<Vec<_>>()));
    let names = Signal::from(names);
    let chosen = Signal::derive(move || {
        value.with(|value| choices.with(|all| all.iter().position(|choice| Some(&choice.value) == value.as_ref())))
    });
    let choose = Callback::new(move |at: Option<usize>| {
        let of_it = at.and_then(|at| choices.with_untracked(|all| all.get(at).map(|choice| choice.value.clone())));
        value.set(of_it);
    });
    view! { <Picker id label hint names chosen choose errors/> }
}

/// The list of [`Suggest`]: handles names only, and reports the index of the chosen one.
#[component]
fn Picker(
    id: &'static str,
    label: String,
    hint: String,
    names: Signal<Vec<Arc<Named>>>,
    chosen: Signal<Option<usize>>,
    choose: Callback<Option<usize>>,
    errors: Errors,
) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let open = RwSignal::new(false);
    let active = RwSignal::new(0usize);
    // The field shows the chosen name, also after a reload; a choice that another part of the page withdraws disappears
    // from the field.
    Effect::new(move |before: Option<Option<String>>| {
        let at = chosen.get();
        let label = names.with(|names| Some(names.get(at?)?.label.clone()));
        match (&label, before.flatten()) {
            (Some(label), _) => typed.set(label.clone()),
            (None, Some(before)) if typed.with_untracked(|typed| *typed == before) => typed.set(String::new()),
            (None, _) => {}
        }
        label
    });
    // Whether the arrow keys have been used in the list.
    let arrowed = RwSignal::new(false);
    let found = Memo::new(move |_| {
        let query = Query::of(&normal(&typed.get()));
        if query.is_empty() {
            return Vec::new();
        }
        names.with(|all| {
            let ranks: Vec<Option<u32>> = all.iter().map(|named| query.rank(&named.key)).collect();
            let best = ranks.iter().flatten().min().copied().unwrap_or(NEARLY);
            // Names that only sound similar are offered only where nothing matches better.
            let last = if best < NEARLY { NEARLY - 1 } else { NEARLY };
            let of = |rank| ranks.iter().enumerate().filter(move |(_, found)| **found == Some(rank)).map(|(at, _)| at);
            (best..=last).flat_map(of).take(SHOWN).collect::<Vec<usize>>()
        })
    });
    let label_at = move |at: usize| names.with_untracked(|names| names.get(at).map(|named| named.label.clone()));
    let take = move |at: usize| {
        choose.run(Some(at));
        typed.set(label_at(at).unwrap_or_default());
        open.set(false);
        errors.clear();
    };
    let on_key = move |event: KeyboardEvent| {
        let count = found.with(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if count > 0 => {
                event.prevent_default();
                if open.get_untracked() {
                    active.update(|active| *active = (*active + 1) % count);
                }
                arrowed.set(true);
                open.set(true);
            }
            "ArrowUp" if count > 0 => {
                event.prevent_default();
                active.update(|active| *active = (*active + count - 1) % count);
                arrowed.set(true);
                open.set(true);
            }
            "Enter" if open.get_untracked() && count > 0 => {
                event.prevent_default();
                if let Some(at) = found.with(|found| found.get(active.get_untracked()).copied()) {
                    take(at);
                }
            }
            // Tab after the arrow keys chooses the active option.
            "Tab" if open.get_untracked() && arrowed.get_untracked() => {
                if let Some(at) = found.with(|found| found.get(active.get_untracked()).copied()) {
                    take(at);
                }
            }
            // It closes the options alone, and not the dialog around them.
            "Escape" if open.get_untracked() => {
                event.prevent_default();
                open.set(false);
            }
            _ => {}
        }
    };
    // A full name is chosen where exactly one option has it; any other text left in the field chooses nothing.
    let leave = move || {
        open.set(false);
        let name = search_key(&normal(&typed.get_untracked()));
        if chosen.get_untracked().is_some() || name.is_empty() {
            return;
        }
        let named = names.with_untracked(|all| {
            let is_it = |label: &str| search_key(&normal(label)) == name;
            let first = |label: &str| label.split([',', '–', '،']).next().unwrap_or_default().to_owned();
            let fits = |named: &Named| is_it(&named.label) || is_it(&first(&named.label));
            let mut fitting = all.iter().enumerate().filter(|(_, named)| fits(named)).map(|(at, _)| at);
            fitting.next().filter(|_| fitting.next().is_none())
        });
        if let Some(at) = named {
            take(at);
        }
    };
    let (list_id, list_label) = (format!("{id}-list"), label.clone());
    let option_id = move |index: usize| format!("{id}-option-{index}");
    let options = move || {
        found
            .get()
            .into_iter()
            .enumerate()
            .map(|(index, at)| {
                let words = label_at(at);
                view! {
                    <li
                        role="option"
                        id=option_id(index)
                        aria-selected=move || (active.get() == index).to_string()
                        on:mousedown=move |event| {
                            event.prevent_default();
                            take(at);
                        }
                    >{words}</li>
                }
            })
            .collect_view()
    };
    let status = move || {
        // Shown whether the list is open or not: if the page moved when the field is left, the next tap would miss.
        if chosen.get().is_some() || typed.with(|typed| typed.trim().is_empty()) {
            return String::new();
        }
        match found.with(Vec::len) {
            0 if typed.with(|typed| model::text::digits(typed).len() == 6) => t(key::SUGGEST_NO_PIN),
            0 => t(key::SUGGEST_NONE),
            count => counted(key::SUGGEST_COUNT, count),
        }
    };
    let has_hint = !hint.is_empty();
    let describes = move || match described(errors, id, has_hint) {
        Some(ids) => format!("{ids} {id}-status"),
        None => format!("{id}-status"),
    };
    view! {
        <div class="field suggest" class:wrong=move || errors.of(id).is_some()>
            <label for=id>{label}</label>
            {has_hint.then(|| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
            <FieldError errors id/>
            <input
                id=id
                name=id
                type="text"
                role="combobox"
                autocomplete="off"
                spellcheck="false"
                aria-autocomplete="list"
                aria-invalid=move || errors.of(id).map(|_| "true")
                aria-describedby=describes
                aria-expanded=move || (open.get() && !found.with(Vec::is_empty)).to_string()
                aria-controls=list_id.clone()
                aria-activedescendant=move || (open.get() && !found.with(Vec::is_empty)).then(|| option_id(active.get()))
                prop:value=move || typed.get()
                on:input:target=move |event| {
                    typed.set(event.target().value());
                    choose.run(None);
                    arrowed.set(false);
                    active.set(0);
                    open.set(true);
                }
                on:keydown=on_key
                on:focus=move |_| open.set(chosen.get_untracked().is_none() && typed.with_untracked(|typed| !typed.is_empty()))
                // A form that closes itself takes the field away with the focus in it.
                on:blur=move |_| if typed.try_get_untracked().is_some() { leave() }
            />
            <ul id=list_id role="listbox" aria-label=list_label hidden=move || !open.get() || found.with(Vec::is_empty)>
                {options}
            </ul>
            <p class="hint" id=format!("{id}-status") role="status">{status}</p>
        </div>
    }
}

use super::field::described;
use super::{Errors, FieldError};
use crate::format::counted;
use crate::i18n::{key, t};
use crate::reference::{Choice, normal};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use model::find::{NEARLY, Query};
use model::text::search_key;

/// Rows shown at once.
const SHOWN: usize = 8;

/// A list searched while typing, by keyboard, touch and screen reader: the ARIA combobox with a list box.
#[component]
pub fn Suggest<T>(
    /// Id of the input.
    id: &'static str,
    /// The question.
    #[prop(into)]
    label: String,
    /// One sentence more.
    #[prop(into, default = String::new())]
    hint: String,
    /// What there is to choose from.
    #[prop(into)]
    choices: Signal<Vec<Choice<T>>>,
    /// What is chosen.
    value: RwSignal<Option<T>>,
    /// What is wrong.
    errors: Errors,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let label_of = move |value: &Option<T>| {
        choices.with(|all| {
            all.iter().find(|choice| Some(&choice.value) == value.as_ref()).map(|choice| choice.label.clone())
        })
    };
    let typed = RwSignal::new(String::new());
    let open = RwSignal::new(false);
    let active = RwSignal::new(0usize);
    // What is chosen is what stands in the field, also when it was chosen on an earlier visit; what is taken back by another
    // part of the page does not stand there as if it were chosen.
    Effect::new(move |before: Option<Option<String>>| {
        let label = label_of(&value.get());
        match (&label, before.flatten()) {
            (Some(label), _) => typed.set(label.clone()),
            (None, Some(before)) if typed.with_untracked(|typed| *typed == before) => typed.set(String::new()),
            (None, _) => {}
        }
        label
    });
    // Whether somebody has gone through the list by its arrows.
    let arrowed = RwSignal::new(false);
    let found = Memo::new(move |_| {
        let query = Query::of(&normal(&typed.get()));
        if query.is_empty() {
            return Vec::new();
        }
        choices.with(|all| {
            let ranks: Vec<Option<u32>> = all.iter().map(|choice| query.rank(&choice.key)).collect();
            let best = ranks.iter().flatten().min().copied().unwrap_or(NEARLY);
            // What only sounds nearly like it is a guess, for where nothing is better.
            let last = if best < NEARLY { NEARLY - 1 } else { NEARLY };
            let of = |rank| all.iter().zip(&ranks).filter(move |(_, found)| **found == Some(rank));
            (best..=last).flat_map(of).map(|(choice, _)| choice.clone()).take(SHOWN).collect()
        })
    });
    let choose = move |choice: &Choice<T>| {
        value.set(Some(choice.value.clone()));
        typed.set(choice.label.clone());
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
                if let Some(choice) = found.with(|found| found.get(active.get_untracked()).cloned()) {
                    choose(&choice);
                }
            }
            // Whoever has gone to a row by the arrows and leaves has chosen it.
            "Tab" if open.get_untracked() && arrowed.get_untracked() => {
                if let Some(choice) = found.with(|found| found.get(active.get_untracked()).cloned()) {
                    choose(&choice);
                }
            }
            "Escape" => open.set(false),
            _ => {}
        }
    };
    // A name typed in full is chosen where there is only one of it; any other text that is left here is none of the list.
    let leave = move || {
        open.set(false);
        let name = search_key(&normal(&typed.get_untracked()));
        if value.with_untracked(Option::is_some) || name.is_empty() {
            return;
        }
        let named = choices.with_untracked(|all| {
            let is_it = |label: &str| search_key(&normal(label)) == name;
            let first = |label: &str| label.split([',', '–', '،']).next().unwrap_or_default().to_owned();
            let mut fitting = all.iter().filter(|choice| is_it(&choice.label) || is_it(&first(&choice.label)));
            fitting.next().filter(|_| fitting.next().is_none()).cloned()
        });
        if let Some(choice) = named {
            choose(&choice);
        }
    };
    let (list_id, list_label) = (format!("{id}-list"), label.clone());
    let option_id = move |index: usize| format!("{id}-option-{index}");
    let options = move || {
        found
            .get()
            .into_iter()
            .enumerate()
            .map(|(index, choice)| {
                let words = choice.label.clone();
                view! {
                    <li
                        role="option"
                        id=option_id(index)
                        aria-selected=move || (active.get() == index).to_string()
                        on:mousedown=move |event| {
                            event.prevent_default();
                            choose(&choice);
                        }
                    >{words}</li>
                }
            })
            .collect_view()
    };
    let status = move || {
        // Shown whether the list is open or not: what moves when a field is left takes the next tap away.
        if value.with(Option::is_some) || typed.with(|typed| typed.trim().is_empty()) {
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
                aria-describedby=describes
                aria-expanded=move || (open.get() && !found.with(Vec::is_empty)).to_string()
                aria-controls=list_id.clone()
                aria-activedescendant=move || (open.get() && !found.with(Vec::is_empty)).then(|| option_id(active.get()))
                prop:value=move || typed.get()
                on:input:target=move |event| {
                    typed.set(event.target().value());
                    value.set(None);
                    arrowed.set(false);
                    active.set(0);
                    open.set(true);
                }
                on:keydown=on_key
                on:focus=move |_| open.set(value.with_untracked(Option::is_none) && typed.with_untracked(|typed| !typed.is_empty()))
                on:blur=move |_| leave()
            />
            <ul id=list_id role="listbox" aria-label=list_label hidden=move || !open.get() || found.with(Vec::is_empty)>
                {options}
            </ul>
            <p class="hint" id=format!("{id}-status") role="status">{status}</p>
        </div>
    }
}

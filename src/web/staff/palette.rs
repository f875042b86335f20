//! Every page, saved view and action at once, found by a few letters: for whoever knows what they want and not where it is.

use crate::keys::{KeyCap, Keys};
use leptos::prelude::*;
use model::page::StaffPage;
use model::wire::GetViews;
use model::{Duty, Role};
use wasm_bindgen::JsCast;
use wasm_split_helpers::wasm_split;
use web::api::get;
use web::component::{Dialog, Errors, Suggest};
use web::i18n::{key, t};
use web::later::{Draw, Part, SplitLoaderError};
use web::reference::Choice;
use web::route::{focus_later, use_nav};
use web::start::{document, element};

/// The key that opens it.
const OPENS: char = '.';
/// Id of its field.
const FIELD: &str = "palette-field";

/// The lines of the palette, and the one that is chosen, by its place.
#[derive(Clone, Copy)]
struct Lines {
    choices: Signal<Vec<Choice<usize>>>,
    chosen: RwSignal<Option<usize>>,
}

/// The entry point of the part with its field.
#[wasm_split(palette, fallible)]
fn field() -> Result<Draw<Lines>, SplitLoaderError> {
    Ok(|lines| view! { <Field lines/> }.into_any())
}

#[component]
fn Field(lines: Lines) -> impl IntoView {
    let errors = Errors::new();
    // After the dialog, which has the focus first.
    request_animation_frame(|| focus_later(FIELD));
    view! { <Suggest id=FIELD label=t(key::PALETTE_FIELD) hint=t(key::PALETTE_HINT) choices=lines.choices value=lines.chosen errors/> }
}

/// What a line of it does.
#[derive(Clone)]
enum Command {
    Go(StaffPage),
    Run(Callback<()>),
}

/// The palette, closed until its key is pressed.
#[component]
pub fn Palette(
    role: Role,
    keys: Keys,
    /// The pages of the role, with their names.
    pages: Vec<(StaffPage, String)>,
) -> impl IntoView {
    let nav = use_nav::<StaffPage>();
    let (open, field) = (RwSignal::new(false), Part::new(|| Box::pin(field()), &["later"]));
    // Lines are chosen by their place.
    let chosen: RwSignal<Option<usize>> = RwSignal::new(None);
    let lines: RwSignal<Vec<(String, Command)>> = RwSignal::new(Vec::new());
    let choices = Signal::derive(move || {
        let choice = |(at, (words, _)): (usize, &(String, Command))| Choice::new(words.clone(), words, &[], at);
        lines.with(|lines| lines.iter().enumerate().map(choice).collect::<Vec<_>>())
    });
    let show = Callback::new(move |()| {
        chosen.set(None);
        let other = |(words, _): &(String, Callback<()>)| *words != t(key::PALETTE_TITLE);
        let actions = keys.runs().into_iter().filter(other).map(|(words, run)| (words, Command::Run(run)));
        let pages = pages.iter().map(|(page, words)| (words.clone(), Command::Go(page.clone())));
        lines.set(actions.chain(pages).collect());
        open.set(true);
        if role.has(Duty::Search) {
            leptos::task::spawn_local(async move {
                // Without a line there are fewer lines here, and nothing to say about it.
                for view in get(&GetViews { counted: false }).await.unwrap_or_default() {
                    let page = StaffPage::Search(view.filters.to_query());
                    lines.try_update(|all| all.push((view.name, Command::Go(page))));
                }
            });
        }
    });
    keys.bind(OPENS, t(key::PALETTE_TITLE), move || show.run(()));
    Effect::new(move |_| {
        // A whole name that stands in the field when that is left is not a choice: Enter and a click leave the focus there.
        let pressed =
            document().and_then(|document| document.active_element()).is_some_and(|focused| focused.id() == FIELD);
        let line = chosen.get().and_then(|at| lines.with_untracked(|lines| lines.get(at).cloned()));
        let Some((_, command)) = line.filter(|_| pressed) else { return };
        // The field is left while it is still there.
        if let Some(field) = element(FIELD).and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = field.blur();
        }
        open.set(false);
        // Once the dialog has given the focus back to where it was.
        request_animation_frame(move || match command {
            Command::Go(page) => nav.go(page),
            Command::Run(run) => drop(run.try_run(())),
        });
    });
    view! {
        <button type="button" class="link keys-button" aria-keyshortcuts=OPENS.to_string() on:click=move |_| show.run(())>
            {t(key::PALETTE_OPEN)}<KeyCap letter=OPENS/>
        </button>
        <Dialog id="palette" title=t(key::PALETTE_TITLE) open>
            {field.draw(Lines { choices, chosen })}
        </Dialog>
    }
}

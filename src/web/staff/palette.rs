//! Every page, saved view and action at once, found by a few letters: for whoever knows what they want and not where it is.

use crate::keys::Keys;
use leptos::prelude::*;
use model::page::StaffPage;
use model::wire::GetViews;
use model::{Duty, Role};
use web::api::get;
use web::component::{Dialog, Errors, Suggest};
use web::i18n::{key, t};
use web::reference::Choice;
use web::route::{focus_later, use_nav};

/// The key that opens it.
const OPENS: char = '.';
/// Id of its field.
const FIELD: &str = "palette-field";

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
    let (open, errors) = (RwSignal::new(false), Errors::new());
    // Lines are chosen by their place.
    let chosen: RwSignal<Option<usize>> = RwSignal::new(None);
    let lines: RwSignal<Vec<(String, Command)>> = RwSignal::new(Vec::new());
    let choices = Signal::derive(move || {
        let choice = |(at, (words, _)): (usize, &(String, Command))| Choice::new(words.clone(), words, &[], at);
        lines.with(|lines| lines.iter().enumerate().map(choice).collect::<Vec<_>>())
    });
    keys.bind(OPENS, t(key::PALETTE_TITLE), move || {
        chosen.set(None);
        let actions = keys.runs().into_iter().map(|(words, run)| (words, Command::Run(run)));
        let pages = pages.iter().map(|(page, words)| (words.clone(), Command::Go(page.clone())));
        lines.set(actions.chain(pages).collect());
        open.set(true);
        focus_later(FIELD);
        if role.has(Duty::Search) {
            leptos::task::spawn_local(async move {
                // Without a line there are fewer lines here, and nothing to say about it.
                for view in get(&GetViews {}).await.unwrap_or_default() {
                    let page = StaffPage::Search(view.filters.to_query());
                    lines.try_update(|all| all.push((view.name, Command::Go(page))));
                }
            });
        }
    });
    Effect::new(move |_| {
        let line = chosen.get().and_then(|at| lines.with_untracked(|lines| lines.get(at).cloned()));
        let Some((_, command)) = line.filter(|_| open.get_untracked()) else { return };
        open.set(false);
        // Once the dialog has given the focus back to where it was.
        request_animation_frame(move || match command {
            Command::Go(page) => nav.go(page),
            Command::Run(run) => drop(run.try_run(())),
        });
    });
    view! {
        <Dialog id="palette" title=t(key::PALETTE_TITLE) open>
            // Whoever leaves by Escape has chosen nothing, even where a whole name stands in the field.
            <div on:keydown=move |event| if event.key() == "Escape" { open.set(false) }>
                <Suggest id=FIELD label=t(key::PALETTE_FIELD) hint=t(key::PALETTE_HINT) choices value=chosen errors/>
            </div>
        </Dialog>
    }
}

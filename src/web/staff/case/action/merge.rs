//! Makes a case follow another with the same cause, which must be looked at first.

use super::field::{Words, both};
use super::{Form, Kept, Problem, kept};
use leptos::prelude::*;
use model::Reference;
use model::lifecycle::Action;
use model::wire::{CaseView, GetCase};
use web::api;
use web::component::{Errors, PhotoStrip, Remote, TextField, title_of};
use web::format::{counted, date};
use web::hook::{Fetched, use_remote_later};
use web::i18n::{key, lang_of, name_of, t};
use web::reference::{place, use_tables};

/// Id of the control of the main case's number.
const ROOT: &str = "root";

/// A merger.
pub struct Merge {
    number: RwSignal<String>,
    reason: Words,
    /// The main case in its present version.
    root: Fetched<CaseView>,
}

/// A form with the number of the case of which this was a part, if it was; empty otherwise.
#[must_use]
pub fn form(view: &CaseView) -> Merge {
    let origin = view.origin().map(Reference::grouped);
    let number = RwSignal::new(origin.unwrap_or_default());
    let root = use_remote_later(move || {
        let reference = number.with_untracked(|typed| Reference::parse(typed));
        async move {
            // Requested only for complete numbers.
            let reference = reference.map_err(|_| api::CallError::Network)?;
            api::get(&GetCase { reference }).await
        }
    });
    Merge { number, reason: Words::required(key::FIELD_REASON), root }
}

impl Merge {
    /// The main case; required to have been shown.
    fn read_root(&self) -> Result<Reference, Problem> {
        let typed = self.number.with_untracked(|typed| Reference::parse(typed));
        let seen = self.root.with_untracked(|view| view.line.reference);
        match typed {
            Ok(root) if seen == Some(root) => Ok(root),
            Ok(_) => Err(Problem { at: ROOT, says: key::MERGE_LOOK }),
            Err(_) => Err(Problem { at: ROOT, says: key::STAFF_OPEN_WRONG }),
        }
    }
}

impl Form for Merge {
    fn fields(&self, errors: Errors) -> AnyView {
        let (number, root) = (self.number, self.root);
        let typed = Memo::new(move |_| number.with(|typed| Reference::parse(typed).ok()));
        Effect::new(move |_| match typed.get() {
            Some(_) => root.load(),
            None => root.forget(),
        });
        view! {
            <TextField id=ROOT label=t(key::FIELD_ROOT) hint=t(key::MERGE_HINT) value=number errors mode="numeric"/>
            <div class="state" role="status"><Seen root/></div>
            {self.reason.field(errors)}
        }
        .into_any()
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        both(self.read_root(), self.reason.read()).map(|(root, reason)| Action::Merge { root, reason })
    }

    fn kept(&self) -> Vec<Kept> {
        vec![kept(ROOT, self.number), self.reason.kept()]
    }

    fn typed(&self) -> String {
        self.reason.typed()
    }
}

/// The main case as far as it is known.
#[component]
fn Seen(root: Fetched<CaseView>) -> impl IntoView {
    let tables = use_tables();
    move || {
        root.state.with(|root| match root {
            Remote::Idle => ().into_any(),
            Remote::Loading => view! { <p>{t(key::LOADING)}</p> }.into_any(),
            Remote::Failed(error) => view! { <p class="error">{error.message()}</p> }.into_any(),
            Remote::Loaded(view) => {
                let line = view.line.clone();
                let at = tables.with(|tables| tables.loaded().map(|tables| place(tables, line.district, line.place)));
                view! {
                    <div class="panel">
                        <p><strong lang=line.language.tag() dir="auto">{title_of(&line)}</strong></p>
                        <p class="hint">{at}" · "{date(line.lodged_at)}" · "{name_of("stage", &line.stage)}" · "{line.reference.grouped()}</p>
                        {(!view.landmark.is_empty()).then(|| view! { <p class="hint" lang=lang_of(&view.landmark) dir="auto">{view.landmark.clone()}</p> })}
                        <p class="said" lang=line.language.tag() dir="auto">{view.text.clone()}</p>
                        <PhotoStrip photos=view.photos.clone()/>
                        <p>{counted(key::MERGE_FOLLOWERS, view.followers)}</p>
                    </div>
                }
                .into_any()
            }
        })
    }
}

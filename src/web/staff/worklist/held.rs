//! Decisions after which the next case is shown at once. Each lies on the device and is sent when it cannot be taken back any
//! more; a browser that is closed before sends it when it is opened again.
//!
//! Before that the server was asked whether it would do it: what it refuses is told at the form, not when its writer is
//! elsewhere.

use super::row::focus_row;
use super::{Worklist, go_on, show};
use crate::drafts::Drafts;
use leptos::prelude::*;
use model::lifecycle::{Action, ActionKind};
use model::page::{Page, StaffPage};
use model::wire::{Act, CaseView, Preview};
use web::component::Toasts;
use web::hook::Queue;
use web::i18n::{fill, key, language, name_of, t};
use web::route::{Nav, announce, use_nav};
use web::unsent::call::Unsent;
use web::upload::PendingUpload;

/// Milliseconds after which a decision goes even if nobody was there to let it go: the browser was closed, or the pointer rests
/// on the notice.
const LONGEST: f64 = 60_000.0;

/// Holds decisions back for as long as they can be taken back.
#[derive(Clone, Copy)]
pub struct Held {
    waiting: Queue,
    toasts: Toasts,
    list: Worklist,
    drafts: Drafts,
    nav: Nav<StaffPage>,
}

impl Held {
    /// Where the page has a worklist to go on with.
    #[must_use]
    pub fn of_page() -> Option<Self> {
        let (waiting, list) = (Queue::of_app()?, Worklist::of_page()?);
        Some(Self { waiting, toasts: Toasts::of_app(), list, drafts: Drafts::of_app(), nav: use_nav() })
    }

    /// Whether the case goes on to somebody else by this action, so that the next one can be shown.
    #[must_use]
    pub fn decides(kind: ActionKind) -> bool {
        use ActionKind as A;
        matches!(
            kind,
            A::RequestInformation
                | A::ProvideInformation
                | A::Categorise
                | A::Forward
                | A::OfferTransfer
                | A::RefuseTransfer
                | A::SubmitAtr
                | A::ReturnAtr
                | A::AcceptAtr
                | A::RecordVisit
                | A::Reject
                | A::Merge
                | A::AnswerAppeal
                | A::DecideAppeal
        )
    }

    /// Holds a decision back, and goes on to the next case; false where the device has no room for it. `preview` is what the
    /// server says it would do; `None` without a line.
    pub fn hold(
        self,
        view: &CaseView,
        action: &Action,
        photos: Vec<PendingUpload>,
        preview: Option<&Preview>,
        seconds: u32,
    ) -> bool {
        let (reference, kind) = (view.line.reference, action.kind());
        let what = name_of("do", &kind);
        let about = format!("{what} · {}", reference.grouped());
        let page = StaffPage::Case(reference).path();
        let Some(unsent) = Unsent::of(&Act { reference }, action, about, page) else { return false };
        let at = match kind {
            ActionKind::SubmitAtr if !photos.is_empty() => "/submit_atr/photos",
            ActionKind::AnswerAppeal if !photos.is_empty() => "/answer_appeal/photos",
            ActionKind::RecordVisit if !photos.is_empty() => "/record_visit/photos",
            _ => "",
        };
        let unsent = unsent.against(view.line.version).with_photos(photos, at).held_for(LONGEST);
        if !self.waiting.put(&unsent) {
            return false;
        }
        let next = self.list.next_after(reference);
        // The decision is the next version, or some; whatever brings the case back comes after it.
        self.list.decided(reference, view.line.version + 2);
        // Its words lie in the queue now; taken back, they are something begun again.
        let begun = self.drafts.get(reference, kind);
        self.drafts.put(reference, kind, None);
        let key = unsent.key.clone();
        let undo = {
            let key = key.clone();
            Callback::new(move |()| {
                if self.waiting.remove(&key) {
                    self.drafts.put(reference, kind, begun.clone());
                    self.list.bring_back(reference);
                } else {
                    announce(&t(key::UNDO_TOO_LATE));
                }
                show(self.nav, reference);
                // Once its row is there again: J and Enter go on from it.
                focus_row(reference);
            })
        };
        let kept = Callback::new(move |()| self.waiting.release(&key));
        self.toasts.show_for(seconds, told(&what, kind, preview), Some(undo), Some(kept));
        go_on(self.nav, next);
        true
    }
}

/// What is going to happen, in words.
fn told(what: &str, kind: ActionKind, preview: Option<&Preview>) -> String {
    let to = preview.map(|preview| match &preview.office_name {
        Some(office) if kind == ActionKind::Forward => office.of(language()).to_owned(),
        _ => name_of("stage", &preview.stage),
    });
    match to {
        Some(to) => fill(key::HELD_TO, &[("what", what), ("to", &to)]),
        None => fill(key::HELD_WAITS, &[("what", what)]),
    }
}

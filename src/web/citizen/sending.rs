//! Sends what waits on this phone: each entry takes effect once, however often the connection breaks or the page is opened.

use leptos::prelude::*;
use model::attachment::AttachmentKind;
use model::lodging::Problem;
use model::page::{CitizenPage, Page};
use model::wire::{Act, Endpoint, Lodge as LodgeCall, ProblemCode};
use model::{AttachmentId, Reference};
use web::api::{CallError, Conditions, call, post};
use web::draft::{DraftHandle, keep_receipt, keep_typed};
use web::i18n::{fill, key, t};
use web::person;
use web::route::announce;
use web::unsent::{self, Acting, Entry, Patience, What, is_refused};
use web::upload::{self, Unfit, UploadLock};

/// Sends an entry as far as the connection allows. `told` is called at every step, and after an action once with the
/// case as the server returned it.
///
/// # Errors
/// [`CallError::Network`] where it has to be retried; a problem where the server refuses it.
pub async fn send(entry: &mut Entry, told: impl Fn(&Entry, Option<String>)) -> Result<(), CallError> {
    let Some(_lock) = UploadLock::take(&entry.key) else { return Ok(()) };
    if entry.since <= 0.0 {
        // Sent before the server's time was known: its age counts from now.
        entry.since = Entry::now();
    }
    if !entry.is_taken() {
        let view = match take(entry).await {
            // It waited so long that the server has deleted the uploads: they are created again.
            Err(CallError::Problem(problem)) if are_forgotten(&problem.errors) => {
                for pending in entry.pending.iter_mut().chain(&mut entry.voice) {
                    let gone = match &pending.id {
                        Some(id) => !upload::is_known(id).await?,
                        None => true,
                    };
                    if gone {
                        (pending.id, pending.sent) = (None, false);
                    }
                }
                take(entry).await?
            }
            answer => answer?,
        };
        unsent::put(entry);
        told(entry, view);
    }
    let mut unfit = None;
    loop {
        let next = entry.all_pending().find(|pending| pending.is_to_go()).cloned();
        let Some(pending) = next else { break };
        let sent = upload::send(&pending, |_| {}).await;
        let refused = match &sent {
            Ok(()) => None,
            Err(error) => match Unfit::of(error) {
                // Not a photo, or unknown to the server: the entry is sent without it, and the person is told.
                Some(unfit) => Some(unfit),
                None => return sent,
            },
        };
        for known in entry.pending.iter_mut().chain(&mut entry.voice).filter(|known| known.local == pending.local) {
            (known.sent, known.unfit) = (refused.is_none(), refused);
        }
        if let (Some(why), Err(error)) = (refused, &sent) {
            unfit = Some(error.clone());
            entry.problem = Some(match pending.kind {
                AttachmentKind::Voice => error.message(),
                AttachmentKind::Photo => format!("{} {}", t(key::PHOTOS_WITHOUT), t(why.key())),
            });
        }
        unsent::put(entry);
        told(entry, None);
    }
    if let Some(error) = unfit {
        return Err(error);
    }
    for pending in entry.all_pending() {
        upload::forget(&pending.local).await;
    }
    unsent::remove(&entry.key);
    Ok(())
}

/// Whether the only problem is that the server has deleted the uploads that belong to the grievance.
fn are_forgotten(problems: &[Problem]) -> bool {
    !problems.is_empty() && problems.iter().all(|one| matches!(one, Problem::PhotoUnknown | Problem::VoiceUnknown))
}

/// Creates the uploads at the server, then sends the grievance or the action that names them; returns the case after an
/// action.
async fn take(entry: &mut Entry) -> Result<Option<String>, CallError> {
    for pending in entry.pending.iter_mut().chain(&mut entry.voice) {
        if pending.id.is_none() && pending.unfit.is_none() {
            pending.id = Some(upload::announce(pending.kind, pending.length).await?);
        }
    }
    let photos: Vec<AttachmentId> = entry.pending.iter().filter_map(|pending| pending.id.clone()).collect();
    if let What::Lodging(form) = &mut entry.what {
        form.voice = entry.voice.as_ref().and_then(|pending| pending.id.clone());
        form.photos.clone_from(&photos);
    }
    // Stored before it is sent: a retry must use the same key and the same photos, because the server may have it
    // already.
    unsent::put(entry);
    let with = Conditions { key: Some(entry.key.clone()), ..Conditions::default() };
    match &mut entry.what {
        What::Lodging(form) => {
            let receipt = call(&LodgeCall {}, form, with).await?;
            keep_receipt(&receipt);
            entry.receipt = Some(receipt);
            Ok(None)
        }
        What::Acting(acting) => {
            let mark = Some(acting.mark.clone()).filter(|mark| !mark.is_empty());
            let with = Conditions { version: Some(acting.version), mark, ..with };
            let path = Act { reference: acting.reference }.path();
            let view = post(&path, &acting.with_photos(&photos), with).await?;
            acting.taken = true;
            Ok(Some(view))
        }
    }
}

/// An entry that arrived while the page was open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrived {
    /// The grievance.
    pub reference: Reference,
    /// Whether it is a new grievance.
    pub lodged: bool,
}

impl Arrived {
    /// The entry as arrived; `None` where it has not.
    #[must_use]
    pub fn of(entry: &Entry) -> Option<Self> {
        match &entry.what {
            What::Lodging(_) => Some(Self { reference: entry.receipt.as_ref()?.reference, lodged: true }),
            What::Acting(acting) => Some(Self { reference: acting.reference, lodged: false }),
        }
    }
}

/// Whether it waits for its writer to sign in.
pub fn waits_for_sign_in(entry: &Entry) -> bool {
    let signed_out = match &entry.what {
        What::Lodging(_) => false,
        What::Acting(acting) => acting.signed_out,
    };
    !entry.is_taken() && (signed_out || !is_ours(entry))
}

/// Whether the person whom the page shows may send it: nobody else on the same phone sends what somebody wrote.
fn is_ours(entry: &Entry) -> bool {
    let shown = person::mark();
    match &entry.what {
        What::Lodging(_) => true,
        What::Acting(acting) => shown.is_empty() || acting.mark == shown,
    }
}

/// The storage key of the text of an action until it is sent.
#[must_use]
pub fn place_of(reference: Reference, kind: &str) -> String {
    format!("pratikar.act.{reference}.{kind}")
}

/// Puts the text and photos of a refused action back into its form; returns the form's page.
pub fn take_up_again(handle: DraftHandle, entry: &Entry, acting: &Acting) -> CitizenPage {
    let place = place_of(acting.reference, &acting.kind);
    keep_typed(&place, &acting.words);
    handle.album_of(&place).fill(entry.pending.clone());
    unsent::remove(&entry.key);
    CitizenPage::of(&acting.page)
}

/// The queue as shown on the screen.
#[derive(Clone, Copy)]
pub struct Waiting {
    /// Entries not completely sent.
    pub left: RwSignal<Vec<Entry>>,
    /// Entries that arrived while the page was open.
    pub arrived: RwSignal<Vec<Arrived>>,
    /// The pauses between retries.
    pub patience: Patience,
}

impl Waiting {
    /// Reads the queue from the phone again.
    pub fn refresh(self) {
        self.left.try_set(unsent::entries());
    }

    /// The writer of an entry has signed out: it stays until they sign in again.
    pub fn signed_out(self) {
        for mut entry in unsent::entries() {
            if let What::Acting(acting) = &mut entry.what {
                acting.signed_out = true;
                unsent::put(&entry);
            }
        }
        self.refresh();
    }

    /// Sends everything that waits, with retries. `refused_too`: also what was refused, where a person asks for it.
    pub fn send_all(self, refused_too: bool) {
        leptos::task::spawn_local(async move {
            for mut entry in unsent::entries() {
                if entry.problem.is_some() && !refused_too || !is_ours(&entry) {
                    continue;
                }
                let sent = send(&mut entry, move |_, _| self.refresh()).await;
                if let What::Acting(acting) = &mut entry.what
                    && let Some(ProblemCode::SignInNeeded | ProblemCode::OtherPerson) =
                        sent.as_ref().err().and_then(CallError::code)
                {
                    acting.signed_out = true;
                    unsent::put(&entry);
                }
                if let Err(error) = &sent
                    && !entry.is_taken()
                    && is_refused(error)
                {
                    entry.problem = Some(error.message());
                    unsent::put(&entry);
                }
                if sent.is_ok()
                    && let Some(arrived) = Arrived::of(&entry)
                    && !unsent::entries().iter().any(|known| known.key == entry.key)
                {
                    announce(&fill(key::QUEUE_SENT, &[("number", &arrived.reference.grouped())]));
                    self.arrived.try_update(|all| {
                        all.retain(|known| *known != arrived);
                        all.push(arrived);
                    });
                }
                self.refresh();
            }
            // Another tab may have sent what this one waits for.
            self.refresh();
            if self.left.try_with_untracked(|left| left.iter().any(|entry| entry.problem.is_none())) == Some(true) {
                self.patience.later(move || self.send_all(false));
            }
        });
    }

    /// Retries at once, because the connection is back or a person asks for it.
    pub fn hurry(self, refused_too: bool) {
        self.patience.start_anew();
        self.send_all(refused_too);
    }
}

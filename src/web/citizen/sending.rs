//! Sending what is in the outbox: each entry once, however often the line breaks or the page is opened.

use super::CitizenPage;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use model::attachment::AttachmentKind;
use model::lodging::Problem;
use model::wire::{Act, Endpoint, Lodge as LodgeCall, ProblemCode};
use model::{AttachmentId, Reference};
use web::api::{CallError, Conditions, call, post};
use web::draft::{First, keep_receipt, keep_typed};
use web::i18n::{fill, key, t};
use web::outbox::{self, Acting, Entry, What};
use web::person;
use web::route::{Page, announce};
use web::upload::{self, Turn, Unfit};

/// Sends an entry as far as the line goes; `told` hears of every step, and after an action once of the
/// case, as the server wrote it.
///
/// # Errors
/// [`CallError::Network`] where it has to be tried again; a problem where the server will not have it.
pub async fn send(entry: &mut Entry, told: impl Fn(&Entry, Option<String>)) -> Result<(), CallError> {
    let Some(_turn) = Turn::take(&entry.key) else { return Ok(()) };
    if entry.since <= 0.0 {
        // Sent off before the time was known: it counts from now.
        entry.since = Entry::now();
    }
    if !entry.is_taken() {
        let view = match take(entry).await {
            // They waited so long that the server has forgotten them: it is told of them anew.
            Err(CallError::Problem(problem)) if are_forgotten(&problem.errors) => {
                for held in entry.held.iter_mut().chain(&mut entry.voice) {
                    let gone = match &held.id {
                        Some(id) => !upload::is_known(id).await?,
                        None => true,
                    };
                    if gone {
                        (held.id, held.sent) = (None, false);
                    }
                }
                take(entry).await?
            }
            answer => answer?,
        };
        outbox::put(entry);
        told(entry, view);
    }
    let mut unfit = None;
    loop {
        let next = entry.all_held().find(|held| held.is_to_go()).cloned();
        let Some(held) = next else { break };
        let sent = upload::send(&held, |_| {}).await;
        let refused = match &sent {
            Ok(()) => None,
            Err(error) => match Unfit::of(error) {
                // It is no photo, or nobody knows of it: it stands without it, and the person is told.
                Some(unfit) => Some(unfit),
                None => return sent,
            },
        };
        for known in entry.held.iter_mut().chain(&mut entry.voice).filter(|known| known.local == held.local) {
            (known.sent, known.unfit) = (refused.is_none(), refused);
        }
        if let (Some(why), Err(error)) = (refused, &sent) {
            unfit = Some(error.clone());
            entry.problem = Some(match held.kind {
                AttachmentKind::Voice => error.message(),
                AttachmentKind::Photo => format!("{} {}", t(key::PHOTOS_WITHOUT), t(why.key())),
            });
        }
        outbox::put(entry);
        told(entry, None);
    }
    if let Some(error) = unfit {
        return Err(error);
    }
    for held in entry.all_held() {
        upload::forget(&held.local).await;
    }
    outbox::remove(&entry.key);
    Ok(())
}

/// Whether all that is wrong is that the server has forgotten what was to go with the grievance.
fn are_forgotten(problems: &[Problem]) -> bool {
    !problems.is_empty() && problems.iter().all(|one| matches!(one, Problem::PhotoUnknown | Problem::VoiceUnknown))
}

/// Whether a grievance need not be tried again as it is.
fn is_refused(error: &CallError) -> bool {
    let passing = [
        ProblemCode::Unavailable,
        ProblemCode::TooMany,
        ProblemCode::Internal,
        ProblemCode::TooSlow,
        ProblemCode::NotFound,
        // Once who wrote it is signed in, it goes.
        ProblemCode::OtherPerson,
        ProblemCode::SignInNeeded,
    ];
    error.code().is_some_and(|code| !passing.contains(&code))
}

/// Tells the server of everything that goes along, then of the grievance or the action that names it; answers the case after
/// an action.
async fn take(entry: &mut Entry) -> Result<Option<String>, CallError> {
    for held in entry.held.iter_mut().chain(&mut entry.voice) {
        if held.id.is_none() && held.unfit.is_none() {
            held.id = Some(upload::announce(held.kind, held.length).await?);
        }
    }
    let photos: Vec<AttachmentId> = entry.held.iter().filter_map(|held| held.id.clone()).collect();
    if let What::Lodging(form) = &mut entry.what {
        form.voice = entry.voice.as_ref().and_then(|held| held.id.clone());
        form.photos.clone_from(&photos);
    }
    // Kept before it goes: what the server may have by then is named by the same key and photos next time.
    outbox::put(entry);
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

/// When to try again by itself: after 5 s, then after twice as long each time, a quarter of an hour at the most, and never all
/// phones of a village at the same moment (OFF-06).
#[derive(Clone, Copy)]
pub struct Patience {
    tries: StoredValue<u32>,
    next: StoredValue<Option<Timeout>, LocalStorage>,
}

impl Patience {
    /// As long as the page that makes it.
    #[must_use]
    pub fn new() -> Self {
        let patience = Self { tries: StoredValue::new(0), next: StoredValue::new_local(None) };
        on_cleanup(move || patience.stop());
        patience
    }

    /// Tries again after a while, longer than before.
    pub fn later(self, again: impl FnOnce() + 'static) {
        let tries = self.tries.try_get_value().unwrap_or_default().min(8);
        self.tries.try_set_value(tries + 1);
        let longest = (5_000 << tries).min(900_000u32);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most a quarter of an hour
        let pause = (f64::from(longest) * (0.75 + js_sys::Math::random() / 4.0)) as u32;
        self.next.try_set_value(Some(Timeout::new(pause, again)));
    }

    /// There is a line, or somebody to hurry for: the pauses begin anew.
    pub fn start_anew(self) {
        self.tries.try_set_value(0);
    }

    /// Does not try by itself any more.
    pub fn stop(self) {
        self.next.try_update_value(Option::take);
    }
}

/// What has arrived while the page was open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrived {
    /// The grievance.
    pub reference: Reference,
    /// Whether it is new.
    pub lodged: bool,
}

impl Arrived {
    /// What an entry is once it has arrived.
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

/// Whether whoever the page shows may send it: what somebody wrote is sent by nobody else on the same phone.
fn is_ours(entry: &Entry) -> bool {
    let shown = person::mark();
    match &entry.what {
        What::Lodging(_) => true,
        What::Acting(acting) => shown.is_empty() || acting.mark == shown,
    }
}

/// Where what is written for an action is kept until it goes.
#[must_use]
pub fn place_of(reference: Reference, kind: &str) -> String {
    format!("pratikar.act.{reference}.{kind}")
}

/// Puts the words and photos of an action that was refused back where they were written; answers the page.
pub fn take_up_again(first: First, entry: &Entry, acting: &Acting) -> CitizenPage {
    let place = place_of(acting.reference, &acting.kind);
    keep_typed(&place, &acting.words);
    first.album_of(&place).fill(entry.held.clone());
    outbox::remove(&entry.key);
    CitizenPage::of(&acting.page)
}

/// What is on its way, for the screen.
#[derive(Clone, Copy)]
pub struct Waiting {
    /// Not all of it has arrived.
    pub left: RwSignal<Vec<Entry>>,
    /// Arrived while the page was open.
    pub arrived: RwSignal<Vec<Arrived>>,
    /// When to try again.
    pub patience: Patience,
}

impl Waiting {
    /// Looks again at what is on this phone.
    pub fn refresh(self) {
        self.left.try_set(outbox::entries());
    }

    /// Whoever wrote what waits has signed out: it stays until they sign in.
    pub fn signed_out(self) {
        for mut entry in outbox::entries() {
            if let What::Acting(acting) = &mut entry.what {
                acting.signed_out = true;
                outbox::put(&entry);
            }
        }
        self.refresh();
    }

    /// Tries everything that waits; whoever is told to hurry by the line, the clock or a person calls this. A person also
    /// tries what was refused.
    pub fn send_all(self, refused_too: bool) {
        leptos::task::spawn_local(async move {
            for mut entry in outbox::entries() {
                if entry.problem.is_some() && !refused_too || !is_ours(&entry) {
                    continue;
                }
                let sent = send(&mut entry, move |_, _| self.refresh()).await;
                if let What::Acting(acting) = &mut entry.what
                    && let Some(ProblemCode::SignInNeeded | ProblemCode::OtherPerson) =
                        sent.as_ref().err().and_then(CallError::code)
                {
                    acting.signed_out = true;
                    outbox::put(&entry);
                }
                if let Err(error) = &sent
                    && !entry.is_taken()
                    && is_refused(error)
                {
                    entry.problem = Some(error.message());
                    outbox::put(&entry);
                }
                if sent.is_ok()
                    && let Some(arrived) = Arrived::of(&entry)
                    && !outbox::entries().iter().any(|known| known.key == entry.key)
                {
                    announce(&fill(key::QUEUE_SENT, &[("number", &arrived.reference.grouped())]));
                    self.arrived.try_update(|all| {
                        all.retain(|known| *known != arrived);
                        all.push(arrived);
                    });
                }
                self.refresh();
            }
            // Another panel may have sent what this one waits for.
            self.refresh();
            if self.left.try_with_untracked(|left| left.iter().any(|entry| entry.problem.is_none())) == Some(true) {
                self.patience.later(move || self.send_all(false));
            }
        });
    }

    /// Tries at once, because of the line or of somebody.
    pub fn hurry(self, refused_too: bool) {
        self.patience.start_anew();
        self.send_all(refused_too);
    }
}

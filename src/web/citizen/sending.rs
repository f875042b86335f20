//! Sending what is in the outbox: each entry once, however often the line breaks or the page is opened.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use model::api::{Lodge as LodgeCall, ProblemCode, Receipt};
use model::attachment::AttachmentKind;
use model::lodging::Problem;
use std::cell::RefCell;
use std::collections::BTreeSet;
use web::api::{CallError, Conditions, call};
use web::draft::keep_receipt;
use web::i18n::{fill, key};
use web::outbox::{self, Entry};
use web::route::announce;
use web::upload;

thread_local! {
    /// What is being sent just now.
    static UNDER_WAY: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// Bears witness that nobody else sends the same; given back when dropped.
struct Turn(String);

impl Turn {
    fn take(name: &str) -> Option<Self> {
        UNDER_WAY.with_borrow_mut(|under_way| under_way.insert(name.to_owned())).then(|| Self(name.to_owned()))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        UNDER_WAY.with_borrow_mut(|under_way| under_way.remove(&self.0));
    }
}

/// Sends an entry as far as the line goes; `told` hears of every step.
///
/// # Errors
/// [`CallError::Network`] where it has to be tried again; a problem where the server will not have it.
pub async fn send(entry: &mut Entry, told: impl Fn(&Entry)) -> Result<(), CallError> {
    let Some(_turn) = Turn::take(&entry.key) else { return Ok(()) };
    if entry.since <= 0.0 {
        // Sent off before the time was known: it counts from now.
        entry.since = Entry::now();
    }
    if entry.receipt.is_none() {
        let receipt = match lodge(entry).await {
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
                lodge(entry).await?
            }
            answer => answer?,
        };
        keep_receipt(&receipt);
        entry.receipt = Some(receipt);
        outbox::put(entry);
        told(entry);
    }
    loop {
        let next = entry.all_held().find(|held| !held.sent).cloned();
        let Some(held) = next else { break };
        match push(&held, |_| {}).await {
            Ok(()) => {}
            // What was said may be all that there is: it stays on the phone, and the person is told.
            Err(error) if is_final(&error) && held.kind == AttachmentKind::Voice => {
                entry.problem = Some(error.message());
                outbox::put(entry);
                return Err(error);
            }
            // It is no photo, or nobody knows of it: the grievance stands without it.
            Err(error) if is_final(&error) => upload::forget(&held.local).await,
            Err(error) => return Err(error),
        }
        for known in entry.held.iter_mut().chain(&mut entry.voice).filter(|known| known.local == held.local) {
            known.sent = true;
        }
        outbox::put(entry);
        told(entry);
    }
    if let Some(voice) = &entry.voice {
        upload::forget(&voice.local).await;
    }
    outbox::remove(&entry.key);
    Ok(())
}

/// Whether all that is wrong is that the server has forgotten what was to go with the grievance.
fn are_forgotten(problems: &[Problem]) -> bool {
    !problems.is_empty() && problems.iter().all(|one| matches!(one, Problem::PhotoUnknown | Problem::VoiceUnknown))
}

/// Whether an upload need not be tried again.
pub fn is_final(error: &CallError) -> bool {
    use ProblemCode::{AudioTooLong, ImageTooLarge, NotAnImage, NotAudio, NotFound};
    matches!(error.code(), Some(NotAnImage | ImageTooLarge | NotAudio | AudioTooLong | NotFound))
}

/// Whether a grievance need not be tried again as it is.
fn is_refused(error: &CallError) -> bool {
    let passing = [
        ProblemCode::Unavailable,
        ProblemCode::TooMany,
        ProblemCode::Internal,
        ProblemCode::TooSlow,
        ProblemCode::NotFound,
        // The page says so; once it shows who is signed in, it goes.
        ProblemCode::OtherPerson,
    ];
    error.code().is_some_and(|code| !passing.contains(&code))
}

/// Tells the server of everything that goes along, then of the grievance that names it.
async fn lodge(entry: &mut Entry) -> Result<Receipt, CallError> {
    for held in entry.held.iter_mut().chain(&mut entry.voice) {
        if held.id.is_none() {
            held.id = Some(upload::announce(held.kind, held.length).await?);
        }
    }
    entry.form.voice = entry.voice.as_ref().and_then(|held| held.id.clone());
    entry.form.photos = entry.held.iter().filter_map(|held| held.id.clone()).collect();
    // Kept before it goes: what the server may have by then is named by the same key and photos next time.
    outbox::put(entry);
    let with = Conditions { key: Some(entry.key.clone()), ..Conditions::default() };
    call(&LodgeCall {}, &entry.form, with).await
}

/// Sends a photo or a spoken note as far as the line goes. One that is gone from this phone counts as sent: there is nothing more to be
/// done for it.
///
/// # Errors
/// [`CallError::Network`] where it has to go on another time; a problem where the server will not have it.
pub async fn push(held: &upload::Held, progress: impl Fn(u32)) -> Result<(), CallError> {
    let (Some(id), Some(_turn)) = (&held.id, Turn::take(&held.local)) else { return Err(CallError::Network) };
    let Some(blob) = upload::load(held).await else { return Ok(()) };
    upload::push(id, &blob, progress).await?;
    // What was said can be heard again until the grievance has gone.
    if held.kind == AttachmentKind::Photo {
        upload::forget(&held.local).await;
    }
    Ok(())
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

/// What is on its way, for the screen.
#[derive(Clone, Copy)]
pub struct Waiting {
    /// Not all of it has arrived.
    pub left: RwSignal<Vec<Entry>>,
    /// Arrived while the page was open.
    pub arrived: RwSignal<Vec<Receipt>>,
    /// When to try again.
    pub patience: Patience,
}

impl Waiting {
    /// Looks again at what is on this phone.
    pub fn refresh(self) {
        self.left.try_set(outbox::entries());
    }

    /// Tries everything that waits; whoever is told to hurry by the line, the clock or a person calls this. A person also
    /// tries what was refused.
    pub fn send_all(self, refused_too: bool) {
        leptos::task::spawn_local(async move {
            for mut entry in outbox::entries() {
                if entry.problem.is_some() && !refused_too {
                    continue;
                }
                let sent = send(&mut entry, move |_| self.refresh()).await;
                if let Err(error) = &sent
                    && entry.receipt.is_none()
                    && is_refused(error)
                {
                    entry.problem = Some(error.message());
                    outbox::put(&entry);
                }
                if let (Ok(()), Some(receipt)) = (sent, entry.receipt)
                    && !outbox::entries().iter().any(|known| known.key == entry.key)
                {
                    announce(&fill(key::QUEUE_SENT, &[("number", &receipt.reference.grouped())]));
                    self.arrived.try_update(|arrived| {
                        arrived.retain(|known| known.reference != receipt.reference);
                        arrived.push(receipt);
                    });
                }
                self.refresh();
            }
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

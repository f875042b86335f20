//! Cases that an officer or a validator takes along to where there is no line: the first fifty of their worklist, complete or not
//! at all, for 72 hours. With them goes the app itself, so that it starts without a line.

mod vault;
mod worker;

use crate::drafts;
use leptos::prelude::*;
use model::wire::{CaseView, DeviceKey, Due, Me, Pack, QueuePage, TakeAlong};
use model::{Duty, Reference, Role, Time};
use std::sync::Arc;
use vault::Kept;
use web::api::{self, CallError, Conditions};
use web::component::SubmitButton;
use web::format::{counted, moment, now};
use web::i18n::{fill, key, t};
use web::json;

/// Milliseconds after which somebody who has cases along is shown those in the place of an answer.
const PATIENCE: u32 = 6_000;

/// The cases that were taken along on this device by whom the page shows.
#[derive(Clone, Copy)]
pub struct Along {
    pack: RwSignal<Option<Arc<Pack>>>,
    /// Whether the page shows them in the place of what the server would answer.
    pub without_line: RwSignal<bool>,
}

/// Why nothing was taken along.
#[derive(Debug, Clone, PartialEq)]
enum Failure {
    Call(CallError),
    /// The app or the cases could not be stored.
    NoRoom,
}

impl Along {
    /// Provides them above all pages.
    #[must_use]
    pub fn provide() -> Self {
        let along = Self { pack: RwSignal::new(None), without_line: RwSignal::new(false) };
        provide_context(along);
        along
    }

    /// Those of this app.
    #[must_use]
    pub fn of_app() -> Option<Self> {
        use_context()
    }

    /// Who took cases along on this device and can go on with them without a line; `None` where nobody did, or the time is
    /// over.
    pub async fn begin_without_line(self) -> Option<Me> {
        let kept = vault::read().await?;
        let me: Me = json::from(&json::read(&kept.who)?)?;
        self.show(&kept, &me).await?;
        self.without_line.set(true);
        Some(me)
    }

    /// Somebody has signed in: shows what they have taken along, and deletes what is too old or somebody else's.
    pub async fn open(self, me: &Me) {
        if self.pack.with_untracked(Option::is_some) {
            return;
        }
        let Some(kept) = vault::read().await else { return };
        let own = json::read(&kept.who).and_then(|who| json::from::<Me>(&who)).is_some_and(|who| who.mark == me.mark);
        let was_locked = kept.key.is_none();
        let key = drafts::import(&me.device_key.0).await;
        let kept = Kept { key: key.or(kept.key), ..kept };
        if !own || self.show(&kept, me).await.is_none() {
            self.forget().await;
        } else if was_locked {
            let _ = vault::write(&kept).await;
        }
    }

    async fn show(self, kept: &Kept, me: &Me) -> Option<()> {
        let text = drafts::decrypt(kept.key.as_ref()?, &kept.secret).await?;
        let pack: Pack = json::from(&json::read(&text)?)?;
        // Where no server has told the time yet, the device's own must do.
        let now = now().or_else(|| Time::from_timestamp_millis(web::clock::now()))?;
        let holds = me.actor.is_some() && pack.until.is_some_and(|until| now < until);
        if !holds {
            return None;
        }
        self.pack.try_set(Some(Arc::new(pack)));
        Some(())
    }

    /// The key with which this device encrypts, where the server cannot be asked for it.
    pub async fn key() -> Option<web_sys::CryptoKey> {
        vault::read().await?.key
    }

    /// Takes the first cases of the worklist along, in the place of those taken before.
    async fn take(self, me: Me) -> Result<(), Failure> {
        let pack = api::get(&TakeAlong {}).await.map_err(Failure::Call)?;
        if !worker::take_along().await {
            return Err(Failure::NoRoom);
        }
        let stored = async {
            let key = drafts::import(&me.device_key.0).await?;
            let secret = drafts::encrypt(&key, &json::text(&json::value(&pack))).await?;
            let who = json::text(&json::value(&Me { device_key: DeviceKey::default(), ..me }));
            vault::write(&Kept { key: Some(key), who, secret }).await
        };
        if stored.await.is_none() {
            // What lay there before is no longer whole.
            self.forget().await;
            return Err(Failure::NoRoom);
        }
        self.pack.try_set(Some(Arc::new(pack)));
        Ok(())
    }

    /// The session has ended: what was taken along stays, and nobody reads it before they have signed in.
    pub fn close(self) {
        self.pack.set(None);
        leptos::task::spawn_local(vault::lock());
    }

    /// Deletes it; when somebody signs out, or does not need it any more.
    pub async fn forget(self) {
        self.pack.try_set(None);
        vault::forget().await;
    }

    /// How long the server may take to answer; not long where there is something to show in its place.
    pub fn patience(self) -> Conditions {
        let patience = vault::is_filled().then_some(PATIENCE);
        Conditions { patience, ..Conditions::default() }
    }

    /// The server's answer; without a line, what was taken along in its place.
    ///
    /// # Errors
    /// The server's, and [`CallError::Network`] where nothing was taken along in its place.
    pub fn or_along<T>(
        self,
        answer: Result<T, CallError>,
        along: impl FnOnce(&Pack) -> Option<T>,
    ) -> Result<T, CallError> {
        let there = self.pack.try_get_untracked().flatten();
        let answer = match answer {
            Err(CallError::Network) => {
                let found = there.as_deref().and_then(along).ok_or(CallError::Network);
                self.without_line.try_set(found.is_ok());
                return found;
            }
            answer => answer,
        };
        self.without_line.try_set(false);
        answer
    }
}

/// A case that was taken along.
pub fn case(pack: &Pack, reference: Reference) -> Option<CaseView> {
    pack.cases.iter().find(|case| case.line.reference == reference).cloned()
}

/// The worklist as it was taken along, or those of its cases whose limit is this near.
pub fn page(pack: &Pack, due: Option<Due>) -> QueuePage {
    let mut page = QueuePage { next: None, with_others: Vec::new(), ..pack.page.clone() };
    if let Some((due, now)) = due.zip(now()) {
        let (from, to) = due.span(now);
        let within = |limit: Time| from.is_none_or(|from| from < limit) && to.is_none_or(|to| limit <= to);
        page.rows.retain(|line| line.due.map_or(due == Due::Later, within));
    }
    page
}

/// That the page shows what was taken along; on each page that may.
#[component]
pub fn WithoutLine() -> impl IntoView {
    let without = move || Along::of_app().is_some_and(|along| along.without_line.get());
    let told = move || {
        let at = Along::of_app().and_then(|along| along.pack.with(|pack| pack.as_ref().and_then(|pack| pack.made_at)));
        fill(key::ALONG_WITHOUT_LINE, &[("at", &at.map(moment).unwrap_or_default())])
    };
    view! { <div role="status">{move || without().then(|| view! { <p class="notice without-line">{told}</p> })}</div> }
}

/// Takes cases along, says what lies on the device since when, and that there is no line.
#[component]
pub fn AlongPanel(role: Role) -> impl IntoView {
    let along = Along::of_app().filter(|_| role.has(Duty::TakeAlong));
    along.map(|along| view! { <Panel along/> })
}

#[component]
fn Panel(along: Along) -> impl IntoView {
    let session = crate::session::use_session();
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<Failure>));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let me = session.with_untracked(|session| session.loaded().cloned());
        let Some(me) = me.filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        failed.set(None);
        leptos::task::spawn_local(async move {
            let taken = along.take(me).await;
            busy.try_set(false);
            failed.try_set(taken.err());
        });
    };
    let pack = along.pack;
    let told = move || {
        pack.with(|pack| match pack {
            None => t(key::ALONG_HINT),
            Some(pack) => {
                let at = |at: Option<Time>| at.map(moment).unwrap_or_default();
                let count = counted(key::ALONG_COUNT, pack.cases.len());
                fill(key::ALONG_HERE, &[("cases", &count), ("at", &at(pack.made_at)), ("until", &at(pack.until))])
            }
        })
    };
    let error = move || {
        failed.get().map(|failed| match failed {
            Failure::Call(error) => error.message(),
            Failure::NoRoom => t(key::ALONG_NO_ROOM),
        })
    };
    let label = move || t(if pack.with(Option::is_some) { key::ALONG_RENEW } else { key::ALONG_TAKE });
    let remove = move |_| leptos::task::spawn_local(along.forget());
    view! {
        <details class="along">
            <summary>{t(key::ALONG_TITLE)}</summary>
            <form novalidate on:submit=submit>
                <p class="hint" role="status">{told}</p>
                <div role="alert">{move || error().map(|words| view! { <p class="error">{words}</p> })}</div>
                <p class="buttons">
                    {move || view! { <SubmitButton label=label() busy_label=t(key::ALONG_BUSY) busy=busy.into()/> }}
                    {move || pack.with(Option::is_some).then(|| view! { <button type="button" class="link" on:click=remove>{t(key::ALONG_REMOVE)}</button> })}
                </p>
            </form>
        </details>
    }
}

use super::field::described;
use super::{Errors, FieldError};
use crate::api::new_key;
use crate::format::digits;
use crate::i18n::{fill, key, t};
use crate::route::{announce, focus_later};
use crate::upload::{self, PendingUpload, Unfit};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use model::AttachmentId;
use model::lodging::PHOTO_LIMIT;
use model::wire::photo_path;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use wasm_bindgen::JsCast;
use web_sys::{Blob, File, HtmlInputElement, Url};

/// The chosen photos of a draft or an action. Outlives the page that shows them.
#[derive(Clone, Copy)]
pub struct Album {
    pending: Signal<Vec<PendingUpload>>,
    set: SignalSetter<Vec<PendingUpload>>,
}

impl Album {
    /// Photos that are part of a larger signal.
    #[must_use]
    pub fn of_part(pending: Signal<Vec<PendingUpload>>, set: SignalSetter<Vec<PendingUpload>>) -> Self {
        Self { pending, set }
    }

    /// Photos with a signal of their own.
    #[must_use]
    pub fn of(pending: RwSignal<Vec<PendingUpload>>) -> Self {
        Self { pending: pending.into(), set: pending.into() }
    }

    /// The photos in the order in which they were chosen; tracked.
    #[must_use]
    pub fn pending(self) -> Vec<PendingUpload> {
        self.pending.try_get().unwrap_or_default()
    }

    /// Like [`Album::pending`], but untracked.
    #[must_use]
    pub fn pending_now(self) -> Vec<PendingUpload> {
        self.pending.try_get_untracked().unwrap_or_default()
    }

    /// Whether some are being made smaller or uploaded.
    #[must_use]
    pub fn is_busy(self) -> bool {
        self.pending().iter().any(PendingUpload::is_on_its_way)
    }

    /// Shows these photos instead; the files of the earlier ones stay on the phone.
    pub fn fill(self, pending: Vec<PendingUpload>) {
        self.change(|all| *all = pending);
    }

    /// Whether it takes no further photo.
    #[must_use]
    pub fn is_full(self) -> bool {
        self.pending().len() >= PHOTO_LIMIT
    }

    /// Adds a photo that the app's own camera has taken, with when and where.
    pub fn add(self, photo: Blob, shot: String) {
        choose(photo, shot, self);
    }

    fn change(self, change: impl FnOnce(&mut Vec<PendingUpload>)) {
        let Some(mut pending) = self.pending.try_get_untracked() else { return };
        change(&mut pending);
        self.set.set(pending);
    }

    /// Updates a photo; false where it has been removed since.
    fn put(self, pending: &PendingUpload) -> bool {
        let mut known = false;
        self.change(|all| {
            if let Some(place) = all.iter_mut().find(|place| place.local == pending.local) {
                place.clone_from(pending);
                known = true;
            }
        });
        known
    }

    fn refuse(self, mut pending: PendingUpload, unfit: Unfit) {
        pending.unfit = Some(unfit);
        if self.put(&pending) {
            // Announced without moving the focus, because the person may be typing elsewhere.
            announce(&t(unfit.key()));
        }
        leptos::task::spawn_local(async move { upload::forget(&pending.local).await });
    }
}

thread_local! {
    /// Files chosen and not yet made smaller, first chosen first.
    static CHOSEN: RefCell<VecDeque<(Blob, PendingUpload, Album)>> = const { RefCell::new(VecDeque::new()) };
    /// Percentage uploaded, by the photo's name on the phone.
    static PERCENT: ArcRwSignal<HashMap<String, u32>> = ArcRwSignal::new(HashMap::new());
}

/// Accepts a chosen file. Files are made smaller one after the other, to keep their order and because small phones have
/// memory for one bitmap only.
fn choose(file: Blob, shot: String, album: Album) {
    let pending = PendingUpload { local: new_key(), shot, ..PendingUpload::default() };
    album.change(|all| all.push(pending.clone()));
    let first = CHOSEN.with_borrow_mut(|chosen| {
        chosen.push_back((file, pending, album));
        chosen.len() == 1
    });
    if !first {
        // The task that works on the file before this one goes on with it.
        return;
    }
    leptos::task::spawn_local(async {
        while let Some((file, pending, album)) = CHOSEN.with_borrow(|chosen| chosen.front().cloned()) {
            match upload::made_small(&file).await {
                Ok(small) => {
                    let kept = upload::keep(&pending.local, &small).await;
                    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most ten megabytes
                    let pending = PendingUpload { length: small.size() as u64, ..pending };
                    if !album.put(&pending) {
                        upload::forget(&pending.local).await;
                    } else {
                        if !kept {
                            announce(&t(key::QUEUE_FULL));
                        }
                        go(pending, album);
                    }
                }
                Err(unfit) => album.refuse(pending, unfit),
            }
            CHOSEN.with_borrow_mut(VecDeque::pop_front);
        }
    });
}

/// Waits until all chosen files have been made smaller.
pub async fn photos_are_ready() {
    while CHOSEN.with_borrow(|chosen| !chosen.is_empty()) {
        TimeoutFuture::new(100).await;
    }
}

/// Uploads a photo in the background as far as the connection allows.
fn go(pending: PendingUpload, album: Album) {
    leptos::task::spawn_local(async move {
        let local = pending.local.clone();
        let progress = |done: u32| {
            PERCENT.with(|percent| percent.write().insert(local.clone(), done));
        };
        let changed = |pending: &PendingUpload| {
            album.put(pending);
        };
        if let Err(unfit) = upload::arrive(pending.clone(), changed, progress).await {
            album.refuse(pending, unfit);
        }
    });
}

/// Chooses photos and uploads each at once while the person goes on.
#[component]
pub fn Photos(
    /// Id of the file input.
    #[prop(default = "photos")]
    id: &'static str,
    /// The label.
    #[prop(into)]
    label: String,
    /// The hint, as a key of the catalogues; by default that photos are welcome and not needed.
    #[prop(default = key::LODGE_PHOTOS_HINT)]
    hint: &'static str,
    /// Whether the label is the page's heading.
    #[prop(default = false)]
    heading: bool,
    /// The photos.
    album: Album,
    /// The form's errors.
    errors: Errors,
) -> impl IntoView {
    let send_all =
        move || album.pending_now().into_iter().filter(PendingUpload::is_to_go).for_each(|pending| go(pending, album));
    // Uploads of an earlier visit are resumed.
    send_all();
    let online = window_event_listener(leptos::ev::online, move |_| send_all());
    on_cleanup(move || online.remove());
    let take = move |file: File| {
        if album.pending_now().len() < PHOTO_LIMIT {
            choose(file.into(), String::new(), album);
        } else {
            errors.show_one(id, t(key::PROBLEM_PHOTOS_TOO_MANY));
        }
    };
    let status = move || album.is_busy().then(|| t(key::PHOTOS_LATER));
    view! {
        <FileField id label hint=t(hint) errors heading take=Callback::new(take)/>
        <ul class="photo-list">
            <For each=move || album.pending() key=|pending| pending.local.clone() let:pending><Chosen pending album id/></For>
        </ul>
        <p class="hint" role="status">{status}</p>
    }
}

/// One chosen photo: its thumbnail and how much is uploaded.
#[component]
fn Chosen(
    pending: PendingUpload,
    album: Album,
    /// Id of the file input.
    id: &'static str,
) -> impl IntoView {
    let local = StoredValue::new(pending.local.clone());
    let at =
        Memo::new(move |_| album.pending().iter().position(|known| local.with_value(|local| known.local == *local)));
    let pending = Memo::new(move |before: Option<&PendingUpload>| {
        let found = at.get().and_then(|at| album.pending().get(at).cloned());
        found.or_else(|| before.cloned()).unwrap_or_default()
    });
    let number = move || digits(&(at.get().unwrap_or(0) + 1).to_string());
    let name = move || fill(key::LODGE_PHOTOS_PHOTO, &[("n", &number())]);
    let percent = PERCENT.with(ArcRwSignal::clone);
    let state = move || {
        let pending = pending.get();
        match pending.unfit {
            Some(unfit) => return format!("{}: {}", name(), t(unfit.key())),
            None if pending.sent => return format!("{} – {}", name(), t(key::LODGE_PHOTOS_SENT)),
            None if pending.is_coming() => return format!("{} – {}", name(), t(key::PHOTOS_COMING)),
            None => {}
        }
        match percent.with(|percent| percent.get(&pending.local).copied()) {
            Some(done) => fill(key::PHOTOS_PROGRESS, &[("n", &number()), ("percent", &digits(&done.to_string()))]),
            None => fill(key::PHOTOS_WAITING, &[("n", &number())]),
        }
    };
    let sign = move || match pending.get() {
        PendingUpload { unfit: Some(_), .. } => "✗",
        PendingUpload { sent: true, .. } => "✓",
        _ => "…",
    };
    let shown = Memo::new(move |_| pending.with(|pending| pending.length > 0 && pending.unfit.is_none()));
    let remove = move |_| {
        let local = local.get_value();
        album.change(|all| all.retain(|pending| pending.local != local));
        // The focused button has been removed with the photo.
        focus_later(id);
        announce(&t(key::PHOTOS_REMOVED));
        leptos::task::spawn_local(async move { upload::forget(&local).await });
    };
    view! {
        <li class:sent=move || pending.get().sent class:unfit=move || pending.get().unfit.is_some()>
            {move || shown.get().then(|| view! { <Thumbnail pending=pending.get_untracked()/> })}
            <span class="tick" aria-hidden="true">{sign}</span>
            <span>{state}</span>
            <button type="button" class="link" aria-label=move || format!("{} {}", t(key::LODGE_PHOTOS_REMOVE), name()) on:click=remove>{t(key::LODGE_PHOTOS_REMOVE)}</button>
        </li>
    }
}

/// The thumbnail of a photo on this phone; nothing where the file is gone.
#[component]
fn Thumbnail(pending: PendingUpload) -> impl IntoView {
    let source: RwSignal<Option<String>> = RwSignal::new(None);
    leptos::task::spawn_local(async move {
        let url = upload::load(&pending).await.and_then(|blob| Url::create_object_url_with_blob(&blob).ok());
        if let Some(Some(late)) = source.try_set(url) {
            let _ = Url::revoke_object_url(&late);
        }
    });
    on_cleanup(move || {
        if let Some(url) = source.try_get_untracked().flatten() {
            let _ = Url::revoke_object_url(&url);
        }
    });
    // The text beside it names it.
    move || source.get().map(|url| view! { <img src=url alt="" width="64" height="64"/> })
}

/// A file field that hands on each chosen file.
#[component]
fn FileField(
    /// Id of the file input.
    id: &'static str,
    /// The label.
    #[prop(into)]
    label: String,
    /// The hint below the label; none where empty.
    #[prop(into)]
    hint: String,
    /// The form's errors.
    errors: Errors,
    /// Whether the label is the page's heading.
    #[prop(default = false)]
    heading: bool,
    /// Called with each file.
    take: Callback<File>,
) -> impl IntoView {
    let chosen = move |event: web_sys::Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        errors.clear();
        if let Some(files) = input.files() {
            (0..files.length()).filter_map(|index| files.get(index)).for_each(|file| take.run(file));
        }
        input.set_value("");
    };
    let label = if heading {
        view! { <h1><label for=id id=format!("{id}-label")>{label}</label></h1> }.into_any()
    } else {
        view! { <label for=id id=format!("{id}-label")>{label}</label> }.into_any()
    };
    // The visible text of the button is part of its accessible name, for speech control (A11Y-22).
    let named = format!("{id}-label {id}-choose");
    view! {
        <div class="field" class:wrong=move || errors.of(id).is_some()>
            {label}
            <p class="hint" id=format!("{id}-hint")>{hint}</p>
            <FieldError errors id/>
            <div class="choose">
                // Without HEIC in the list, an iPhone converts to JPEG itself.
                <input type="file" id=id accept="image/jpeg,image/png,image/webp" multiple aria-labelledby=named aria-describedby=move || described(errors, id, true) on:change=chosen/>
                <span class="button second" aria-hidden="true" id=format!("{id}-choose")>{t(key::LODGE_PHOTOS_CHOOSE)}</span>
            </div>
        </div>
    }
}

/// The photos of a case, each linked to its full size.
#[component]
pub fn PhotoStrip(photos: Vec<AttachmentId>) -> impl IntoView {
    (!photos.is_empty()).then(|| {
        let pictures = photos.into_iter().enumerate().map(|(index, photo)| {
            let alt = fill(key::CASE_PHOTO, &[("n", &digits(&(index + 1).to_string()))]);
            let (path, source) = (photo_path(&photo), photo_path(&photo));
            view! { <li><a href=path target="_blank" rel="noopener"><img src=source alt=alt loading="lazy" width="96" height="96"/></a></li> }
        });
        view! { <ul class="photos">{pictures.collect_view()}</ul> }
    })
}

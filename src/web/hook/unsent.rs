use crate::person;
use crate::start::document;
use crate::unsent::Patience;
use crate::unsent::call::{self, Unsent};
use leptos::ev;
use leptos::prelude::*;

/// The calls of this app that wait for a line.
#[derive(Clone, Copy)]
pub struct Queue {
    /// Those that have not arrived, oldest first.
    pub left: RwSignal<Vec<Unsent>>,
    /// Incremented whenever one has arrived.
    pub arrived: RwSignal<u32>,
    patience: Patience,
}

/// Sends what waits: at once, when there is a line, when the page is seen again, when somebody signs in, and after pauses that
/// grow. Once in an app, above its pages, which find it by [`Queue::of_app`].
#[must_use]
pub fn use_unsent() -> Queue {
    call::let_go();
    let queue = Queue { left: RwSignal::new(call::all()), arrived: RwSignal::new(0), patience: Patience::new() };
    provide_context(queue);
    queue.send_all(false);
    let online = window_event_listener(ev::online, move |_| queue.hurry(false));
    let seen = window_event_listener(ev::Custom::<web_sys::Event>::new("visibilitychange"), move |_| {
        if document().is_some_and(|document| !document.hidden()) {
            queue.hurry(false);
        }
    });
    // Another tab has sent something, or put it here.
    let elsewhere = window_event_listener(ev::Custom::<web_sys::Event>::new("storage"), move |_| queue.refresh());
    let shown = person::shown();
    Effect::new(move |before: Option<()>| {
        shown.track();
        if before.is_some() {
            queue.hurry(false);
        }
    });
    on_cleanup(move || {
        online.remove();
        seen.remove();
        elsewhere.remove();
    });
    queue
}

impl Queue {
    /// The queue of this app, where it has one.
    #[must_use]
    pub fn of_app() -> Option<Self> {
        use_context()
    }

    /// Sends off a call; false where the device has no room for it, and the page must keep it.
    #[must_use]
    pub fn put(self, unsent: &Unsent) -> bool {
        let kept = call::put(unsent);
        self.refresh();
        if kept {
            self.hurry(false);
        }
        kept
    }

    /// Takes a call out, to be written anew; false where it is not there any more, because it was sent.
    pub fn remove(self, key: &str) -> bool {
        let there = call::all().iter().any(|unsent| unsent.key == key && !unsent.taken);
        call::remove(key);
        self.refresh();
        there
    }

    /// Sends off what could be taken back until now.
    pub fn release(self, key: &str) {
        if let Some(held) = call::all().into_iter().find(|unsent| unsent.key == key) {
            let _ = call::put(&Unsent { held_until: 0.0, ..held });
            self.refresh();
            self.hurry(false);
        }
    }

    /// Sends everything of whom the page shows, also what could still be taken back; before they sign out.
    pub async fn flush(self) {
        for mut unsent in call::all().into_iter().filter(|unsent| unsent.is_ours() && unsent.problem.is_none()) {
            unsent.held_until = 0.0;
            if let Err(error) = call::send(&mut unsent, |_, _| ()).await {
                call::note(&mut unsent, &error);
            }
        }
        self.refresh();
    }

    /// Tries at once, because of the line or of somebody; a person also tries what was refused.
    pub fn hurry(self, refused_too: bool) {
        self.patience.start_anew();
        self.send_all(refused_too);
    }

    fn refresh(self) {
        self.left.try_set(call::all());
    }

    fn send_all(self, refused_too: bool) {
        leptos::task::spawn_local(async move {
            for mut unsent in call::all() {
                if !unsent.is_ours() || unsent.is_held() || (unsent.problem.is_some() && !refused_too) {
                    continue;
                }
                match call::send(&mut unsent, |_, _| self.refresh()).await {
                    Ok(()) => drop(self.arrived.try_update(|arrived| *arrived += 1)),
                    Err(error) => call::note(&mut unsent, &error),
                }
                self.refresh();
            }
            let waits = |unsent: &Unsent| unsent.problem.is_none() && unsent.is_ours();
            if self.left.try_with_untracked(|left| left.iter().any(waits)) == Some(true) {
                self.patience.later(move || self.send_all(false));
            }
        });
    }
}

//! How often one number and one address may lodge and upload (SEC-22). Generous by address: whole villages and whole
//! networks stand behind one.

use crate::api::guard::Address;
use crate::api::problem::Failure;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use model::PersonId;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

/// At once, and then one in so long: lodgings that name one number.
const BY_NUMBER: (u32, Duration) = (10, Duration::from_secs(7_200));
/// Lodgings from one address.
const BY_ADDRESS: (u32, Duration) = (300, Duration::from_secs(6));
/// Photos from one address.
const UPLOADS: (u32, Duration) = (120, Duration::from_secs(10));

/// Searches for like grievances from one address.
const LOOKS: (u32, Duration) = (120, Duration::from_secs(5));

type Keyed<K> = DefaultKeyedRateLimiter<K>;

/// The counters; they live as long as the program.
pub struct Limits {
    by_number: Keyed<(PersonId, bool)>,
    by_address: Keyed<Address>,
    uploads: Keyed<Address>,
    looks: Keyed<Address>,
}

fn limiter<K: Hash + Eq + Clone>((burst, every): (u32, Duration)) -> Option<Keyed<K>> {
    Some(Keyed::keyed(Quota::with_period(every)?.allow_burst(NonZeroU32::new(burst)?)))
}

impl Limits {
    /// New counters.
    #[must_use]
    pub fn new() -> Option<Self> {
        Some(Self {
            by_number: limiter(BY_NUMBER)?,
            by_address: limiter(BY_ADDRESS)?,
            uploads: limiter(UPLOADS)?,
            looks: limiter(LOOKS)?,
        })
    }

    /// Counts a lodging. Whoever has proved that the number is theirs is counted apart: strangers who name it cannot
    /// lock them out.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub fn lodging(&self, person: PersonId, proved: bool, address: Address) -> Result<(), Failure> {
        check(&self.by_address, &address).and_then(|()| check(&self.by_number, &(person, proved)))
    }

    /// Counts an upload.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub fn upload(&self, address: Address) -> Result<(), Failure> {
        check(&self.uploads, &address)
    }

    /// Counts a search for like grievances.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub fn look(&self, address: Address) -> Result<(), Failure> {
        check(&self.looks, &address)
    }

    /// Forgets whom no limit touches any more.
    pub fn sweep(&self) {
        self.by_number.retain_recent();
        self.by_address.retain_recent();
        self.uploads.retain_recent();
        self.looks.retain_recent();
    }
}

fn check<K: Hash + Eq + Clone>(limiter: &Keyed<K>, key: &K) -> Result<(), Failure> {
    limiter.check_key(key).map_err(|not_until| {
        let wait = not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
        Failure::too_many(u32::try_from(wait).unwrap_or(u32::MAX))
    })
}

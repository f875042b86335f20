//! Limits on how often a number and an address may lodge, upload and so on (SEC-22). Generous for addresses, since
//! whole villages and networks share one.

use crate::failure::Failure;
use crate::store::{self, Allowance, ReadingOf};
use governor::clock::{Clock, DefaultClock, QuantaInstant};
use governor::{DefaultKeyedRateLimiter, NotUntil, Quota};
use model::names::code_of;
use model::wire::{Problem, ProblemCode};
use model::{PersonId, Reference, StaffId};
use sha2::{Digest, Sha256};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// Keyed hash of a request's address: enough for limits, useless for finding anybody.
pub type Address = [u8; 32];

/// Lodgings that name one number from one address. Each limit is a number at once, then one in a certain time.
const BY_NUMBER: (u32, Duration) = (10, Duration::from_secs(7_200));
/// Lodgings that name one number, from all addresses together: a stranger at one address does not keep others from
/// lodging.
const BY_NUMBER_IN_ALL: (u32, Duration) = (60, Duration::from_secs(1_200));
/// Lodgings from one address that name unproved numbers. Beyond it a code is required, and a person who has one can go
/// on, so that one phone does not shut out a village behind the same address.
const BY_ADDRESS: (u32, Duration) = (100, Duration::from_secs(40));
/// Messages to unproved numbers caused by lodgings from one address, and to one such number. Beyond it the lodging is
/// accepted without a message.
const TOLD: (u32, Duration) = (60, Duration::from_secs(60));
const TOLD_NUMBER: (u32, Duration) = (5, Duration::from_secs(4 * 3_600));
/// Uploads from one address.
const UPLOADS: (u32, Duration) = (120, Duration::from_secs(10));
/// KiB of uploads from one address: 200 MB at once, then half a gigabyte a day.
const UPLOADED: (u32, Duration) = (200 * 1024, Duration::from_millis(165));

/// Searches for likely duplicates and categories from one address.
const LOOKS: (u32, Duration) = (60, Duration::from_secs(5));
/// KiB that an address may send once strangers' uploads fill their share of the disk: 20 MB, and as much a day.
const LITTLE: (u32, Duration) = (20 * 1024, Duration::from_millis(4_200));

/// Readings by one member of staff: numbers looked up, and all others. Far more than any work needs, far fewer than a
/// theft.
const LOOKED_UP: (u32, Duration) = (30, Duration::from_secs(20));
const READINGS: (u32, Duration) = (300, Duration::from_secs(2));
/// Searches that one member of staff takes away as tables.
const EXPORTS: (u32, Duration) = (10, Duration::from_secs(300));
/// Sessions opened by one link, from one address and in all.
const LINKS: (u32, Duration) = (10, Duration::from_secs(30));
const LINKS_IN_ALL: (u32, Duration) = (240, Duration::from_secs(2));

/// The kinds of limits, with their bounds.
macro_rules! limits {
    ($($name:ident: $bounds:expr),* $(,)?) => {
        /// A kind of limit.
        #[derive(Debug, Clone, Copy)]
        enum Of {
            $($name),*
        }

        impl Of {
            const ALL: &'static [Self] = &[$(Self::$name),*];

            /// So many at once, then one in this time.
            fn bounds(self) -> (u32, Duration) {
                match self {
                    $(Self::$name => $bounds),*
                }
            }
        }
    };
}

limits! {
    ByNumber: BY_NUMBER,
    ByNumberInAll: BY_NUMBER_IN_ALL,
    ByAddress: BY_ADDRESS,
    Told: TOLD,
    ToldNumber: TOLD_NUMBER,
    Uploads: UPLOADS,
    Uploaded: UPLOADED,
    Little: LITTLE,
    Looks: LOOKS,
    LookedUp: LOOKED_UP,
    Readings: READINGS,
    Links: LINKS,
    LinksInAll: LINKS_IN_ALL,
    Exports: EXPORTS,
}

/// What is counted, as a digest, so that nobody can be found by it.
type Key = [u8; 32];

/// The counters.
pub enum Limits {
    /// In the memory of the only program, as long as it runs.
    Own(Vec<DefaultKeyedRateLimiter<Key>>),
    /// In the database that all nodes share.
    Shared(Arc<dyn store::Shared>),
}

impl Limits {
    /// New counters of one program.
    #[must_use]
    pub fn own() -> Option<Self> {
        let limiters = Of::ALL.iter().map(|of| {
            let (burst, every) = of.bounds();
            Some(DefaultKeyedRateLimiter::keyed(Quota::with_period(every)?.allow_burst(NonZeroU32::new(burst)?)))
        });
        Some(Self::Own(limiters.collect::<Option<_>>()?))
    }

    /// Counts `times` of something; refuses where that is too often.
    async fn count(&self, of: Of, who: &[&[u8]], times: u32) -> Result<(), Failure> {
        let (burst, every) = of.bounds();
        if times > burst {
            return Err(Failure::of(ProblemCode::TooLarge));
        }
        let mut digest = Sha256::new();
        digest.update([of as u8]);
        who.iter().for_each(|part| digest.update(part));
        let key: Key = digest.finalize().into();
        match self {
            Self::Own(limiters) => {
                let times = NonZeroU32::new(times).unwrap_or(NonZeroU32::MIN);
                match limiters.get(of as usize).map(|limiter| limiter.check_key_n(&key, times)) {
                    Some(Ok(Err(not_until))) => Err(wait(&not_until)),
                    _ => Ok(()),
                }
            }
            Self::Shared(store) => {
                let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
                let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
                let allowance =
                    Allowance { key, cost: millis(every * times), most: millis(every * burst), now: millis(now) };
                match store.admit(allowance).await? {
                    None => Ok(()),
                    Some(wait) => Err(Failure::too_many(u32::try_from(wait.div_euclid(1_000) + 1).unwrap_or(u32::MAX))),
                }
            }
        }
    }

    /// Counts a lodging. A person who has proved the number is counted separately, so that neither strangers who name
    /// it nor others behind the same address can lock them out.
    ///
    /// # Errors
    /// 429 with the seconds to wait, or with the hint that a code helps.
    pub async fn lodging(&self, person: PersonId, proved: bool, address: Address) -> Result<(), Failure> {
        let named = async {
            let person = person.get().to_be_bytes();
            self.count(Of::ByNumber, &[&person, &[u8::from(proved)], &address], 1).await?;
            self.count(Of::ByNumberInAll, &[&person, &[u8::from(proved)]], 1).await
        };
        if proved {
            return named.await;
        }
        let counted = async {
            self.count(Of::ByAddress, &[&address], 1).await?;
            named.await
        };
        counted.await.map_err(|Failure(problem)| {
            let retry_after = problem.retry_after;
            Failure(Box::new(Problem { retry_after, ..Problem::new(ProblemCode::ProofNeeded) }))
        })
    }

    /// Whether a lodging from this address may cause a message to this unproved number.
    pub async fn may_tell(&self, person: PersonId, address: Address) -> bool {
        self.count(Of::Told, &[&address], 1).await.is_ok()
            && self.count(Of::ToldNumber, &[&person.get().to_be_bytes()], 1).await.is_ok()
    }

    /// Counts an upload and its bytes.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub async fn upload(&self, address: Address, bytes: u64) -> Result<(), Failure> {
        self.count(Of::Uploads, &[&address], 1).await?;
        self.count(Of::Uploaded, &[&address], kibibytes(bytes)).await
    }

    /// Counts bytes that go beyond the strangers' share; false where the address has sent more than a little today.
    pub async fn is_little(&self, address: Address, bytes: u64) -> bool {
        self.count(Of::Little, &[&address], kibibytes(bytes)).await.is_ok()
    }

    /// Counts a search for likely duplicates or categories.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub async fn look(&self, address: Address) -> Result<(), Failure> {
        self.count(Of::Looks, &[&address], 1).await
    }

    /// Counts a reading of personal data.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub async fn reading(&self, staff: StaffId, what: ReadingOf) -> Result<(), Failure> {
        let staff = staff.get().to_be_bytes();
        match what {
            ReadingOf::Caller | ReadingOf::Number => self.count(Of::LookedUp, &[&staff], 1).await,
            ReadingOf::Export => self.count(Of::Exports, &[&staff], 1).await,
            _ => self.count(Of::Readings, &[&staff, code_of(&what).as_bytes()], 1).await,
        }
    }

    /// Counts a session that a link opens.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub async fn link(&self, of: Reference, address: Address) -> Result<(), Failure> {
        let of = of.as_u64().to_be_bytes();
        self.count(Of::Links, &[&of, &address], 1).await?;
        self.count(Of::LinksInAll, &[&of], 1).await
    }

    /// Forgets counters that limit nobody any more; those in the database are deleted by its retention.
    pub fn sweep(&self) {
        if let Self::Own(limiters) = self {
            limiters.iter().for_each(DefaultKeyedRateLimiter::retain_recent);
        }
    }
}

fn kibibytes(bytes: u64) -> u32 {
    u32::try_from(bytes / 1024 + 1).unwrap_or(u32::MAX)
}

fn wait(not_until: &NotUntil<QuantaInstant>) -> Failure {
    let wait = not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
    Failure::too_many(u32::try_from(wait).unwrap_or(u32::MAX))
}

//! How often one number and one address may lodge and upload (SEC-22). Generous by address: whole villages and whole
//! networks stand behind one.

use crate::failure::Failure;
use crate::store::ReadingOf;
use governor::clock::{Clock, DefaultClock, QuantaInstant};
use governor::{DefaultKeyedRateLimiter, NotUntil, Quota};
use model::wire::{Problem, ProblemCode};
use model::{PersonId, Reference, StaffId};
use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

/// Keyed hash of where a request came from: enough for limits, useless for finding anybody.
pub type Address = [u8; 32];

/// At once, and then one in so long: lodgings from one address that name one number.
const BY_NUMBER: (u32, Duration) = (10, Duration::from_secs(7_200));
/// Lodgings that name one number, from wherever: a stranger at one address keeps nobody else from theirs.
const BY_NUMBER_IN_ALL: (u32, Duration) = (60, Duration::from_secs(1_200));
/// Lodgings from one address that name numbers which nobody has proved. Beyond it a code is asked for, and whoever has one
/// goes on: a village behind one address is not shut out by one of its phones.
const BY_ADDRESS: (u32, Duration) = (100, Duration::from_secs(40));
/// Text messages that lodgings from one address cause at numbers that nobody has proved, and those at one such number.
/// Beyond it the lodging is taken all the same.
const TOLD: (u32, Duration) = (60, Duration::from_secs(60));
const TOLD_NUMBER: (u32, Duration) = (5, Duration::from_secs(4 * 3_600));
/// Photos from one address.
const UPLOADS: (u32, Duration) = (120, Duration::from_secs(10));
/// Kibibytes of uploads from one address: 200 MB at once, then half a gigabyte a day.
const UPLOADED: (u32, Duration) = (200 * 1024, Duration::from_millis(165));

/// Searches for like grievances from one address.
const LOOKS: (u32, Duration) = (60, Duration::from_secs(5));
/// Kibibytes that an address may still send once strangers' uploads fill their share of the disk: 20 MB, and as much a day.
const LITTLE: (u32, Duration) = (20 * 1024, Duration::from_millis(4_200));

/// Readings by one member of the staff: numbers looked up, and everything else. Far more than any work needs, and far
/// fewer than a theft.
const LOOKED_UP: (u32, Duration) = (30, Duration::from_secs(20));
const READINGS: (u32, Duration) = (300, Duration::from_secs(2));
/// Sessions that one link opens, from one address and in all.
const LINKS: (u32, Duration) = (10, Duration::from_secs(30));
const LINKS_IN_ALL: (u32, Duration) = (240, Duration::from_secs(2));

type Keyed<K> = DefaultKeyedRateLimiter<K>;

/// The counters; they live as long as the program.
pub struct Limits {
    by_number: Keyed<(PersonId, bool, Address)>,
    by_number_in_all: Keyed<(PersonId, bool)>,
    by_address: Keyed<Address>,
    told: Keyed<Address>,
    told_number: Keyed<PersonId>,
    uploads: Keyed<Address>,
    uploaded: Keyed<Address>,
    little: Keyed<Address>,
    looks: Keyed<Address>,
    looked_up: Keyed<StaffId>,
    readings: Keyed<(StaffId, ReadingOf)>,
    links: Keyed<(Reference, Address)>,
    links_in_all: Keyed<Reference>,
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
            by_number_in_all: limiter(BY_NUMBER_IN_ALL)?,
            by_address: limiter(BY_ADDRESS)?,
            told: limiter(TOLD)?,
            told_number: limiter(TOLD_NUMBER)?,
            uploads: limiter(UPLOADS)?,
            uploaded: limiter(UPLOADED)?,
            little: limiter(LITTLE)?,
            looks: limiter(LOOKS)?,
            looked_up: limiter(LOOKED_UP)?,
            readings: limiter(READINGS)?,
            links: limiter(LINKS)?,
            links_in_all: limiter(LINKS_IN_ALL)?,
        })
    }

    /// Counts a lodging. Whoever has proved that the number is theirs is counted apart: neither strangers who name it nor
    /// those behind the same address lock them out.
    ///
    /// # Errors
    /// 429 with the seconds to wait; where a code helps, that it does.
    pub fn lodging(&self, person: PersonId, proved: bool, address: Address) -> Result<(), Failure> {
        let counted = || {
            check(&self.by_number, &(person, proved, address))?;
            check(&self.by_number_in_all, &(person, proved))
        };
        if proved {
            return counted();
        }
        check(&self.by_address, &address).and_then(|()| counted()).map_err(|Failure(problem)| {
            let retry_after = problem.retry_after;
            Failure(Box::new(Problem { retry_after, ..Problem::new(ProblemCode::ProofNeeded) }))
        })
    }

    /// Whether a lodging from this address may still cause a message to this number, which nobody has proved.
    #[must_use]
    pub fn may_tell(&self, person: PersonId, address: Address) -> bool {
        self.told.check_key(&address).is_ok() && self.told_number.check_key(&person).is_ok()
    }

    /// Counts an upload and its bytes.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub fn upload(&self, address: Address, bytes: u64) -> Result<(), Failure> {
        check(&self.uploads, &address)?;
        let kibibytes = u32::try_from(bytes / 1024 + 1).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MAX);
        match self.uploaded.check_key_n(&address, kibibytes) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(not_until)) => Err(wait(&not_until)),
            Err(_) => Err(Failure::of(model::wire::ProblemCode::TooLarge)),
        }
    }

    /// Counts the bytes of an upload apart; false where the address has sent more than a little today.
    #[must_use]
    pub fn is_little(&self, address: Address, bytes: u64) -> bool {
        let kibibytes = u32::try_from(bytes / 1024 + 1).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MAX);
        matches!(self.little.check_key_n(&address, kibibytes), Ok(Ok(())))
    }

    /// Counts a search for like grievances.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub fn look(&self, address: Address) -> Result<(), Failure> {
        check(&self.looks, &address)
    }

    /// Counts a reading of personal data.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub fn reading(&self, staff: StaffId, what: ReadingOf) -> Result<(), Failure> {
        match what {
            ReadingOf::Caller | ReadingOf::Number => check(&self.looked_up, &staff),
            _ => check(&self.readings, &(staff, what)),
        }
    }

    /// Counts a session that the link of a case opens.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub fn link(&self, of: Reference, address: Address) -> Result<(), Failure> {
        check(&self.links, &(of, address))?;
        check(&self.links_in_all, &of)
    }

    /// Forgets whom no limit touches any more.
    pub fn sweep(&self) {
        self.by_number.retain_recent();
        self.by_number_in_all.retain_recent();
        self.by_address.retain_recent();
        self.told.retain_recent();
        self.told_number.retain_recent();
        self.uploads.retain_recent();
        self.uploaded.retain_recent();
        self.little.retain_recent();
        self.looks.retain_recent();
        self.looked_up.retain_recent();
        self.readings.retain_recent();
        self.links.retain_recent();
        self.links_in_all.retain_recent();
    }
}

fn check<K: Hash + Eq + Clone>(limiter: &Keyed<K>, key: &K) -> Result<(), Failure> {
    limiter.check_key(key).map_err(|not_until| wait(&not_until))
}

fn wait(not_until: &NotUntil<QuantaInstant>) -> Failure {
    let wait = not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
    Failure::too_many(u32::try_from(wait).unwrap_or(u32::MAX))
}

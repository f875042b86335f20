//! Storage. All SQL is below this module; all others know only the traits of its contract ([`Store`] and its parts).
//!
//! One contract test suite (`tests/store.rs`) holds for every engine. Writes are acknowledged after the commit is on
//! disk; reads see every acknowledged write. Views pull what has changed ([`ReadCases::changes_since`]) when
//! the bell rings.

mod act;
mod append;
mod audit;
mod chain;
mod contract;
mod database;
mod files;
mod line;
mod outbox;
pub mod pack;
mod people;
mod phone;
mod pool;
pub mod postgres;
mod proof;
mod quality;
mod queue;
mod reading;
mod retention;
mod row;
mod setting;
mod slim;
mod sql;
pub mod sqlite;
mod transfer;
mod writer;

pub use append::PackedLife;
pub use contract::*;
pub use model::reading::ReadingOf;
pub use row::names as column_names;
pub use transfer::MOVING;

use model::attachment::AttachmentKind;
use model::lifecycle::{CallOutcome, Case, Event, Party, Stage};
use model::quality::{CallKind, Marked, WhyChosen};
use model::wire::{Absence, CaseLine, Due, OwnCalls};
use model::{
    Actor, AttachmentId, DepartmentCode, Language, Lgd, Mobile, OfficeId, PersonId, Reference, Role, Rules, StaffId,
    Time,
};
use std::sync::atomic::{AtomicBool, Ordering};

/// Why the store refused or failed.
#[derive(Debug)]
pub enum StoreError {
    /// The case has another version than expected; the caller sees 412.
    Stale {
        /// Its present version.
        version: u32,
    },
    /// The idempotency key was used with other content; the caller sees 422.
    KeyReused,
    /// An attachment belongs to another case already; the caller sees 422.
    AttachmentTaken,
    /// The disk or the database failed, or too much is waiting; logged, the caller sees 503.
    Unavailable(String),
    /// The file is not a database any more, or something in it cannot be read; logged, the caller sees 503.
    Damaged(String),
}

/// Set wherever the database reports a damaged page.
static DAMAGED: AtomicBool = AtomicBool::new(false);

/// Whether the database has reported damage.
#[must_use]
pub fn is_damaged() -> bool {
    DAMAGED.load(Ordering::Relaxed)
}

/// Remembers that the database has reported damage.
pub fn damage_found() {
    DAMAGED.store(true, Ordering::Relaxed);
}

/// Remembers that a check of the whole database has found no damage.
pub fn damage_is_gone() {
    DAMAGED.store(false, Ordering::Relaxed);
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stale { version } => write!(f, "the case has version {version}"),
            Self::AttachmentTaken => write!(f, "an attachment belongs to another case"),
            Self::KeyReused => write!(f, "the idempotency key was used with other content"),
            Self::Unavailable(why) => write!(f, "the store is unavailable: {why}"),
            Self::Damaged(why) => write!(f, "the database is damaged: {why}"),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// Result of a store operation.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Everything that one decision changes, written in one transaction.
#[derive(Debug, Clone)]
pub struct Append {
    /// The case after the events.
    pub case: Case,
    /// The new events; the first one's version is `case.version - events.len() + 1`.
    pub events: Vec<Event>,
    /// When the citizen hears at the latest, by the rules in force; `None` for no limit.
    pub due: Option<Time>,
    /// When the system must act next; `None` for never.
    pub next_deadline: Option<Time>,
    /// For a new case: the citizen's number.
    pub mobile: Option<Mobile>,
    /// Attachments that the events name and that belong to the case from now on.
    pub attachments: Vec<AttachmentId>,
    /// Messages to send because of it.
    pub messages: Vec<NewMessage>,
    /// Identity of the request and the answer to give when it comes again.
    pub idempotency: Option<Idempotency>,
    /// Other cases on which the decision depends, with the version in which they must still be.
    pub resting_on: Vec<(Reference, u32)>,
    /// How many cases must follow this one, exactly; `None` where that does not matter.
    pub followers: Option<usize>,
    /// That its actor has read the case by this, where they are staff.
    pub reading: Option<Reading>,
    /// Changes of other cases, written with it or not at all.
    pub cascade: Vec<Append>,
}

/// All appends of a case together, of demo data that is imported.
#[derive(Debug, Clone)]
pub struct Life {
    /// The case after all of them.
    pub case: Case,
    /// Its due date.
    pub due: Option<Time>,
    /// When the system acts next.
    pub next_deadline: Option<Time>,
    /// The citizen's number.
    pub mobile: Option<Mobile>,
    /// One for each append, in the order of time.
    pub steps: Vec<Step>,
}

/// The part of an append that a [`Life`] keeps.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its events.
    pub events: Vec<Event>,
    /// Its messages, as sent.
    pub messages: Vec<NewMessage>,
}

impl Life {
    /// Begins with the append of a new case.
    #[must_use]
    pub fn of(append: Append) -> Self {
        let Append { case, events, due, next_deadline, mobile, messages, .. } = append;
        Self { case, due, next_deadline, mobile, steps: vec![Step { events, messages }] }
    }

    /// Adds the next append.
    pub fn then(&mut self, append: Append) {
        let Append { case, events, due, next_deadline, messages, .. } = append;
        (self.case, self.due, self.next_deadline) = (case, due, next_deadline);
        self.steps.push(Step { events, messages });
    }
}

/// The identity of a request that must have one effect however often it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// Hash of the idempotency key, the path and the sender.
    pub key: [u8; 32],
    /// Hash of the parsed content.
    pub fingerprint: [u8; 32],
    /// The answer, as JSON.
    pub response: String,
}

/// The result of an [`Append`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// Written.
    Done {
        /// Number of the last entry written.
        seq: u64,
    },
    /// The same request was done before.
    Repeated {
        /// The answer that was given then, as JSON.
        response: String,
    },
}

/// One attempt at something limited: so many at once, then one in a certain time (generic cell rate algorithm).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// What is counted, as a hash.
    pub key: [u8; 32],
    /// Time in which this attempt is forgotten, in milliseconds.
    pub cost: i64,
    /// Largest backlog that is allowed, in milliseconds.
    pub most: i64,
    /// The present moment, in milliseconds since 1970.
    pub now: i64,
}

/// A case after its last change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Number of its last ledger entry.
    pub seq: u64,
    /// Its place in the order of lodging, from 1, without gaps.
    pub ordinal: u64,
    /// The case.
    pub case: Case,
    /// When the citizen hears at the latest; `None` for no limit.
    pub due: Option<Time>,
    /// When the system must act next; `None` for never.
    pub deadline: Option<Time>,
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// The case that it is about; `None` where it is about none.
    pub reference: Option<Reference>,
    /// The recipient's number.
    pub to: Mobile,
    /// Name of the template.
    pub template: String,
    /// The id under which the template is registered.
    pub registered_id: String,
    /// Language of the text.
    pub language: Language,
    /// The text.
    pub body: String,
    /// When it stops being useful; `None` for never.
    pub expires: Option<Time>,
    /// Whether the recipient has asked for it; it is then sent although they want no messages.
    pub asked_for: bool,
}

/// A message in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Message {
    pub id: i64,
    pub reference: Option<Reference>,
    pub to: String,
    pub template: String,
    pub registered_id: String,
    pub language: Language,
    pub body: String,
    pub state: MessageState,
    pub attempts: u32,
    pub created: Time,
    pub sent: Option<Time>,
    pub error: Option<String>,
    pub expires: Option<Time>,
}

/// A question to a telephone whether the work is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The case that it is about.
    pub reference: Reference,
    /// Its text, in which its codes stand.
    pub body: String,
    /// When it was made.
    pub created: Time,
    /// When the gateway took it; `None` where it has not.
    pub sent: Option<Time>,
}

/// The state of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageState {
    /// Waits, or is being sent.
    Pending,
    /// Taken by the gateway.
    Sent,
    /// Given up after too many attempts; somebody must look.
    Dead,
    /// Could not be sent while it was useful.
    Expired,
    /// Recalled because the case moved on.
    Recalled,
    /// Not sent: the recipient wants no messages, or strangers have caused too many to go there.
    Silenced,
}

/// Which messages a sender leases. Codes have a sender of their own, so that they wait behind nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// All of them, codes first.
    All,
    /// Codes.
    Codes,
    /// All but codes.
    Others,
}

/// An event with its statement, unless that was erased.
#[derive(Debug, Clone)]
pub struct StoredEvent {
    /// Number of the ledger entry.
    pub seq: u64,
    /// The event with its statement.
    pub event: Event,
}

/// The cases of a worklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueFilter {
    /// In one of these stages.
    pub stages: Vec<Stage>,
    /// Held by this department's desk or office, or offered to it.
    pub party: Option<Party>,
    /// Of this district.
    pub district: Option<Lgd>,
    /// Only with a visit that is ordered and not made.
    pub visit_due: bool,
    /// Also cases in any stage whose number was disowned, since the citizen must be found in another way.
    pub or_disowned: bool,
    /// In their stage since this moment or longer.
    pub in_stage_before: Option<Time>,
    /// Only with the limit this near; `None` for all.
    pub due: Option<Due>,
    /// Without the grievances of this person: whose list it is.
    pub except: Option<PersonId>,
}

/// A page of a worklist.
#[derive(Debug, Clone, Default)]
pub struct QueueRows {
    /// At most as many rows as were asked for.
    pub rows: Vec<CaseLine>,
    /// Cursor of the next page; `None` on the last.
    pub next: Option<String>,
}

/// The counts of a worklist.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueCounts {
    /// Number of cases for each of [`Due::ALL`], in that order.
    pub by_due: [u32; 4],
    /// When the oldest case was lodged; `None` where there is none.
    pub oldest: Option<Time>,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the token, which only the browser knows.
    pub token_hash: [u8; 32],
    /// The actor.
    pub actor: Actor,
    /// The staff member's name, or the citizen's masked number.
    pub name: String,
    /// For a citizen: the number.
    pub mobile: Option<Mobile>,
    /// For staff: the number of the account, as it is now. It is read with the session and not stored with it.
    pub of_account: Option<Mobile>,
    /// When it began.
    pub created: Time,
    /// When it was last used, to the minute.
    pub last_seen: Time,
    /// Page and code by which it began, or for which it was handed over (see [`TriedCode::again`]); `None` where it
    /// began without a code.
    pub begun_by: Option<[u8; 32]>,
    /// When it ends because another one has taken its place; `None` where none has.
    pub ends: Option<Time>,
}

/// A one-time code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Id, by which a page names it.
    pub id: String,
    /// The number to which it was sent.
    pub mobile: Mobile,
    /// HMAC of number and digits.
    pub hash: [u8; 32],
    /// When it was made.
    pub created: Time,
}

/// Who asks for a code. Each kind is counted apart, so that strangers cannot use up the codes of the number's holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// Anybody, from this address.
    Stranger {
        /// Keyed hash of the address.
        address: [u8; 32],
        /// Whether the proof of work for a busy address was done.
        worked: bool,
        /// Whether the page has no script and cannot do that work.
        plain: bool,
    },
    /// A browser in which the number was proved before.
    Holder {
        /// Keyed hash of its address.
        address: [u8; 32],
    },
    /// The telephone itself, by the text message CODE.
    Telephone,
}

/// How many codes may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeLimits {
    /// For a holder (a browser that has proved the number, or the telephone): in ten minutes, in a day.
    pub own: (u32, u32),
    /// For one stranger's address and one number: in ten minutes, in a day.
    pub stranger: (u32, u32),
    /// To one number for all strangers together, in a day.
    pub strangers_day: u32,
    /// From one address in an hour, after which each further one costs work, or a wait on pages without script.
    pub address_hour: u32,
    /// From one address in an hour, after which none is sent.
    pub address_most: u32,
}

/// The result of asking for a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeJudged {
    /// It will be sent.
    Sent,
    /// The next one can be sent after so many seconds. Where strangers have used up theirs: the id under which the
    /// holder can still enter a code that the telephone asks for.
    Wait(u32, Option<String>),
    /// So many were sent from the address within the hour that the next one costs work.
    Work(u32),
}

/// A code as it was entered.
#[derive(Debug, Clone)]
pub struct TriedCode {
    /// Id of the code.
    pub id: String,
    /// HMAC of number and digits.
    pub hash: [u8; 32],
    /// A keyed hash of digits and page, which only the page that entered the code can repeat; random where the page
    /// keeps nothing.
    pub again: [u8; 32],
}

/// How long and how often a code can be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeRule {
    /// Minutes for which it is valid.
    pub minutes: i64,
    /// Wrong entries that it allows.
    pub tries: u32,
}

/// The result of entering a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redeemed {
    /// Right; the code is used up.
    Right,
    /// Wrong; the attempt is counted.
    Wrong,
    /// No code is valid any more.
    Expired,
}

/// One way of counting failed sign-ins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInCount {
    /// Keyed hash of what is counted: device, name, address or a combination.
    pub key: [u8; 32],
    /// Failures without consequence.
    pub free: u32,
    /// Consequence of each further failure.
    pub cost: SignInCost,
}

/// Consequence of failed sign-ins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInCost {
    /// A wait since the last failure, in seconds: the first number, doubled each time up to the second.
    Growing(i64, i64),
    /// No sign-in until an hour after the first failure.
    Hour,
}

/// A staff account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Role and scope.
    pub actor: Actor,
    /// Name to sign in with.
    pub username: String,
    /// The person's name.
    pub name: String,
    /// Hash of the password, argon2id in PHC format; empty where the account is disabled.
    pub password: String,
    /// Number for messages about limits; `None` where there is none.
    pub mobile: Option<Mobile>,
}

/// An absence as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAbsence {
    /// Who is away.
    pub staff: StaffId,
    /// On which days.
    pub days: Absence,
}

/// Which accounts are listed.
#[derive(Debug, Clone, Default)]
pub struct AccountFilter {
    /// Only names that begin so; empty for all.
    pub prefix: String,
    /// Only these roles; empty for all.
    pub roles: Vec<Role>,
    /// Only this department and its offices.
    pub department: Option<DepartmentCode>,
    /// Whether disabled accounts are left out.
    pub enabled: bool,
}

/// Which readings are listed; all that is given must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingFilter {
    /// Only by this account.
    pub staff: Option<StaffId>,
    /// Only about this case.
    pub case: Option<Reference>,
    /// Only by people who acted for this department.
    pub department: Option<DepartmentCode>,
    /// Only by accounts that are of this office of this department now; of acts those that were done for it.
    pub office: Option<(DepartmentCode, OfficeId)>,
    /// Only this kind; `None` for all but readings of readings, which are listed for an account and on request.
    pub what: Option<ReadingOf>,
    /// Only from this moment on.
    pub from: Option<Time>,
    /// Only before this moment.
    pub before: Time,
    /// Only what comes after this reading in the list: its moment, in milliseconds since 1970, and its number.
    pub after: Option<(i64, u64)>,
}

/// A page of what staff have done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acts {
    /// Newest first.
    pub rows: Vec<model::wire::ReadingLine>,
    /// Where there may be more: up to when was looked back, and the entry below which it goes on.
    pub next: Option<(Time, u64)>,
}

/// An open grievance with its words, for comparison with another.
#[derive(Debug, Clone)]
pub struct Worded {
    /// The case.
    pub case: Case,
    /// Text and landmark, as typed.
    pub words: String,
}

/// What a case is searched by besides its row: words and number as they are stored now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Searchable {
    /// The case.
    pub reference: Reference,
    /// The citizen's name; empty where there is none, or where the words are erased.
    pub name: String,
    /// The citizen's number.
    pub mobile: Option<Mobile>,
    /// Where it is, in the citizen's words.
    pub landmark: String,
    /// The grievance and what its citizen has added, a line each.
    pub text: String,
}

/// The way from a case's first entry to a published head.
#[derive(Debug, Clone, Default)]
pub struct Trail {
    /// Number of the entry.
    pub seq: u64,
    /// When, in milliseconds since 1970, UTC.
    pub at: i64,
    /// The actor, as it is hashed.
    pub by: String,
    /// The event, as it is hashed.
    pub body: String,
    /// Salt of the commitment; empty where the words are erased.
    pub salt: Vec<u8>,
    /// The words as they are committed to.
    pub statement: String,
    /// The head before the entry.
    pub before: crate::ledger::Hash,
    /// Digests of the entries after it, up to the head.
    pub after: Vec<crate::ledger::Hash>,
    /// The first published head that covers it; `None` where none does yet.
    pub head: Option<crate::ledger::PublishedHead>,
}

/// A reading of personal data, recorded before anything is shown.
#[derive(Debug, Clone)]
pub struct Reading {
    /// When it was read.
    pub at: Time,
    /// Who read it.
    pub actor: Actor,
    /// What was read.
    pub what: ReadingOf,
    /// The case; `None` where it is about no single case.
    pub reference: Option<Reference>,
    /// The person whose number was looked up.
    pub person: Option<PersonId>,
    /// Number of cases that were shown.
    pub cases: u32,
    /// For a number shown whole: the reason.
    pub reason: Option<String>,
}

/// What a check needs to know besides the database: rules, secret, files.
pub struct Witness {
    /// Numbers of the lines of `heads.jsonl` that cannot be read.
    pub unreadable: Vec<usize>,
    /// The rules by which due dates are compared.
    pub rules: Rules,
    /// The secret; without it neither numbers nor signatures are checked.
    pub secret: Option<crate::secret::Secret>,
    /// Where attachments are stored; without it they are not checked.
    pub attachments: Option<crate::attachments::Attachments>,
    /// The published heads beside the database, read before it, so that they are not newer; without them they are not
    /// compared.
    pub written: Option<Vec<crate::ledger::PublishedHead>>,
    /// Attachments whose files are known to be gone.
    pub missing: std::collections::HashSet<AttachmentId>,
    /// The counts kept beside the database, with the hash of the ledger for which they are valid; without them they are
    /// not compared.
    pub counts: Option<std::sync::Mutex<(Box<dyn Counts>, crate::ledger::Hash)>>,
}

/// A view of counts, as far as a check needs it.
pub trait Counts: Send {
    /// Number of the last entry that it includes.
    fn seq(&self) -> u64;
    /// Applies changes.
    fn follow(&mut self, changes: &[Changed]);
    /// Names of the columns in which a case's row differs from the case.
    fn faults(&self, ordinal: u64, case: &Case, due: Option<Time>) -> Vec<&'static str>;
}

/// An attachment's row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attachment {
    /// Random id.
    pub id: AttachmentId,
    /// The case to which it belongs; `None` until one names it.
    pub reference: Option<Reference>,
    /// Kind, as announced.
    pub kind: AttachmentKind,
    /// Width of a photo in pixels; 0 until it has arrived.
    pub width: u32,
    /// Height of a photo in pixels; 0 until it has arrived.
    pub height: u32,
    /// Length of a spoken note in seconds; 0 until it has arrived.
    pub seconds: u32,
    /// Media type of the stored file.
    pub media: String,
    /// Announced length in bytes.
    pub length: u64,
    /// SHA-256 of the bytes received; `None` until they have arrived.
    pub digest: Option<[u8; 32]>,
    /// SHA-256 of the stored file; `None` until it is stored.
    pub stored: Option<[u8; 32]>,
    /// What a photo looks like, to be stored with it ([`crate::print::Prints::to_bytes`]); empty where it is read.
    pub prints: Vec<u8>,
}

impl Attachment {
    /// Whether it has arrived and was read.
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.width > 0 || self.seconds > 0
    }
}

/// The result of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    /// Number of entries read.
    pub entries: u64,
    /// Number of cases replayed.
    pub cases: u64,
    /// Faults, in words for an operator; empty where there are none.
    pub faults: Vec<String>,
    /// When the program was last seen at work, in milliseconds since 1970; 0 where that is not known.
    pub seen: i64,
}

/// A change of an administered table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Number of the change, set by the store.
    pub seq: u64,
    /// When it was made.
    pub at: Time,
    /// Who made it.
    pub who: String,
    /// The table.
    pub name: String,
    /// The reason.
    pub why: String,
    /// Its content from now on; `None` for that of the file.
    pub text: Option<String>,
    /// Number of the change that it takes back; `None` where it takes none back.
    pub undoes: Option<u64>,
}

/// A telephone call to a citizen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneCall {
    /// Its id, random.
    pub id: String,
    /// Who calls.
    pub staff: StaffId,
    /// The case.
    pub reference: Reference,
    /// When it was asked for.
    pub begun: Time,
    /// Whether no exchange makes it, so that nothing more will be known of it.
    pub by_hand: bool,
    /// When it rang; `None` where it has not.
    pub rang: Option<Time>,
    /// When it was answered; `None` where it has not been.
    pub answered: Option<Time>,
    /// When it ended; `None` until then.
    pub ended: Option<Time>,
    /// Whether the exchange could not connect it.
    pub failed: bool,
    /// Its outcome, as the caller has recorded it; `None` until then.
    pub outcome: Option<CallOutcome>,
}

impl PhoneCall {
    /// A call of which nothing is known yet.
    #[must_use]
    pub fn begun(id: String, staff: StaffId, reference: Reference, begun: Time, by_hand: bool) -> Self {
        let (rang, answered, ended, failed, outcome) = (None, None, None, false, None);
        Self { id, staff, reference, begun, by_hand, rang, answered, ended, failed, outcome }
    }
}

/// What is heard of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It rings.
    Rings,
    /// It was answered.
    Answered,
    /// It is over.
    Ended,
    /// It could not be connected.
    Failed,
}

/// A call on the telephone of somebody who takes grievances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineCall {
    /// Its id: the exchange's, or ours where we ring back.
    pub id: String,
    /// Whose telephone it is; `None` while the caller waits for somebody.
    pub staff: Option<StaffId>,
    /// The other's number; `None` where it is hidden or no mobile number.
    pub mobile: Option<Mobile>,
    /// Whether we ring them back.
    pub back: bool,
    /// When it began.
    pub begun: Time,
    /// When it rang at the other's end; `None` where it has not.
    pub rang: Option<Time>,
    /// When it was answered; `None` where it has not been.
    pub answered: Option<Time>,
    /// When it ended; `None` until then.
    pub ended: Option<Time>,
    /// The grievance that was taken during it; `None` where none was.
    pub reference: Option<Reference>,
}

impl LineCall {
    /// A call of which nothing more is known yet.
    #[must_use]
    pub fn begun(id: String, staff: Option<StaffId>, mobile: Option<Mobile>, back: bool, begun: Time) -> Self {
        let (rang, answered, ended, reference) = (None, None, None, None);
        Self { id, staff, mobile, back, begun, rang, answered, ended, reference }
    }
}

/// A number that rang and was not spoken with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// One of its calls.
    pub id: String,
    /// The number.
    pub mobile: Mobile,
    /// How often it rang.
    pub times: u32,
    /// When it rang last.
    pub latest: Time,
    /// How often it was rung back.
    pub tries: u32,
}

/// What somebody has done on their telephone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineWork {
    /// Calls in which they spoke with somebody.
    pub answered: u32,
    /// Calls during which they took a grievance.
    pub taken: u32,
}

/// A call that was answered and is over, of either kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardCall {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: CallKind,
    /// Whose call it was.
    pub staff: StaffId,
    /// When it began.
    pub begun: Time,
    /// For how many seconds they spoke.
    pub seconds: u32,
    /// The grievance that it was about; `None` where it was about none.
    pub reference: Option<Reference>,
    /// The outcome of a verification call; `None` where none was recorded.
    pub outcome: Option<CallOutcome>,
}

/// How a call was scored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// Its id, random.
    pub id: String,
    /// The call.
    pub call: String,
    /// Its kind.
    pub kind: CallKind,
    /// Whose call it was.
    pub caller: StaffId,
    /// Who scored it.
    pub lead: StaffId,
    /// When the call began.
    pub begun: Time,
    /// When it was scored.
    pub at: Time,
    /// Whether another had scored it before.
    pub second: bool,
    /// The marks, as they were given.
    pub marks: Vec<Marked>,
    /// What the caller should know.
    pub note: String,
    /// When it was disputed; `None` where it was not.
    pub disputed: Option<Time>,
    /// Why; `None` where it was not.
    pub why: Option<String>,
    /// When that was decided; `None` until then.
    pub decided: Option<Time>,
    /// Who decided it.
    pub decided_by: Option<StaffId>,
    /// What was decided, in words.
    pub decision: Option<String>,
    /// The marks from then on.
    pub decided_marks: Option<Vec<Marked>>,
    /// Why the lead has chosen the call; `None` where it was drawn.
    pub chosen: Option<WhyChosen>,
    /// What the caller is to correct in the record; `None` where nothing is.
    pub correction: Option<String>,
    /// When the caller said that it is corrected.
    pub corrected: Option<Time>,
    /// What they have corrected, in their words.
    pub corrected_words: Option<String>,
}

impl Score {
    /// Whether it is disputed and nothing was decided yet.
    #[must_use]
    pub fn is_open_dispute(&self) -> bool {
        self.disputed.is_some() && self.decided.is_none()
    }

    /// Whether it is the first score of a call that was drawn, and something could be marked: those alone say how somebody works as
    /// a rule.
    #[must_use]
    pub fn is_of_sample(&self) -> bool {
        !self.second && self.chosen.is_none() && self.marks.iter().any(|marked| marked.mark.is_some())
    }
}

/// Which scores are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScoresOf {
    /// All of them.
    All,
    /// Those of somebody's calls.
    Caller(StaffId),
    /// Those of a call.
    Call(String),
    /// One, by its id.
    One(String),
}

/// A kind of row with limited retention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retained {
    /// What it is, in words for an operator.
    pub what: &'static str,
    /// Days for which it is kept.
    pub days: i64,
    /// Number of rows past that time.
    pub over: u64,
}

/// The content of each administered table, without those that are back to their file.
#[must_use]
pub fn administered(settings: Vec<Setting>) -> std::collections::BTreeMap<String, String> {
    settings.into_iter().filter_map(|setting| Some((setting.name, setting.text?))).collect()
}

/// All cases in the order of lodging, page by page.
pub struct CasePages<'s> {
    store: &'s dyn ReadCases,
    last: u64,
}

impl<'s> CasePages<'s> {
    /// Cases on a page.
    const PAGE: u32 = 1_000;

    /// Starts with the first case.
    #[must_use]
    pub fn new(store: &'s dyn ReadCases) -> Self {
        Self { store, last: 0 }
    }

    /// The next page; `None` after the last.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn next(&mut self) -> Result<Option<Vec<Changed>>> {
        let page = self.store.cases_after(self.last, Self::PAGE).await?;
        let Some(newest) = page.last() else { return Ok(None) };
        self.last = newest.ordinal;
        Ok(Some(page))
    }
}

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A SQLite file.
    File(std::path::PathBuf),
    /// The URL of a PostgreSQL database.
    Url(String),
}

impl Place {
    /// The PostgreSQL database of this URL; without one, the file in a data folder.
    #[must_use]
    pub fn of(data: &std::path::Path, url: Option<&str>) -> Self {
        url.map_or_else(|| Self::File(data.join("pratikar.db")), |url| Self::Url(url.to_owned()))
    }

    /// That there is a database, where it is a file.
    ///
    /// # Errors
    /// Where there is none.
    pub fn must_be_there(&self) -> Result<()> {
        match self {
            Self::File(path) if !path.exists() => {
                Err(StoreError::Unavailable(format!("there is no database at {}", path.display())))
            }
            _ => Ok(()),
        }
    }

    fn connection(&self) -> Result<sql::Connection> {
        match self {
            Self::File(path) => sqlite::connection(path),
            Self::Url(url) => postgres::connection(url),
        }
    }

    /// Opens it; does not create a file.
    ///
    /// # Errors
    /// Where it cannot be used.
    pub fn open(&self) -> Result<std::sync::Arc<dyn Store>> {
        self.must_be_there()?;
        match self {
            Self::File(path) => sqlite::open(path),
            Self::Url(url) => postgres::open(url),
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            // The URL may contain a password.
            Self::Url(_) => f.write_str("the PostgreSQL database"),
        }
    }
}

/// Copies everything from a database that nobody uses to an empty one, or continues a copy that was interrupted. `told`
/// is called with the table, the number of rows copied and the number of all.
///
/// # Errors
/// Where either database fails, a server works on one of them, or the target contains something else.
pub fn transfer(from: &Place, to: &Place, now: Time, told: impl FnMut(&str, u64, u64)) -> Result<()> {
    from.must_be_there()?;
    transfer::transfer(&from.connection()?, &to.connection()?, now, told)
}

/// Columns of a party: its department and, for an office, the office's number.
#[must_use]
pub fn party_columns(party: Option<&Party>) -> (Option<DepartmentCode>, Option<OfficeId>) {
    party.map_or((None, None), |party| (Some(party.department.clone()), party.office))
}

impl Append {
    /// What follows from a case and its new events by the rules alone.
    #[must_use]
    pub fn of(case: Case, events: Vec<Event>, rules: &Rules) -> Self {
        let attachments = events.iter().flat_map(|event| event.body.attachments()).cloned().collect();
        let (due, next_deadline) = (case.due(rules), case.next_deadline(rules));
        Self {
            case,
            events,
            due,
            next_deadline,
            mobile: None,
            attachments,
            messages: vec![],
            idempotency: None,
            resting_on: vec![],
            followers: None,
            reading: None,
            cascade: vec![],
        }
    }

    /// With messages to go out.
    #[must_use]
    pub fn with_messages(mut self, messages: Vec<NewMessage>) -> Self {
        self.messages = messages;
        self
    }

    /// Sets the number of a new case's citizen.
    #[must_use]
    pub fn of_new(mut self, mobile: Mobile) -> Self {
        self.mobile = Some(mobile);
        self
    }

    /// Only if this other case has not changed since it was seen.
    #[must_use]
    pub fn resting_on(mut self, other: Option<&Case>) -> Self {
        self.resting_on.extend(other.map(|case| (case.reference, case.version)));
        self
    }

    /// Only if exactly so many cases follow this one.
    #[must_use]
    pub fn followed_by(mut self, followers: usize) -> Self {
        self.followers = Some(followers);
        self
    }

    /// Records with it that its actor has read the case.
    #[must_use]
    pub fn read_by(mut self, reading: Option<Reading>) -> Self {
        self.reading = reading;
        self
    }

    /// Adds changes of other cases that follow from it.
    #[must_use]
    pub fn with(mut self, cascade: Vec<Self>) -> Self {
        self.cascade = cascade;
        self
    }

    /// Sets what identifies the request, so that it is answered the same when it comes again.
    #[must_use]
    pub fn once(mut self, idempotency: Option<Idempotency>) -> Self {
        self.idempotency = idempotency;
        self
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged(format!("stored JSON: {error}"))
    }
}

/// Stands for "no due date" in a column; sorts after all others.
const NEVER: i64 = 9_000_000_000_000_000;

fn millis(at: Time) -> i64 {
    at.timestamp_millis()
}

fn time(millis: i64) -> Time {
    Time::from_timestamp_millis(millis).unwrap_or_default()
}

fn due_column(due: Option<Time>) -> i64 {
    due.map_or(NEVER, millis)
}

fn number(reference: Reference) -> i64 {
    i64::try_from(reference.as_u64()).unwrap_or(i64::MAX)
}

fn reference(number: i64) -> Reference {
    Reference::from_stored(u64::try_from(number).unwrap_or(0))
}

/// A person's number, of 63 bits, as the engines' signed integers hold it.
fn person(id: PersonId) -> i64 {
    i64::try_from(id.get() & (u64::MAX >> 1)).unwrap_or(0)
}

/// The role with this name in a column.
fn role(name: &str) -> Result<model::Role> {
    name.parse().map_err(|_| StoreError::Damaged(format!("there is no role {name}")))
}

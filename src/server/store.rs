//! Where everything is kept. All SQL stands below this module; all others know only the trait.
//!
//! One contract test suite (`tests/store.rs`) holds for every engine. Writes are acknowledged after the commit has reached
//! the disk; reads see every acknowledged write. The views outside pull what has changed ([`Store::changes_since`]) when the
//! bell rings.

mod append;
mod audit;
mod chain;
mod database;
mod files;
mod outbox;
pub mod pack;
mod people;
mod pool;
pub mod postgres;
mod proof;
mod queue;
mod retention;
mod row;
mod setting;
mod sql;
pub mod sqlite;
mod transfer;
mod writer;

pub use database::Database;
pub use row::names as column_names;
pub use transfer::MOVING;

use async_trait::async_trait;
use model::attachment::AttachmentKind;
use model::lifecycle::{Case, Event, Party, Stage};
use model::message::Template;
use model::wire::{AccessLine, CaseLine, Desk, Due, Office};
use model::{
    Actor, AttachmentId, DepartmentCode, Language, Lgd, Mobile, OfficeId, PersonId, Reference, Rules, StaffId, Time,
};

/// Why the store did not do it.
#[derive(Debug)]
pub enum StoreError {
    /// The case has another version by now; the caller sees 412.
    Stale {
        /// The version it has.
        version: u32,
    },
    /// The idempotency key was used with other content; the caller sees 422.
    KeyReused,
    /// An attachment belongs to another case already; the caller sees 422.
    AttachmentTaken,
    /// The disk, the database or the file did not do its part; logged, the caller sees 503.
    Unavailable(String),
    /// The file is no database any more, or something in it cannot be read; logged, the caller sees 503.
    Damaged(String),
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

/// What the store answers.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Everything that one decision changes, in one transaction.
#[derive(Debug, Clone)]
pub struct Append {
    /// The case as it is after the events.
    pub case: Case,
    /// What happened; the first event's version is `case.version - events.len() + 1`.
    pub events: Vec<Event>,
    /// When it is due and when the system acts next, as of the rules in force.
    pub due: Option<Time>,
    /// When the system has to act next.
    pub next_deadline: Option<Time>,
    /// Whose number it is, of a new case.
    pub mobile: Option<Mobile>,
    /// Attachments that now belong to the case.
    pub attachments: Vec<AttachmentId>,
    /// Messages that go out because of it.
    pub messages: Vec<NewMessage>,
    /// What to answer if the same request comes again.
    pub idempotency: Option<Idempotency>,
    /// Other cases on which the decision rests, with the version in which they must still be.
    pub resting_on: Vec<(Reference, u32)>,
    /// How many cases must follow this one, no more and no fewer; not asked where none is said.
    pub followers: Option<usize>,
    /// What else it changes: all of it or nothing.
    pub also: Vec<Append>,
}

/// A request that must have one effect however often it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// Hash of the key and of who used it.
    pub key: [u8; 32],
    /// Hash of the content.
    pub fingerprint: [u8; 32],
    /// The answer's JSON.
    pub response: String,
}

/// What became of an [`Append`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// It is on disk, up to this entry.
    Done {
        /// Number of the last entry.
        seq: u64,
    },
    /// The same request was done before; this was its answer.
    Repeated {
        /// The answer's JSON.
        response: String,
    },
}

/// One try of something that is limited: so much at once, and then one in so long (the generic cell rate algorithm).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Whose count it is.
    pub key: [u8; 32],
    /// How long this try takes to be forgotten, in milliseconds.
    pub cost: i64,
    /// How much may stand at once, in milliseconds.
    pub most: i64,
    /// The present moment, in milliseconds since 1970.
    pub now: i64,
}

/// A case as it is after its last change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Its last ledger entry.
    pub seq: u64,
    /// Its number in the order of lodging, from 1 on without gaps.
    pub ordinal: u64,
    /// The case.
    pub case: Case,
    /// When the citizen may expect it.
    pub due: Option<Time>,
    /// When the system acts next.
    pub deadline: Option<Time>,
}

/// A message to go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// The case that it is about.
    pub reference: Option<Reference>,
    /// To whom; `None` means the person of the case.
    pub to: Mobile,
    /// Name of the template.
    pub template: String,
    /// Its registered id.
    pub registered_id: String,
    /// Its language.
    pub language: Language,
    /// The text.
    pub body: String,
    /// After when it would be of no use.
    pub expires: Option<Time>,
    /// Whether whoever gets it has asked for it: then it goes out though they want no others.
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

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageState {
    /// Waits, or is being tried.
    Pending,
    /// The gateway has taken it.
    Sent,
    /// Given up after too many tries; somebody must look.
    Dead,
    /// It could not go out while it was of use.
    Expired,
    /// The case moved on before it went out.
    Recalled,
    /// Its recipient wants none, or has had as many as strangers can make go there.
    Silenced,
}

/// Which messages a sender takes: codes have one of their own, so that they wait behind nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// All of them, codes first.
    All,
    /// Codes.
    Codes,
    /// All but codes.
    Others,
}

/// The words of one event, where they are still kept.
#[derive(Debug, Clone)]
pub struct StoredEvent {
    /// Number in the ledger.
    pub seq: u64,
    /// The event with its statement.
    pub event: Event,
}

/// Which cases a worklist holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueFilter {
    /// In one of these stages.
    pub stages: Vec<Stage>,
    /// Of this department or office, or offered to it.
    pub party: Option<Party>,
    /// Of this district.
    pub district: Option<Lgd>,
    /// With a visit that is still to be made.
    pub visit_due: bool,
    /// And, in whatever stage, those whose number was disowned: their citizen is to be found by another way.
    pub or_disowned: bool,
    /// In their stage since this moment or before.
    pub in_stage_before: Option<Time>,
    /// How near the limit.
    pub due: Option<Due>,
}

/// A page of a worklist.
#[derive(Debug, Clone, Default)]
pub struct QueueRows {
    /// At most as many as asked for.
    pub rows: Vec<CaseLine>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// Counts of a worklist.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueCounts {
    /// In the order of [`Due::ALL`].
    pub by_due: [u32; 4],
    /// When the oldest was lodged.
    pub oldest: Option<Time>,
}

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the token; the token itself is known to the browser alone.
    pub token_hash: [u8; 32],
    /// Who.
    pub actor: Actor,
    /// A staff member's name or a masked number.
    pub name: String,
    /// The citizen's number.
    pub mobile: Option<Mobile>,
    /// When it began.
    pub created: Time,
    /// When it was last used, to the minute.
    pub last_seen: Time,
    /// The page and code by which it began, or for which it was handed over: see [`TriedCode::again`]. None where no code
    /// began it.
    pub begun_by: Option<[u8; 32]>,
    /// When it ends, where another has taken its place.
    pub ends: Option<Time>,
}

/// A one-time code as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Its name.
    pub id: String,
    /// To whom it was sent.
    pub mobile: Mobile,
    /// HMAC of the digits.
    pub hash: [u8; 32],
    /// When it was made.
    pub created: Time,
}

/// Who asks for a code to a number: each is counted apart, so that strangers cannot use up what is its holder's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// Anybody, from this address.
    Stranger {
        /// Keyed hash of the address.
        address: [u8; 32],
        /// Whether the sum for a busy address was worked out.
        worked: bool,
        /// Whether it came from a page without script, which can work out none.
        plain: bool,
    },
    /// A browser in which the number was proved before.
    Holder {
        /// Keyed hash of its address.
        address: [u8; 32],
    },
    /// The telephone itself, by text message.
    Telephone,
}

/// How many codes may go out: in ten minutes, in a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeLimits {
    /// For a holder: a browser that has proved the number, or the telephone itself.
    pub own: (u32, u32),
    /// For one stranger's address and one number.
    pub stranger: (u32, u32),
    /// To one number for all strangers together, in a day.
    pub strangers_day: u32,
    /// From one address in an hour, after which each further one costs work; from a plain page, that asks to wait.
    pub address_hour: u32,
    /// From one address in an hour, after which nothing helps.
    pub address_most: u32,
}

/// What became of a wish for a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeJudged {
    /// It is on its way.
    Sent,
    /// Another one may go out after so many seconds. Where strangers have used up theirs, the name of a page on which
    /// the number's holder can still enter a code that their telephone asks for.
    Wait(u32, Option<String>),
    /// So many went out from the address within the hour: the next one costs work.
    Work(u32),
}

/// A code as it was tried.
#[derive(Debug, Clone)]
pub struct TriedCode {
    /// The name of the page for it.
    pub id: String,
    /// The keyed hash of number and digits.
    pub hash: [u8; 32],
    /// A keyed hash that only the page which tries it can give again, with these digits; a random one where it keeps nothing.
    pub again: [u8; 32],
}

/// How long and how often a code may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeRule {
    /// Minutes for which it holds.
    pub minutes: i64,
    /// Wrong tries that it bears.
    pub tries: u32,
}

/// What became of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redeemed {
    /// It was right, and is used up.
    Right,
    /// It was wrong, and counted.
    Wrong,
    /// No code holds any more.
    Expired,
}

/// One way in which failed sign-ins are counted, and what follows from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInCount {
    /// Keyed hash of what is counted.
    pub key: [u8; 32],
    /// Failures that cost nothing.
    pub free: u32,
    /// What each further one costs.
    pub cost: SignInCost,
}

/// See [`SignInCount`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInCost {
    /// Seconds to wait since the last failure: the first number, doubled each time, up to the second.
    Growing(i64, i64),
    /// None until an hour after the first failure.
    Hour,
}

/// A staff account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who it makes one.
    pub actor: Actor,
    /// Name to sign in with.
    pub username: String,
    /// The person's name.
    pub name: String,
    /// argon2id, in PHC form.
    pub password: String,
    /// For messages about limits.
    pub mobile: Option<Mobile>,
}

/// An open grievance with its words, to be compared with another.
#[derive(Debug, Clone)]
pub struct Worded {
    /// The case.
    pub case: Case,
    /// What happened, and where, as typed.
    pub words: String,
}

/// What shows that a case's first entry leads to a head.
#[derive(Debug, Clone, Default)]
pub struct Trail {
    /// Number of the entry.
    pub seq: u64,
    /// When, in milliseconds since 1970, UTC.
    pub at: i64,
    /// By whom, as it is hashed.
    pub by: String,
    /// What, as it is hashed.
    pub body: String,
    /// Salt of the commitment; empty where the words are erased.
    pub salt: Vec<u8>,
    /// The words as they are committed to.
    pub statement: String,
    /// The head before the entry.
    pub before: crate::ledger::Hash,
    /// Digests of the entries after it, up to the head.
    pub after: Vec<crate::ledger::Hash>,
    /// The first published head that covers it.
    pub head: Option<PublishedHead>,
}

/// A head as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedHead {
    /// Where the chain ended.
    pub head: crate::ledger::Head,
    /// When, in milliseconds since 1970, UTC.
    pub at: i64,
    /// Ed25519.
    pub signature: Vec<u8>,
    /// Where the chains beside the ledger ended then; none of heads of older versions.
    pub chains: Option<Chains>,
    /// Ed25519 over [`Chains::text`].
    pub chains_signature: Vec<u8>,
}

/// Where the chains beside the ledger end: readings of personal data, and records of what else must not change unnoticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Chains {
    /// The last reading.
    pub readings: crate::ledger::Head,
    /// The last record.
    pub records: crate::ledger::Head,
}

impl Chains {
    /// What is signed beside a head of the ledger.
    #[must_use]
    pub fn text(&self, head: u64) -> String {
        let Self { readings, records } = self;
        let (read, recorded) = (hex::encode(readings.hash), hex::encode(records.hash));
        format!("pratikar chains {head} {} {read} {} {recorded}", readings.seq, records.seq)
    }
}

/// What personal data was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReadingOf {
    /// One case.
    Case,
    /// The whole number of a case's citizen.
    Number,
    /// A case that was given to a caller.
    Call,
    /// The grievances of a number that somebody typed.
    Caller,
    /// A photo.
    Photo,
    /// A spoken note.
    Voice,
    /// A page of a worklist.
    List,
    /// A page of the cases behind a figure.
    Figures,
}

impl ReadingOf {
    /// Its name in the chain.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Number => "number",
            Self::Call => "call",
            Self::Caller => "caller",
            Self::Photo => "photo",
            Self::Voice => "voice",
            Self::List => "list",
            Self::Figures => "figures",
        }
    }
}

/// A reading of personal data, to be written down before anything is shown.
#[derive(Debug, Clone)]
pub struct Reading {
    /// When.
    pub at: Time,
    /// By whom.
    pub actor: Actor,
    /// Of what.
    pub what: ReadingOf,
    /// Of which case, where it is one.
    pub reference: Option<Reference>,
    /// Of whose number, where one was looked up.
    pub person: Option<PersonId>,
    /// How many cases were shown.
    pub cases: u32,
    /// Why a number was shown whole.
    pub reason: Option<String>,
}

/// What the outside knows of a store, for a check: its rules, its secret, its folder.
pub struct Witness {
    /// Lines of the file of published heads that cannot be read.
    pub unreadable: Vec<usize>,
    /// The rules that due dates follow from.
    pub rules: Rules,
    /// The secret that numbers and signatures rest on; without it neither is checked.
    pub secret: Option<crate::secret::Secret>,
    /// The data folder, for attachments; without it they are not checked.
    pub folder: Option<std::path::PathBuf>,
    /// The heads that were written beside the store, read before it is looked at: they are then older than it. Without
    /// them they are not compared.
    pub written: Option<Vec<PublishedHead>>,
    /// Attachments whose files are known to be gone.
    pub missing: std::collections::HashSet<AttachmentId>,
    /// The counts that are kept beside the store, with the hash of the ledger for which they hold; without them they are not
    /// compared.
    pub counts: Option<std::sync::Mutex<(Box<dyn Counts>, crate::ledger::Hash)>>,
}

/// A view that counts cases, as a check sees it.
pub trait Counts: Send {
    /// The last entry that it reflects.
    fn seq(&self) -> u64;
    /// Takes changes into account.
    fn follow(&mut self, changes: &[Changed]);
    /// What of a case's row is not what the case says: names for an operator.
    fn faults(&self, ordinal: u64, case: &Case, due: Option<Time>) -> Vec<&'static str>;
}

/// An attachment as it is listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub id: AttachmentId,
    /// The case it belongs to; none while it waits to be named by one.
    pub reference: Option<Reference>,
    /// What it was announced as.
    pub kind: AttachmentKind,
    /// Pixels of a photo; none until all of it has come.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// How long a spoken note lasts; none until all of it has come.
    pub seconds: u32,
    /// Media type of the stored file.
    pub media: String,
    /// Bytes that were announced.
    pub length: u64,
    /// SHA-256 of the bytes received.
    pub digest: Option<[u8; 32]>,
    /// SHA-256 of the file as it is stored.
    pub stored: Option<[u8; 32]>,
}

impl Attachment {
    /// Whether all of it has come and was read.
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.width > 0 || self.seconds > 0
    }
}

/// What a check of the ledger and its views found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    /// Entries read.
    pub entries: u64,
    /// Cases that were replayed.
    pub cases: u64,
    /// What is wrong, in words for an operator; empty where all is well.
    pub faults: Vec<String>,
}

/// The store. Each method's errors are those of [`StoreError`].
#[async_trait]
pub trait Store: Send + Sync {
    /// Appends events with all that goes with them; refuses where the version is not the one before.
    async fn append(&self, append: Append) -> Result<Appended>;
    /// Appends whole lives in the order given, for seeding: no messages, no idempotency.
    async fn import(&self, lives: Vec<Append>) -> Result<u64>;
    /// The answer to an earlier request with this key.
    async fn repeated(&self, idempotency: &Idempotency) -> Result<Option<String>>;
    /// One case.
    async fn case(&self, reference: Reference) -> Result<Option<Case>>;
    /// A case's events with their words, oldest first.
    async fn history(&self, reference: Reference) -> Result<Vec<StoredEvent>>;
    /// The number of a case's citizen.
    async fn mobile_of(&self, person: PersonId) -> Result<Option<Mobile>>;
    /// Writes down that a number has been proved.
    async fn mark_verified(&self, person: PersonId, mobile: &Mobile, at: Time) -> Result<()>;
    /// A citizen's cases, newest first.
    async fn cases_of(&self, person: PersonId) -> Result<Vec<CaseLine>>;
    /// Cases that follow this one.
    async fn followers(&self, root: Reference) -> Result<Vec<Case>>;
    /// These cases as lines, in this order; those that are not there are left out.
    async fn lines(&self, references: &[Reference]) -> Result<Vec<CaseLine>>;
    /// A page of a worklist, most urgent first.
    async fn queue(&self, filter: &QueueFilter, cursor: &str, limit: u32, now: Time) -> Result<QueueRows>;
    /// The counts of a worklist.
    async fn queue_counts(&self, filter: &QueueFilter, now: Time) -> Result<QueueCounts>;
    /// The load of every desk.
    async fn desks(&self, now: Time) -> Result<Vec<Desk>>;
    /// Forgets attachments that nothing has named: those that have come before one moment, and those that never came
    /// and were announced before another.
    async fn forget_attachments(&self, before: Time, unfinished: Time, at: Time) -> Result<Vec<AttachmentId>>;
    /// Whether the number of a case was shown to somebody since then.
    async fn was_revealed(&self, of: Reference, staff: StaffId, since: Time) -> Result<bool>;
    /// Cases whose next deadline has come.
    async fn deadlines(&self, now: Time, limit: u32) -> Result<Vec<Case>>;
    /// Looks at a case again at another time, where the rules have changed since its row was written.
    async fn put_deadline(&self, reference: Reference, version: u32, at: Time) -> Result<()>;
    /// Cases with an entry after this one, in the order of their last entries; so many at the most.
    async fn changes_since(&self, seq: u64, limit: u32) -> Result<Vec<Changed>>;
    /// Cases after this one in the order of lodging, so many at the most: for filling views.
    async fn cases_after(&self, ordinal: u64, limit: u32) -> Result<Vec<Changed>>;
    /// The references of these ordinals, in their order.
    async fn references(&self, ordinals: &[u64]) -> Result<Vec<Reference>>;
    /// The number of the newest entry, whenever there is a newer one.
    fn bell(&self) -> tokio::sync::watch::Receiver<u64>;
    /// Number of the last ledger entry.
    async fn head(&self) -> Result<crate::ledger::Head>;

    /// Keeps a new session, in the place of one that began by the same page and code: the answer with that one was lost.
    async fn create_session(&self, session: &Session) -> Result<()>;
    /// The session of a token.
    async fn session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>>;
    /// Writes down that it was used.
    async fn touch_session(&self, token_hash: &[u8; 32], at: Time) -> Result<()>;
    /// Ends it alone: its time is over.
    async fn end_session(&self, token_hash: &[u8; 32]) -> Result<()>;
    /// Ends it because somebody wants that: also those that were handed over to it, and nobody gets another by the code with
    /// which it began.
    async fn sign_out(&self, token_hash: &[u8; 32]) -> Result<()>;
    /// Lets a session end then, for the sake of one that page and code are about to begin. Answers whether they may: not
    /// where others have done so before.
    async fn hand_over_session(&self, token_hash: &[u8; 32], begun_by: &[u8; 32], ends: Time) -> Result<bool>;
    /// Puts a session in the place of the one of the same token.
    async fn change_session(&self, session: &Session) -> Result<()>;

    /// Keeps a code and sends its message, unless there were too many; judged and written in one transaction, so that
    /// a burst cannot pass the limits side by side.
    async fn create_code(
        &self,
        code: &Code,
        asker: Asker,
        message: NewMessage,
        limits: CodeLimits,
    ) -> Result<CodeJudged>;
    /// To which number a code was sent.
    async fn mobile_of_code(&self, id: &str) -> Result<Option<Mobile>>;
    /// Uses up the code of this name, or one that the same address or the telephone itself asked for and that still
    /// holds, where it has this hash; else counts a wrong try against the one of this name alone. Judged and written
    /// in one transaction.
    async fn redeem_code(&self, tried: TriedCode, now: Time, rule: CodeRule) -> Result<Redeemed>;

    /// Adds or replaces accounts.
    async fn put_accounts(&self, accounts: Vec<Account>, at: Time) -> Result<()>;
    /// An account by its name.
    async fn account(&self, username: &str) -> Result<Option<Account>>;
    /// Numbers of the staff of a department's desk or an office, for messages about limits.
    async fn mobiles_of(&self, party: &Party) -> Result<Vec<Mobile>>;

    /// Adds or replaces offices.
    async fn put_offices(&self, offices: Vec<Office>, at: Time) -> Result<()>;
    /// All offices.
    async fn offices(&self) -> Result<Vec<Office>>;
    /// Keeps rules where their version is new.
    async fn put_rules(&self, rules: &Rules, at: Time) -> Result<()>;

    /// Keeps a change of an administered table, where the newest change is still this one; answers its number. None where
    /// somebody else was faster.
    async fn put_setting(&self, setting: &Setting, newest: u64) -> Result<Option<u64>>;
    /// The newest change of each administered table.
    async fn settings(&self) -> Result<Vec<Setting>>;
    /// All changes, newest first, so many at the most.
    async fn setting_history(&self, limit: u32) -> Result<Vec<Setting>>;
    /// Number of the newest change; 0 where there is none.
    async fn newest_setting(&self) -> Result<u64>;
    /// Gives a case another due date and deadline, where its row still has this version: the rules have changed.
    async fn put_due(
        &self,
        reference: Reference,
        version: u32,
        due: Option<Time>,
        deadline: Option<Time>,
    ) -> Result<()>;
    /// Keeps an attachment's listing.
    async fn put_attachment(&self, attachment: &Attachment, at: Time) -> Result<()>;
    /// An attachment by its name.
    async fn attachment(&self, id: &str) -> Result<Option<Attachment>>;
    /// All of an attachment has come and was read.
    async fn attachment_came(&self, attachment: &Attachment, at: Time) -> Result<()>;
    /// Forgets an attachment that turned out to be none.
    async fn forget_attachment(&self, id: &str) -> Result<()>;
    /// Attachments that are here and whose stored file has no digest yet: an older version kept none.
    async fn undigested(&self) -> Result<Vec<Attachment>>;
    /// A case's attachments, those on their way too.
    async fn attachments_of(&self, reference: Reference) -> Result<Vec<Attachment>>;
    /// Open grievances of a category and place, newest first.
    async fn worded(&self, category: &str, district: Lgd, place: Option<Lgd>, limit: u32) -> Result<Vec<Worded>>;
    /// Messages to a number, newest first.
    async fn messages_to(&self, mobile: &Mobile, limit: u32) -> Result<Vec<Message>>;
    /// The way from a case's first entry to the first published head that covers it.
    async fn trail(&self, reference: Reference) -> Result<Option<Trail>>;
    /// Keeps a published head.
    async fn put_head(&self, head: &PublishedHead) -> Result<()>;
    /// The newest published heads.
    async fn heads(&self, limit: u32) -> Result<Vec<PublishedHead>>;

    /// Writes down a reading; nothing is shown before this is on disk.
    async fn record_reading(&self, reading: Reading) -> Result<()>;
    /// Who has read a case, newest first.
    async fn access(&self, reference: Reference) -> Result<Vec<AccessLine>>;

    /// Puts a message into the outbox that no case has caused.
    async fn put_message(&self, message: NewMessage, at: Time) -> Result<()>;
    /// The gateway has taken it. `forget` blanks what opens something: a code, or the link to a case.
    async fn message_sent(&self, id: i64, at: Time, forget: bool) -> Result<()>;
    /// It has not; tried again at `next`, or given up where there is none.
    async fn message_failed(&self, id: i64, error: &str, next: Option<Time>) -> Result<()>;
    /// The newest messages, for the demo's page.
    async fn messages(&self, limit: u32) -> Result<Vec<Message>>;

    /// Checks the chain, the commitments, and that every view equals the ledger.
    async fn verify(&self, witness: Witness) -> Result<Audit>;
    /// Throws the case rows away and makes them again from the ledger; tells now and then how many there are.
    async fn rebuild(&self, rules: &Rules, told: fn(u64)) -> Result<u64>;
    /// When the oldest message that waits was written.
    async fn oldest_waiting(&self) -> Result<Option<Time>>;
    /// Announced bytes of attachments that nothing names yet.
    async fn unnamed_bytes(&self) -> Result<u64>;
    /// Deletes what is over: sessions, codes, failed sign-ins, answers to repeated requests, texts.
    async fn sweep(&self, now: Time) -> Result<()>;
    /// What [`Store::sweep`] would delete now.
    async fn over(&self, now: Time) -> Result<Vec<Retained>>;
    /// Erases the words of a case for good, on record; answers how many entries had some. The chain stays whole.
    async fn erase(&self, reference: Reference, at: Time) -> Result<usize>;
    /// Whether the store can write now: it does, and says at what time that was.
    async fn ping(&self, at: Time) -> Result<()>;
    /// Counts a try of something that is limited, for all nodes together; where it was too often, answers after how many
    /// milliseconds it may come again, and counts nothing.
    async fn admit(&self, allowance: Allowance) -> Result<Option<i64>>;
    /// Takes a turn at something that one alone does at a time, until then; again for whoever has it already. Whether it
    /// was taken: not while it is another's.
    async fn take_turn(&self, what: &str, who: &str, now: Time, until: Time) -> Result<bool>;
    /// Something that the database knows about itself.
    async fn fact(&self, name: &str) -> Result<Option<Vec<u8>>>;
    /// Keeps a fact.
    async fn put_fact(&self, name: &str, value: Vec<u8>) -> Result<()>;
    /// Forgets a fact.
    async fn forget_fact(&self, name: &str) -> Result<()>;
    /// The head after this entry.
    async fn head_at(&self, seq: u64) -> Result<Option<crate::ledger::Hash>>;
    /// Where the chains beside the ledger end.
    async fn chains(&self) -> Result<Chains>;
    /// When the last entry was made.
    async fn last_entry(&self) -> Result<Option<Time>>;
    /// Some number that the store holds, with whose it is.
    async fn any_person(&self) -> Result<Option<(PersonId, Mobile)>>;
    /// Whether a page of the store is damaged; answers what.
    async fn damage(&self) -> Result<Option<String>>;
    /// Moves everything from the log to the file, so that the file is the database; the log may keep its room on the disk,
    /// to be written over.
    async fn checkpoint(&self, keep_room: bool) -> Result<()>;
    /// Takes pending messages of a share for a while, each case's in order; lets expire what is of no use any more.
    async fn lease(&self, share: Share, now: Time, until: Time, limit: u32) -> Result<Vec<Message>>;
    /// Whether a leased message may go: it has neither expired nor become untrue. Where not, that is written down.
    async fn still_holds(&self, id: i64, now: Time) -> Result<bool>;
    /// When the newest question about a case went out to a number.
    async fn asked_at(&self, reference: Reference, mobile: &Mobile) -> Result<Option<Time>>;
    /// Whether a message of a template was made for a number since then.
    async fn was_told(&self, mobile: &Mobile, template: Template, since: Time) -> Result<bool>;
    /// Lets a number have no messages about cases, or have them again.
    async fn silence(&self, mobile: &Mobile, silent: bool, at: Time) -> Result<()>;
    /// Remembers that a request was done, where nothing was appended.
    async fn remember(&self, idempotency: &Idempotency, at: Time) -> Result<()>;
    /// Counts a sign-in as failed before its password is looked at, so that a burst cannot pass side by side; or, where
    /// it must wait, answers for how many seconds.
    async fn begin_sign_in(&self, counts: Vec<SignInCount>, at: Time) -> Result<Option<u32>>;
    /// Takes the failure back: the password was right. The first way of counting begins anew.
    async fn end_sign_in(&self, counts: Vec<SignInCount>) -> Result<()>;
    /// Whether somebody has proved by a code that the number of this person is theirs.
    async fn is_verified(&self, person: PersonId) -> Result<bool>;
    /// Knows whose a number is.
    async fn know_person(&self, person: PersonId, mobile: &Mobile) -> Result<()>;
    /// Ends all sessions of a member of the staff.
    async fn end_sessions_of(&self, staff: StaffId) -> Result<()>;
    /// Ends the oldest sessions of this very actor but so many.
    async fn end_sessions_but(&self, actor: &Actor, kept: u32) -> Result<()>;
}

/// A fact that somebody has administered: a table by its name, as it is from then on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Number of the change; given by the store.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// By whom: an account's name.
    pub who: String,
    /// Which table.
    pub name: String,
    /// Why.
    pub why: String,
    /// What stands in it now; none where the file holds again.
    pub text: Option<String>,
    /// Which change it takes back.
    pub undoes: Option<u64>,
}

/// A kind of row that goes when its time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retained {
    /// What, in words for an operator.
    pub what: &'static str,
    /// Days that it stays.
    pub days: i64,
    /// How many rows are over now.
    pub over: u64,
}

/// What stands in each table that was administered; tables whose file holds again are left out.
#[must_use]
pub fn administered(settings: Vec<Setting>) -> std::collections::BTreeMap<String, String> {
    settings.into_iter().filter_map(|setting| Some((setting.name, setting.text?))).collect()
}

/// All cases in the order of lodging, a page at a time.
pub struct CasePages<'s> {
    store: &'s dyn Store,
    last: u64,
}

impl<'s> CasePages<'s> {
    /// Cases of a page.
    const PAGE: u32 = 1_000;

    /// From the first case on.
    #[must_use]
    pub fn new(store: &'s dyn Store) -> Self {
        Self { store, last: 0 }
    }

    /// The next page; none after the last.
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
    /// The database of this URL; without one, the file in a data folder.
    #[must_use]
    pub fn of(data: &std::path::Path, url: Option<&str>) -> Self {
        url.map_or_else(|| Self::File(data.join("pratikar.db")), |url| Self::Url(url.to_owned()))
    }

    fn must_be_there(&self) -> Result<()> {
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

    /// Opens it; makes no file where there is none.
    ///
    /// # Errors
    /// Where it cannot be used.
    pub fn open(&self) -> Result<Database> {
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
            // Its URL may hold a password.
            Self::Url(_) => f.write_str("the PostgreSQL database"),
        }
    }
}

/// Moves everything from a database that nobody uses to an empty one, or goes on with a move that was cut off; `told` hears
/// how many rows of which table have arrived, of how many.
///
/// # Errors
/// Where either does not do its part, or the target holds something else.
pub fn transfer(from: &Place, to: &Place, told: impl FnMut(&str, u64, u64)) -> Result<()> {
    from.must_be_there()?;
    transfer::transfer(&from.connection()?, &to.connection()?, told)
}

/// The department a party belongs to and, for offices, its number; used by engines alike.
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
            also: vec![],
        }
    }

    /// With messages to go out.
    #[must_use]
    pub fn with_messages(mut self, messages: Vec<NewMessage>) -> Self {
        self.messages = messages;
        self
    }

    /// With the number of a new case's citizen.
    #[must_use]
    pub fn of_new(mut self, mobile: Mobile) -> Self {
        self.mobile = Some(mobile);
        self
    }

    /// Only as long as another case is as it was seen.
    #[must_use]
    pub fn resting_on(mut self, other: Option<&Case>) -> Self {
        self.resting_on.extend(other.map(|case| (case.reference, case.version)));
        self
    }

    /// Only as long as exactly so many cases follow this one.
    #[must_use]
    pub fn followed_by(mut self, followers: usize) -> Self {
        self.followers = Some(followers);
        self
    }

    /// With changes of other cases that follow from it.
    #[must_use]
    pub fn with(mut self, also: Vec<Self>) -> Self {
        self.also = also;
        self
    }

    /// Answering the same request with the same answer.
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

/// Where there is no due date: sorts behind all others.
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

/// Person numbers use 63 bits, so that they fit the engines' integers.
fn person(id: PersonId) -> i64 {
    i64::try_from(id.get() & (u64::MAX >> 1)).unwrap_or(0)
}

/// The name of a unit variant as serde writes it, for columns.
fn name<T: serde::Serialize>(value: &T) -> Result<String> {
    Ok(serde_json::to_value(value)?.as_str().unwrap_or_default().to_owned())
}

/// The unit variant of a name.
fn named<T: serde::de::DeserializeOwned>(text: String) -> Result<T> {
    Ok(serde_json::from_value(serde_json::Value::String(text))?)
}

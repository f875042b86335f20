//! The traits of the store, separate for reading and writing: code that is given a reader cannot write. All methods fail as
//! [`StoreError`] says.
//!
//! [`StoreError`]: super::StoreError

use super::{
    Account, AccountFilter, Acts, Allowance, Append, Appended, Asker, Attachment, Audit, Changed, Code, CodeJudged,
    CodeLimits, CodeRule, Heard, HeardCall, Idempotency, LineCall, LineWork, Message, Missed, NewMessage, PackedLife,
    PhoneCall, Question, QueueCounts, QueueFilter, QueueRows, Reading, ReadingFilter, Redeemed, Result, Retained,
    Score, ScoresOf, Searchable, Session, Setting, Share, SignInCount, StoredAbsence, StoredEvent, Trail, TriedCode,
    Witness, Worded,
};
use crate::ledger::{Chains, PublishedHead};
use crate::print::StoredPrint;
use async_trait::async_trait;
use chrono::NaiveDate;
use model::lifecycle::{CallOutcome, Case, Party};
use model::message::Template;
use model::quality::CallKind;
use model::wire::{Absence, AccessLine, CaseLine, Desk, Office, OwnCalls, ReadingLine, TableChange};
use model::{Actor, AttachmentId, Lgd, Mobile, OfficeId, PersonId, Reference, Rules, StaffId, Time};

/// Reads cases, their events and what follows from them.
#[async_trait]
pub trait ReadCases: Send + Sync {
    /// One case.
    async fn case(&self, reference: Reference) -> Result<Option<Case>>;
    /// A case's events with their statements, oldest first.
    async fn history(&self, reference: Reference) -> Result<Vec<StoredEvent>>;
    /// A citizen's cases, newest first.
    async fn cases_of(&self, person: PersonId) -> Result<Vec<CaseLine>>;
    /// The cases that follow this one.
    async fn followers(&self, root: Reference) -> Result<Vec<Case>>;
    /// These cases as lines, in this order, without those that do not exist.
    async fn lines(&self, references: &[Reference]) -> Result<Vec<CaseLine>>;
    /// A page of a worklist, most urgent first. `cursor` is empty for the first page.
    async fn queue(&self, filter: &QueueFilter, cursor: &str, limit: u32, now: Time) -> Result<QueueRows>;
    /// The counts of a worklist.
    async fn queue_counts(&self, filter: &QueueFilter, now: Time) -> Result<QueueCounts>;
    /// The load of every desk.
    async fn desks(&self, now: Time) -> Result<Vec<Desk>>;
    /// How many cases an office has or may get back: open ones that are or were with it or are offered to it, and those
    /// that follow another meanwhile.
    async fn cases_at(&self, office: OfficeId) -> Result<u64>;
    /// Cases whose next deadline has passed, at most `limit`.
    async fn deadlines(&self, now: Time, limit: u32) -> Result<Vec<Case>>;
    /// Cases with an entry after this one, ordered by their last entries, at most `limit`.
    async fn changes_since(&self, seq: u64, limit: u32) -> Result<Vec<Changed>>;
    /// Cases after this one in the order of lodging, at most `limit`; for filling views.
    async fn cases_after(&self, ordinal: u64, limit: u32) -> Result<Vec<Changed>>;
    /// What these cases are searched by, in their order, without those that do not exist.
    async fn searchable(&self, references: &[Reference]) -> Result<Vec<Searchable>>;
    /// Cases of which words were erased on a later record than this one, oldest first, at most `limit`; each with the
    /// number of the record.
    async fn erased_since(&self, record: u64, limit: u32) -> Result<Vec<(u64, Changed)>>;
    /// The references of these ordinals, in their order.
    async fn references(&self, ordinals: &[u64]) -> Result<Vec<Reference>>;
    /// Watches the number of the newest entry.
    fn bell(&self) -> tokio::sync::watch::Receiver<u64>;
    /// The end of the ledger: number and hash of its last entry.
    async fn head(&self) -> Result<crate::ledger::Head>;
    /// The hash of the chain after this entry; `None` where there is no such entry.
    async fn head_at(&self, seq: u64) -> Result<Option<crate::ledger::Hash>>;
    /// The ends of the chains beside the ledger.
    async fn chains(&self) -> Result<Chains>;
    /// The time of the last entry.
    async fn last_entry(&self) -> Result<Option<Time>>;
    /// Open grievances of a category and place with their words, newest first, at most `limit`.
    async fn worded(&self, category: &str, district: Lgd, place: Option<Lgd>, limit: u32) -> Result<Vec<Worded>>;
    /// The way from a case's first entry to the first published head that covers it; `None` where there is no such
    /// case.
    async fn trail(&self, reference: Reference) -> Result<Option<Trail>>;
    /// The newest published heads, at most `limit`, newest first.
    async fn heads(&self, limit: u32) -> Result<Vec<PublishedHead>>;
    /// Who has read a case, newest first.
    async fn access(&self, reference: Reference) -> Result<Vec<AccessLine>>;
    /// The readings that fit, newest first, at most `limit`.
    async fn readings(&self, filter: &ReadingFilter, limit: u32) -> Result<Vec<ReadingLine>>;
    /// What staff have done, newest first, at most `limit` and among at most `most` entries of the ledger; what kind of reading
    /// is asked for does not count.
    async fn acts(&self, filter: &ReadingFilter, limit: u32, most: u32) -> Result<Acts>;
    /// Whether a case's number was shown to this member of staff since a moment.
    async fn was_revealed(&self, of: Reference, staff: StaffId, since: Time) -> Result<bool>;
    /// The answer to an earlier request with this key; `None` where there was none.
    async fn repeated(&self, idempotency: &Idempotency) -> Result<Option<String>>;
}

/// Reads numbers and sessions.
#[async_trait]
pub trait ReadPeople: Send + Sync {
    /// A person's mobile number.
    async fn mobile_of(&self, person: PersonId) -> Result<Option<Mobile>>;
    /// The session of a token, whatever its age; `None` where there is none, or where its account is disabled.
    async fn session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>>;
    /// The number to which a code was sent.
    async fn mobile_of_code(&self, id: &str) -> Result<Option<Mobile>>;
    /// Whether this person's number was proved by a code.
    async fn is_verified(&self, person: PersonId) -> Result<bool>;
    /// Any one person with their number; `None` in an empty store.
    async fn any_person(&self) -> Result<Option<(PersonId, Mobile)>>;
}

/// Reads accounts, offices and what was administered.
#[async_trait]
pub trait ReadDirectory: Send + Sync {
    /// An account by the name to sign in with.
    async fn account(&self, username: &str) -> Result<Option<Account>>;
    /// Accounts whose name comes after this one, by name, at most `limit`.
    async fn accounts(&self, filter: &AccountFilter, after: &str, limit: u32) -> Result<Vec<Account>>;
    /// The absences that have not ended before this day.
    async fn absences(&self, today: NaiveDate) -> Result<Vec<StoredAbsence>>;
    /// Numbers of the staff of a department's desk or of an office, for messages about limits.
    async fn mobiles_of(&self, party: &Party) -> Result<Vec<Mobile>>;
    /// The offices that hold as long as there is no table `offices.tsv`.
    async fn offices(&self) -> Result<Vec<Office>>;
    /// The newest change of each administered table.
    async fn settings(&self) -> Result<Vec<Setting>>;
    /// Changes before this number, newest first, at most `limit`, without the tables' content.
    async fn setting_history(&self, before: u64, limit: u32) -> Result<Vec<TableChange>>;
    /// A change with the table's content; `None` where there is none of this number.
    async fn setting(&self, seq: u64) -> Result<Option<Setting>>;
    /// Number of the newest change; 0 where there is none.
    async fn newest_setting(&self) -> Result<u64>;
}

/// Reads the rows of attachments; their bytes are in files (`files.rs`).
#[async_trait]
pub trait ReadFiles: Send + Sync {
    /// An attachment by its id.
    async fn attachment(&self, id: &str) -> Result<Option<Attachment>>;
    /// Attachments whose stored file has no digest yet, from older versions.
    async fn undigested(&self) -> Result<Vec<Attachment>>;
    /// A case's attachments, including those that have not arrived.
    async fn attachments_of(&self, reference: Reference) -> Result<Vec<Attachment>>;
    /// What photos look like, from the first number after this one on, at most so many.
    async fn prints(&self, after: u64, limit: u32) -> Result<Vec<StoredPrint>>;
    /// Bytes of all attachments that nothing names: of those that are here, and as announced of those that were announced
    /// after `since`.
    async fn unnamed_bytes(&self, since: Time) -> Result<u64>;
    /// Attachments that nothing names and that are not here though they were announced before that.
    async fn unfinished(&self, before: Time) -> Result<Vec<AttachmentId>>;
}

/// Reads messages to citizens and offices.
#[async_trait]
pub trait ReadOutbox: Send + Sync {
    /// Messages to a number, about a case where one is named, newest first, at most `limit`.
    async fn messages_to(&self, mobile: &Mobile, about: Option<Reference>, limit: u32) -> Result<Vec<Message>>;
    /// The newest messages, for the demo's page.
    async fn messages(&self, limit: u32) -> Result<Vec<Message>>;
    /// When the oldest waiting message was written; `None` where none waits.
    async fn oldest_waiting(&self) -> Result<Option<Time>>;
    /// Whether a leased message may be sent: it has neither expired nor become untrue. Otherwise its new state is
    /// recorded.
    async fn still_holds(&self, id: i64, now: Time) -> Result<bool>;
    /// All questions to a number whether the work is done, newest first, also about cases that have other numbers now.
    async fn questions_to(&self, mobile: &Mobile) -> Result<Vec<Question>>;
    /// Whether a message with this template was made for a number since a moment.
    async fn was_told(&self, mobile: &Mobile, template: Template, since: Time) -> Result<bool>;
}

/// Writes the ledger, and what is stored about a case without being an event.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Appends events with everything that belongs to them. `Stale` where the case has another version than the one
    /// before.
    async fn append(&self, append: Append) -> Result<Appended>;
    /// Imports whole lives with their messages, for demo data. Answers the number of the last entry.
    async fn import(&self, lives: Vec<PackedLife>) -> Result<u64>;
    /// Sets another deadline, where the rules have changed since the row was written.
    async fn put_deadline(&self, reference: Reference, version: u32, at: Time) -> Result<()>;
    /// Sets a case's due date and deadline after a change of the rules, if its row still has this version.
    async fn put_due(
        &self,
        reference: Reference,
        version: u32,
        due: Option<Time>,
        deadline: Option<Time>,
    ) -> Result<()>;
    /// Records a reading; nothing is shown before this is on disk.
    async fn record_reading(&self, reading: Reading) -> Result<()>;
    /// Stores a published head.
    async fn put_head(&self, head: &PublishedHead) -> Result<()>;
    /// Records that a request was done, where nothing was appended.
    async fn remember(&self, idempotency: &Idempotency, at: Time) -> Result<()>;
    /// Erases the words of a case, on record; answers how many entries had some. The chain stays valid.
    async fn erase(&self, reference: Reference, at: Time) -> Result<usize>;
}

/// Writes numbers, sessions and codes.
#[async_trait]
pub trait People: Send + Sync {
    /// Records that a number was proved.
    async fn mark_verified(&self, person: PersonId, mobile: &Mobile, at: Time) -> Result<()>;
    /// Stores a person's number.
    async fn know_person(&self, person: PersonId, mobile: &Mobile) -> Result<()>;
    /// Stores a new session. It replaces one that began by the same page and code, whose answer was lost.
    async fn create_session(&self, session: &Session) -> Result<()>;
    /// Stores a new session of the member of staff whom a password has proved, if that is still the password of the
    /// account: `password` is the hash that was checked. Checked and written in one transaction, so that no session
    /// outlives a change made meanwhile. Answers whether it was stored.
    async fn create_staff_session(&self, session: &Session, password: &str) -> Result<bool>;
    /// Records that it was used.
    async fn touch_session(&self, token_hash: &[u8; 32], at: Time) -> Result<()>;
    /// Ends this session alone, because its time is over.
    async fn end_session(&self, token_hash: &[u8; 32]) -> Result<()>;
    /// Ends this session because somebody wants that, together with those that were handed over to it; the code by
    /// which it began opens no other.
    async fn sign_out(&self, token_hash: &[u8; 32]) -> Result<()>;
    /// Lets a session end at `ends`, in favour of one that page and code are about to begin. Answers whether they may:
    /// not where others have done so before.
    async fn hand_over_session(&self, token_hash: &[u8; 32], begun_by: &[u8; 32], ends: Time) -> Result<bool>;
    /// Replaces the session with the same token.
    async fn change_session(&self, session: &Session) -> Result<()>;
    /// Ends all sessions of a member of staff.
    async fn end_sessions_of(&self, staff: StaffId) -> Result<()>;
    /// Ends the oldest sessions of this actor, keeping `kept`.
    async fn end_sessions_but(&self, actor: &Actor, kept: u32) -> Result<()>;
    /// Stores a code and its message, unless there were too many. Checked and written in one transaction, so that a
    /// burst cannot pass the limits.
    async fn create_code(
        &self,
        code: &Code,
        asker: Asker,
        message: NewMessage,
        limits: CodeLimits,
    ) -> Result<CodeJudged>;
    /// Uses up the code with this id, or a valid one that the same address or the telephone itself asked for, if the
    /// hash matches; otherwise counts a wrong attempt against the one with this id. Checked and written in one
    /// transaction.
    async fn redeem_code(&self, tried: TriedCode, now: Time, rule: CodeRule) -> Result<Redeemed>;
    /// Counts a sign-in as failed before its password is checked, so that a burst cannot pass. Where it must wait,
    /// answers for how many seconds.
    async fn begin_sign_in(&self, counts: Vec<SignInCount>, at: Time) -> Result<Option<u32>>;
    /// Takes the failure back after a right password. The first way of counting starts again.
    async fn end_sign_in(&self, counts: Vec<SignInCount>) -> Result<()>;
}

/// Writes accounts, offices and what is administered.
#[async_trait]
pub trait Directory: Send + Sync {
    /// Changes an account if it is still as it was `before`, or adds it if there was none of its name; answers whether it
    /// has.
    async fn change_account(&self, before: Option<&Account>, after: &Account, at: Time) -> Result<bool>;
    /// Adds or replaces accounts, for demo data.
    /// Sets when somebody is away, `None` where they are back, if that is still as it was `seen`; answers whether it was. What is
    /// over counts as none. `by` is who says so.
    async fn change_absence(
        &self,
        staff: StaffId,
        seen: Option<Absence>,
        away: Option<Absence>,
        by: StaffId,
        at: Time,
    ) -> Result<bool>;
    /// Ends somebody's absence, whatever it is.
    async fn end_absence(&self, staff: StaffId) -> Result<()>;
    async fn put_accounts(&self, accounts: Vec<Account>, at: Time) -> Result<()>;
    /// Adds or replaces offices, for demo data; the table `offices.tsv` goes before them.
    async fn put_offices(&self, offices: Vec<Office>, at: Time) -> Result<()>;
    /// Stores rules, unless their version is stored already.
    async fn put_rules(&self, rules: &Rules, at: Time) -> Result<()>;
    /// Stores a change of an administered table if the newest change is still `newest`; answers its number, or `None`
    /// where somebody else was faster.
    async fn put_setting(&self, setting: &Setting, newest: u64) -> Result<Option<u64>>;
}

/// Writes the rows of attachments.
#[async_trait]
pub trait Files: Send + Sync {
    /// Stores an attachment's row.
    async fn put_attachment(&self, attachment: &Attachment, at: Time) -> Result<()>;
    /// Records that an attachment has arrived and was read; answers false where it was forgotten meanwhile.
    async fn attachment_came(&self, attachment: &Attachment, at: Time) -> Result<bool>;
    /// Deletes the row of an attachment that could not be read.
    async fn forget_attachment(&self, id: &str) -> Result<()>;
    /// Deletes the rows of attachments that nothing names: those that arrived before `before`, and those that never
    /// arrived and were announced before `unfinished`. Answers their ids.
    async fn forget_attachments(&self, before: Time, unfinished: Time, at: Time) -> Result<Vec<AttachmentId>>;
}

/// Writes messages, and hands them out to be sent.
#[async_trait]
pub trait Outbox: ReadOutbox {
    /// Puts a message into the outbox that no event has caused.
    async fn put_message(&self, message: NewMessage, at: Time) -> Result<()>;
    /// The gateway has taken it. `forget` blanks secrets in the text: a code, or the link to a case.
    async fn message_sent(&self, id: i64, at: Time, forget: bool) -> Result<()>;
    /// The gateway has not taken it. It is tried again at `next`, or given up where that is `None`.
    async fn message_failed(&self, id: i64, error: &str, next: Option<Time>) -> Result<()>;
    /// Leases pending messages of a share until `until`, each case's in order, and marks as expired what is of no use
    /// any more.
    async fn lease(&self, share: Share, now: Time, until: Time, limit: u32) -> Result<Vec<Message>>;
    /// Stops messages about cases to a number, or allows them again.
    async fn silence(&self, mobile: &Mobile, silent: bool, at: Time) -> Result<()>;
}

/// Telephone calls, as the exchange tells of them.
#[async_trait]
pub trait Calls: Send + Sync {
    /// A call is asked for.
    async fn begin_call(&self, call: PhoneCall) -> Result<()>;
    /// Something is heard of a call; each kind counts the first time. Answers false where the call is not known.
    async fn hear_call(&self, id: &str, heard: Heard, at: Time) -> Result<bool>;
    /// The caller has recorded its outcome.
    async fn record_call(&self, id: &str, outcome: CallOutcome) -> Result<()>;
    /// The newest call of a member of staff about a case, begun since then, whose outcome was not recorded.
    async fn newest_call(&self, staff: StaffId, of: Reference, since: Time) -> Result<Option<PhoneCall>>;
    /// The calls of a member of staff that were begun since then and have not ended.
    async fn open_calls(&self, staff: StaffId, since: Time) -> Result<Vec<PhoneCall>>;
    /// A call.
    async fn phone_call(&self, id: &str) -> Result<Option<PhoneCall>>;
    /// The calls of a member of staff since then whose outcome was recorded.
    async fn own_calls(&self, staff: StaffId, since: Time) -> Result<OwnCalls>;
}

/// Calls on the telephones of those who take grievances.
#[async_trait]
pub trait Lines: Send + Sync {
    /// A call has begun; told of again, it has moved to another telephone.
    async fn begin_line(&self, call: LineCall) -> Result<()>;
    /// Something is heard of a call; each kind counts the first time. Answers false where the call is not known.
    async fn hear_line(&self, id: &str, heard: Heard, at: Time) -> Result<bool>;
    /// A call.
    async fn line_call(&self, id: &str) -> Result<Option<LineCall>>;
    /// The newest call on somebody's telephone that began since then and has not ended.
    async fn line_of(&self, staff: StaffId, since: Time) -> Result<Option<LineCall>>;
    /// Numbers that rang since then, were not spoken with, and were rung back fewer times than `tries`; those that have waited
    /// longest first.
    async fn missed(&self, since: Time, tries: u32) -> Result<Vec<Missed>>;
    /// A call on somebody's telephone was about this grievance. Answers false where it was not on theirs.
    async fn tie_line(&self, id: &str, staff: StaffId, of: Reference) -> Result<bool>;
    /// What somebody has done on their telephone since then.
    async fn line_work(&self, staff: StaffId, since: Time) -> Result<LineWork>;
}

/// Calls that can be scored, and how they were.
#[async_trait]
pub trait Quality: Send + Sync {
    /// Who has spoken with somebody in a call begun since then, in either kind of call.
    async fn callers_heard(&self, since: Time) -> Result<Vec<StaffId>>;
    /// Somebody's calls begun since then that were answered and are over, oldest first.
    async fn calls_heard(&self, staff: StaffId, since: Time) -> Result<Vec<HeardCall>>;
    /// How many calls of each kind begun since then were answered and are over, by whose they were.
    async fn calls_counted(&self, since: Time) -> Result<Vec<(CallKind, StaffId, u32)>>;
    /// A call that was answered and is over.
    async fn heard_call(&self, id: &str) -> Result<Option<HeardCall>>;
    /// Scores given since then, newest first.
    async fn scores(&self, of: &ScoresOf, since: Time) -> Result<Vec<Score>>;
    /// Keeps a score. Answers false where this lead has scored the call before.
    async fn put_score(&self, score: Score) -> Result<bool>;
    /// A score is disputed. Answers false where it was before.
    async fn dispute_score(&self, id: &str, why: &str, at: Time) -> Result<bool>;
    /// A dispute is decided, as this score says. Answers false where there is none, or it was before.
    async fn decide_score(&self, score: Score) -> Result<bool>;
    /// A record that was returned is corrected. Answers false where it was not returned, or was corrected before.
    async fn correct_score(&self, id: &str, words: &str, at: Time) -> Result<bool>;
    /// The name of a member of staff.
    async fn staff_name(&self, staff: StaffId) -> Result<Option<String>>;
}

/// What the nodes of one database share: turns, allowances, named facts.
#[async_trait]
pub trait Shared: Send + Sync {
    /// Counts an attempt at something limited, for all nodes together. Where it is too early, counts nothing and
    /// answers after how many milliseconds it can be repeated.
    async fn admit(&self, allowance: Allowance) -> Result<Option<i64>>;
    /// Takes a turn at a task that only one node does at a time, or keeps it, until `until`. Answers false while
    /// another has it.
    async fn take_turn(&self, what: &str, who: &str, now: Time, until: Time) -> Result<bool>;
    /// Those of these turns that somebody has, each with who; at most some hundred are asked for at once.
    async fn turns(&self, whats: &[String], now: Time) -> Result<Vec<(String, String)>>;
    /// A fact that the database knows about itself.
    async fn fact(&self, name: &str) -> Result<Option<Vec<u8>>>;
    /// Stores a fact.
    async fn put_fact(&self, name: &str, value: Vec<u8>) -> Result<()>;
    /// Deletes a fact.
    async fn forget_fact(&self, name: &str) -> Result<()>;
}

/// Checks, repairs and tidies up.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// Checks the chains, the commitments, and that every view equals the ledger.
    async fn verify(&self, witness: Witness) -> Result<Audit>;
    /// Deletes the case rows and makes them again from the ledger; `told` is called now and then with their number.
    /// Answers how many there are.
    async fn rebuild(&self, rules: &Rules, told: fn(u64)) -> Result<u64>;
    /// Deletes what is past its retention: sessions, codes, failed sign-ins, answers to repeated requests, messages.
    async fn sweep(&self, now: Time) -> Result<()>;
    /// What [`Upkeep::sweep`] would delete now.
    async fn over(&self, now: Time) -> Result<Vec<Retained>>;
    /// Whether the store can write now: records the time.
    async fn ping(&self, at: Time) -> Result<()>;
    /// Looks for damaged pages; answers what is damaged, `None` where nothing is.
    async fn damage(&self) -> Result<Option<String>>;
    /// Moves everything from the log to the database file; with `keep_room` the log keeps its size on disk, to be
    /// written over.
    async fn checkpoint(&self, keep_room: bool) -> Result<()>;
}

/// Everything that can be read.
pub trait Reader: ReadCases + ReadPeople + ReadDirectory + ReadFiles + ReadOutbox {}
impl<T: ReadCases + ReadPeople + ReadDirectory + ReadFiles + ReadOutbox> Reader for T {}

/// The whole store.
pub trait Store:
    Reader + Ledger + People + Directory + Files + Outbox + Calls + Lines + Quality + Shared + Upkeep
{
}
impl<T: Reader + Ledger + People + Directory + Files + Outbox + Calls + Lines + Quality + Shared + Upkeep> Store for T {}

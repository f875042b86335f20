//! The wire: one type for each call. The router mounts it, the browser calls it, the OpenAPI document describes
//! it, all from the same type; a mismatch does not compile.
//!
//! Answers carry codes, never prose: the apps hold the words. Times are RFC 3339 in UTC.

use crate::atr::Outcome;
use crate::clock::Lane;
use crate::counts::Figures;
use crate::lifecycle::{Action, ActionKind, Channel, EventKind, Holder, Party, Refusal, Side, Stage};
use crate::lodging::{Affected, Lodging, Problem as FieldProblem};
use crate::reason::Reasons;
use crate::{Actor, AttachmentId, CategoryCode, DepartmentCode, Language, Lgd, OfficeId, Reference, Role, Time};
use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// HTTP methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads, changes nothing.
    Get,
    /// Makes or changes something.
    Post,
    /// Ends something.
    Delete,
}

/// A call. The value itself holds what stands in the path and the query.
pub trait Endpoint: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The JSON body; `()` for none.
    type Request: Serialize + DeserializeOwned + Send + 'static;
    /// The JSON answer; `()` for none.
    type Response: Serialize + DeserializeOwned + Send + 'static;
    /// Its method.
    const METHOD: Method;
    /// Its path with `{names}`, as the router wants it.
    const PATTERN: &'static str;
    /// Whether it creates something and therefore needs an `Idempotency-Key`.
    const CREATES: bool = false;
    /// Whether it is for whoever sits there: it asks or changes who that is, so the page need not know it.
    const ANYBODY: bool = false;
    /// The path and query of this very call.
    fn path(&self) -> String {
        Self::PATTERN.to_owned()
    }
}

macro_rules! endpoint {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident : $type:ty),* $(,)? }
     $method:ident $pattern:literal, $request:ty => $response:ty $(, creates = $creates:literal)? $(, anybody = $anybody:literal)? $(, path = $path:expr)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type),* }
        impl Endpoint for $name {
            type Request = $request;
            type Response = $response;
            const METHOD: Method = Method::$method;
            const PATTERN: &'static str = $pattern;
            $(const CREATES: bool = $creates;)?
            $(const ANYBODY: bool = $anybody;)?
            $(fn path(&self) -> String { let make: fn(&Self) -> String = $path; make(self) })?
        }
    };
}

/// `?a=1&b=2` of the pairs that have a value; values are codes and numbers, escaped all the same.
fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if value.is_empty() {
            continue;
        }
        out.push(if out.is_empty() { '?' } else { '&' });
        out.push_str(name);
        out.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.:,".contains(&byte) {
                out.push(char::from(byte));
            } else {
                out.push('%');
                for digit in [byte >> 4, byte & 15] {
                    out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
                }
            }
        }
    }
    out
}

// --- sessions --------------------------------------------------------------------------------------------------

endpoint!(
    /// Sends a one-time code to a mobile number. The answer is the same whether anybody has lodged from it.
    SendCode {} Post "/api/codes", SendCodeRequest => CodeSent, anybody = true
);
endpoint!(
    /// Exchanges a code for a citizen's session.
    ExchangeCode {
        /// The name of the code, as [`SendCode`] gave it.
        id: String,
    } Post "/api/codes/{id}", ExchangeCodeRequest => Me, anybody = true, path = |call| format!("/api/codes/{}", call.id)
);
endpoint!(
    /// Who am I?
    WhoAmI {} Get "/api/session", () => Me, anybody = true
);
endpoint!(
    /// Staff sign-in.
    SignIn {} Post "/api/session", SignInRequest => Me, anybody = true
);
endpoint!(
    /// Ends the session.
    SignOut {} Delete "/api/session", () => ()
);
endpoint!(
    /// Gives the signed-in citizen's grievances another number, proved by a code that [`SendCode`] sent to it.
    ChangeNumber {} Post "/api/me/number", ChangeNumberRequest => Me
);

/// The header in which a page says for whom it was drawn: [`Me::mark`]. Where somebody else, or nobody, is signed in by
/// now, nothing is done and the answer is [`ProblemCode::OtherPerson`].
pub const AS_HEADER: &str = "pratikar-as";

/// Body of [`ChangeNumber`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangeNumberRequest {
    /// The name of the code, as [`SendCode`] gave it for the new number.
    pub id: String,
    /// The code.
    pub code: String,
    /// As in [`ExchangeCodeRequest`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub once: String,
}

/// A sum that a browser works out where very many ask from one address: whoever asks for one code hardly notices it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Work {
    /// To be sent back as `<challenge>:<counter>`, within ten minutes and once.
    pub challenge: String,
    /// Zero bits with which the SHA-256 of what is sent back begins.
    pub bits: u8,
}

/// Body of [`SendCode`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SendCodeRequest {
    /// As typed.
    pub mobile: String,
    /// Language of the message.
    #[serde(default)]
    pub language: Language,
    /// `<challenge>:<counter>`, where the answer before was [`ProblemCode::WorkNeeded`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<String>,
}

/// Answer of [`SendCode`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CodeSent {
    /// To be sent back with the code.
    pub id: String,
    /// For how many minutes it holds.
    pub minutes: u32,
}

/// Body of [`ExchangeCode`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExchangeCodeRequest {
    /// Six digits of any script, with spaces or hyphens, or the whole message that they stand in.
    pub code: String,
    /// A random word of the page, at least 16 letters, known to nobody else. Where the answer was lost on the line, the same
    /// code is taken from the same page once more, as long as it would have held.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub once: String,
}

/// Body of [`SignIn`].
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignInRequest {
    /// Name of the account.
    pub username: String,
    /// Its password.
    pub password: String,
}

/// Who is signed in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Me {
    /// Nobody where it is none.
    pub actor: Option<Actor>,
    /// A staff member's name, or a citizen's masked number.
    pub name: String,
    /// Office or department of a staff member, in English and Bengali.
    pub unit: Option<Names>,
    /// The same for the same person, and for nobody else; empty for nobody. Goes into [`AS_HEADER`].
    #[serde(default)]
    pub mark: String,
}

impl Me {
    /// Whether they came by the link in a message, and so see one case.
    #[must_use]
    pub fn is_by_link(&self) -> bool {
        self.actor.as_ref().is_some_and(|actor| matches!(actor.scope, crate::Scope::Case { .. }))
    }
}

/// A name in the languages of the screens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Names {
    /// English.
    pub en: String,
    /// Bengali.
    pub bn: String,
    /// Hindi, where there is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hi: String,
    /// Nepali, where there is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ne: String,
    /// Urdu, where there is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ur: String,
}

impl Names {
    /// The name in a language; English where there is none in it.
    #[must_use]
    pub fn of(&self, language: Language) -> &str {
        let own = match language {
            Language::Bengali => &self.bn,
            Language::Hindi => &self.hi,
            Language::Nepali => &self.ne,
            Language::Urdu => &self.ur,
            Language::English | Language::BengaliLatin | Language::Santali => &self.en,
        };
        if own.is_empty() { &self.en } else { own }
    }
}

// --- grievances ------------------------------------------------------------------------------------------------

endpoint!(
    /// Lodges a grievance.
    Lodge {} Post "/api/grievances", Lodging => Receipt, creates = true
);
endpoint!(
    /// The signed-in citizen's own, newest first.
    MyGrievances {} Get "/api/grievances", () => Vec<CaseLine>
);
endpoint!(
    /// One case, shaped by role. Carries an `ETag`.
    GetCase {
        /// Its number.
        reference: String,
    } Get "/api/grievances/{reference}", () => CaseView, path = |call| format!("/api/grievances/{}", call.reference)
);
endpoint!(
    /// Does something to a case. Wants `If-Match`.
    Act {
        /// Its number.
        reference: String,
    } Post "/api/grievances/{reference}/actions", Action => CaseView, creates = true,
    path = |call| format!("/api/grievances/{}/actions", call.reference)
);
endpoint!(
    /// Shows the citizen's whole number to somebody who must call; on record.
    Reveal {
        /// Number of the case.
        reference: String,
    } Post "/api/grievances/{reference}/reveal", RevealRequest => Revealed,
    path = |call| format!("/api/grievances/{}/reveal", call.reference)
);
endpoint!(
    /// Who has read a case.
    AccessLog {
        /// Its number.
        reference: String,
    } Get "/api/grievances/{reference}/access", () => Vec<AccessLine>,
    path = |call| format!("/api/grievances/{}/access", call.reference)
);

endpoint!(
    /// Asks, for a citizen who stands at a counter, that another number takes the place of the case's; somebody else of
    /// the cell decides. Both numbers are told.
    RequestNumberChange {
        /// Number of the case.
        reference: String,
    } Post "/api/grievances/{reference}/number", NumberChangeRequest => (),
    path = |call| format!("/api/grievances/{}/number", call.reference)
);

/// Body of [`RequestNumberChange`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NumberChangeRequest {
    /// The new number, as typed.
    pub mobile: String,
    /// Why, and by what it was seen that it is the citizen.
    pub reason: String,
}

/// Where a photo is sent: its bytes as the body, answered with [`Uploaded`].
pub const UPLOADS: &str = "/api/uploads";

/// The path of a stored photo.
#[must_use]
pub fn photo_path(id: &str) -> String {
    format!("/api/photos/{id}")
}

/// The path of a stored spoken note.
#[must_use]
pub fn voice_path(id: &str) -> String {
    format!("/api/voices/{id}")
}

/// The path of an upload that can be resumed.
#[must_use]
pub fn upload_path(id: &str) -> String {
    format!("{UPLOADS}/{id}")
}

/// Answer of an upload.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Uploaded {
    /// To be named in what it belongs to.
    pub id: AttachmentId,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// What a citizen holds after lodging.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Receipt {
    /// The number.
    pub reference: Reference,
    /// By when it is due.
    #[serde(default, with = "crate::moment::optional")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Time>"))]
    pub due: Option<Time>,
    /// How fast it must go; of an emergency, `due` is told to the minute.
    #[serde(default)]
    pub lane: Lane,
    /// Whether the citizen's name is kept from the department: then no office calls.
    #[serde(default)]
    pub hidden: bool,
    /// Whether the number has been proved by a code.
    pub number_verified: bool,
}

/// Body of [`Reveal`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RevealRequest {
    /// What for.
    pub reason: String,
}

/// Answer of [`Reveal`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Revealed {
    /// Ten digits.
    pub mobile: String,
}

/// One reading of a case.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccessLine {
    /// When.
    pub at: Time,
    /// In which role.
    pub role: Role,
    /// Of which department.
    pub department: Option<DepartmentCode>,
    /// Whether the whole number was shown.
    pub revealed: bool,
}

/// A case on a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CaseLine {
    /// Its number.
    pub reference: Reference,
    /// Number of events so far.
    pub version: u32,
    /// How the grievance begins: at most 70 letters.
    pub title: String,
    /// Language of the title.
    pub language: Language,
    /// Where it stands.
    pub stage: Stage,
    /// How fast it must go.
    pub lane: Lane,
    /// District.
    pub district: Option<Lgd>,
    /// Block or town.
    pub place: Option<Lgd>,
    /// What it is about.
    pub category: Option<CategoryCode>,
    /// Whose it is.
    pub department: Option<DepartmentCode>,
    /// Its office.
    pub office: Option<OfficeId>,
    /// When it was lodged.
    pub lodged_at: Time,
    /// When it came to this stage.
    pub stage_since: Time,
    /// When the citizen may expect it; none while closed or paused.
    pub due: Option<Time>,
    /// How often the citizen has said "not done".
    pub disputes: u8,
}

impl CaseLine {
    /// As it is shown to whoever should learn no more than that there is such a case.
    #[must_use]
    pub fn withheld(self) -> Self {
        Self { title: String::new(), category: None, department: None, office: None, ..self }
    }
}

/// The case that another one follows, as the follower's citizen sees it: where it lies and what was done, in nobody's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MainCase {
    /// Its number.
    pub reference: Reference,
    /// Where it stands.
    pub stage: Stage,
    /// How fast it must go.
    pub lane: Lane,
    /// Who has it.
    pub holder: Holder,
    /// Whose it is.
    pub department: Option<DepartmentCode>,
    /// Name of its office.
    pub office_name: Option<Names>,
    /// When it may be expected; none while closed or paused.
    pub due: Option<Time>,
    /// What has happened, newest first, without words and photos.
    pub timeline: Vec<TimelineEntry>,
}

/// A case in full, as far as the reader's role goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CaseView {
    /// What stands on lists.
    pub line: CaseLine,
    /// How it came in.
    pub channel: Channel,
    /// The grievance in the citizen's words.
    pub text: String,
    /// Where it is, in the citizen's words.
    pub landmark: String,
    /// The citizen's name; none for departments where it is shielded.
    pub name: Option<String>,
    /// `98xxxxxx21`; none where it is shielded.
    pub mobile: Option<String>,
    /// Whether the number has been proved for this case: it was lodged in a session of that number, or its citizen has
    /// acted on it since, by code or by text message.
    pub number_verified: bool,
    /// The reader came by a link to a number that nobody has proved: everything but the stage is left out.
    #[serde(default)]
    pub limited: bool,
    /// Somebody at its number has said that it is not theirs; the citizen must be reached in another way.
    #[serde(default)]
    pub disowned: bool,
    /// A counter has asked for another number, and nobody has decided yet.
    #[serde(default)]
    pub number_change_requested: bool,
    /// Whether the citizen's identity is kept from the department.
    pub shielded: bool,
    /// Who has it now.
    pub holder: Holder,
    /// Name of the office that has it.
    pub office_name: Option<Names>,
    /// Seconds counted by the citizen's clock.
    pub citizen_seconds: i64,
    /// Seconds for which the present holder has had it in all.
    pub holder_seconds: i64,
    /// When the present holder's limit ends.
    pub holder_due: Option<Time>,
    /// When it was closed.
    pub closed_at: Option<Time>,
    /// Recorded contacts of the present office with the citizen.
    pub contacts: u16,
    /// How far the last report says it is done.
    pub outcome: Option<Outcome>,
    /// A visit is ordered and not yet made.
    pub visit_due: bool,
    /// The case that it follows.
    pub root: Option<Reference>,
    /// What its citizen may know of that case.
    #[serde(default)]
    pub main_case: Option<MainCase>,
    /// How many cases follow it.
    #[serde(default)]
    pub followers: u32,
    /// Which they are, for the cell; at most twenty.
    #[serde(default)]
    pub following: Vec<Reference>,
    /// To whom it is offered.
    pub offered_to: Option<Party>,
    /// Photos of the grievance itself.
    pub photos: Vec<AttachmentId>,
    /// A spoken note, once it has come; none for departments where the identity is shielded, for a voice tells it.
    #[serde(default)]
    pub voice: Option<AttachmentId>,
    /// Whether there is a spoken note, here or on its way.
    #[serde(default)]
    pub spoken: bool,
    /// Photos that are still on their way.
    #[serde(default)]
    pub photos_coming: u32,
    /// What its category asked, and the answers.
    #[serde(default)]
    pub answers: Vec<Answered>,
    /// Whom it concerns.
    #[serde(default)]
    pub affected: Option<Affected>,
    /// Whether it is about an officer or office.
    #[serde(default)]
    pub about_office: bool,
    /// Until when its citizen may open it again; none where that is not open to them.
    #[serde(default)]
    pub reopen_until: Option<Time>,
    /// Until when its citizen may appeal; none where that is not open to them.
    #[serde(default)]
    pub appeal_until: Option<Time>,
    /// How well it went, as the citizen says.
    #[serde(default)]
    pub rating: Option<u8>,
    /// What has happened, newest first.
    pub timeline: Vec<TimelineEntry>,
    /// What the reader may do now, by the rulebook.
    pub actions: Vec<ActionKind>,
}

/// One knot on the thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TimelineEntry {
    /// When.
    pub at: Time,
    /// What.
    pub kind: EventKind,
    /// An outcome, a means or a ground, in a word.
    pub detail: Option<String>,
    /// By whom.
    pub role: Role,
    /// Of which department.
    pub department: Option<DepartmentCode>,
    /// To whom it went, where it went somewhere.
    pub to: Option<Party>,
    /// The office to which it went, or which did it.
    #[serde(default)]
    pub office_name: Option<Names>,
    /// What they wrote.
    pub text: Option<String>,
    /// Of a report: why nobody spoke to the citizen, where nobody did.
    #[serde(default)]
    pub no_contact: Option<String>,
    /// Of a report of part of the work: the day by which the rest is promised, in Indian time.
    #[serde(default)]
    pub next_date: Option<NaiveDate>,
    /// In which language.
    pub language: Language,
    /// Photos that have come.
    pub photos: Vec<AttachmentId>,
    /// Photos that are still on their way.
    #[serde(default)]
    pub photos_coming: u32,
    /// Whether it was sent back or marked late.
    pub setback: bool,
    /// Whether it confirms from outside the department.
    pub redresses: bool,
    /// Who reads it, of a note.
    #[serde(default)]
    pub side: Option<Side>,
}

/// An answer that the citizen gave to a question of the form, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Answered {
    /// What was asked.
    pub question: Names,
    /// What was answered.
    pub answer: Names,
}

endpoint!(
    /// Open grievances of the same category and place whose words are like these. Tells nothing of who lodged them.
    FindLike {} Post "/api/similar", FindLikeRequest => Vec<Like>
);
endpoint!(
    /// About where blocks and towns lie. A phone asks for all of them and finds the nearest itself: where it is stays with it.
    Positions {} Get "/api/positions", () => Vec<PlaceAt>
);

/// About where a block or town lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlaceAt {
    /// LGD code of the block or town.
    pub lgd: Lgd,
    /// Latitude in thousandths of a degree, north.
    pub north: i32,
    /// Longitude in thousandths of a degree, east.
    pub east: i32,
}

endpoint!(
    /// What a grievance may be about, by its words: the codes of at most three categories, the likeliest first.
    SuggestCategory {} Post "/api/categories/suggested", SuggestCategoryRequest => Vec<CategoryCode>
);

/// Body of [`SuggestCategory`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SuggestCategoryRequest {
    /// What happened, as typed.
    pub text: String,
}

endpoint!(
    /// Everything that is kept about the signed-in citizen.
    MyData {} Get "/api/me", () => Dossier
);
endpoint!(
    /// What is needed to check a case against the published heads of the ledger.
    GetProof {
        /// Its number.
        reference: String,
    } Get "/api/grievances/{reference}/proof", () => Proof,
    path = |call| format!("/api/grievances/{}/proof", call.reference)
);
endpoint!(
    /// The published heads of the ledger, newest first, and the key that has signed them.
    GetHeads {} Get "/api/ledger", () => Published
);

/// Body of [`FindLike`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FindLikeRequest {
    /// What happened, as typed.
    pub text: String,
    /// What it is about.
    pub category: CategoryCode,
    /// District.
    pub district: Lgd,
    /// Block or town.
    pub place: Option<Lgd>,
    /// The rest of where, as typed.
    #[serde(default)]
    pub landmark: String,
}

/// A grievance that may be the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Like {
    /// For [`crate::lodging::Lodging::same_as`]; opens nothing.
    pub token: String,
    /// When it was lodged.
    #[serde(with = "crate::moment")]
    #[cfg_attr(feature = "schema", schemars(with = "Time"))]
    pub lodged_at: Time,
    /// Where it stands.
    pub stage: Stage,
    /// How many people have lodged it so far.
    pub people: u32,
    /// The asker's own words that it has too.
    pub words: Vec<String>,
}

/// All that is kept about a citizen.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Dossier {
    /// When it was put together.
    pub as_of: Option<Time>,
    /// The whole number.
    pub mobile: String,
    /// Every case, in full.
    pub cases: Vec<CaseView>,
    /// Who has read which case.
    pub readings: Vec<Reading>,
    /// Messages that were sent.
    pub messages: Vec<SentMessage>,
}

/// Readings of one case.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reading {
    /// The case.
    pub reference: Reference,
    /// Who has read it, newest first.
    pub readers: Vec<AccessLine>,
}

/// A message that was sent to a citizen.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SentMessage {
    /// When.
    pub at: Time,
    /// What it said; empty where it was a code.
    pub text: String,
}

/// The first entry of a case and the way from it to a published head. Hashes are hexadecimal SHA-256.
///
/// `digest = SHA-256(seq ‖ reference ‖ version ‖ at ‖ by ‖ body ‖ commitment)`, numbers big-endian (8, 8, 4 and 8
/// bytes), texts and the commitment each after their length in 8 bytes; `head(n) = SHA-256(head(n - 1) ‖ digest(n))`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Proof {
    /// Number of the entry in the ledger.
    pub seq: u64,
    /// Number of the case, without its spaces.
    pub reference: String,
    /// Version of the case: 1.
    pub version: u32,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    /// By whom, as it is hashed.
    pub by: String,
    /// What, as it is hashed.
    pub body: String,
    /// Salt of the commitment to the words.
    pub salt: String,
    /// The words, as they are committed to.
    pub statement: String,
    /// The head before the entry.
    pub before: String,
    /// The digests of the entries after it, up to the head.
    pub after: Vec<String>,
    /// The published head; none where the next has not been published yet.
    pub head: Option<SignedHead>,
}

/// A published head.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignedHead {
    /// Number of its last entry.
    pub seq: u64,
    /// Its hash, hexadecimal.
    pub hash: String,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    /// Ed25519 over `pratikar head {seq} {hash} {at}`, hexadecimal.
    pub signature: String,
}

/// What is published about the ledger.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Published {
    /// The Ed25519 key that signs, hexadecimal.
    pub key: String,
    /// The newest heads, newest first.
    pub heads: Vec<SignedHead>,
}

// --- work ------------------------------------------------------------------------------------------------------

endpoint!(
    /// A worklist of the signed-in staff member, most urgent first.
    GetQueue {
        /// Which, see [`Queue`].
        queue: String,
        /// Where to go on; from the page before.
        #[serde(default)]
        cursor: String,
        /// Which part of it, see [`Due`]; empty for all.
        #[serde(default)]
        due: String,
    } Get "/api/queues/{queue}", () => QueuePage,
    path = |call| format!("/api/queues/{}{}", call.queue, query([("cursor", &*call.cursor), ("due", &*call.due)]))
);
endpoint!(
    /// What somebody must look after: for those who see the desks, and the administrator.
    GetHealth {} Get "/api/health", () => Health
);

/// The server's own state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Health {
    /// What is not as it should be; empty where all is well.
    pub alarms: Vec<Alarm>,
}

/// Something that somebody must look after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Alarm {
    /// The clock is not believed: no limit is acted on until it is right.
    Clock,
    /// Room on the disk is short: photos are turned away.
    DiskLow,
    /// The disk is full.
    DiskFull,
    /// The database is damaged.
    Damaged,
    /// Messages have waited for long.
    MessagesStuck,
    /// The last backup is too old.
    BackupLate,
    /// The calendar of holidays ends soon.
    CalendarEnds,
}

endpoint!(
    /// The next case for a verification call; nobody else is given it for ten minutes.
    NextCall {} Post "/api/calls/next", () => Option<CaseView>
);
endpoint!(
    /// Earlier grievances from a number, for whoever takes the call.
    Caller {} Post "/api/callers", CallerRequest => Vec<CaseLine>
);
endpoint!(
    /// Offices of a department.
    Offices {
        /// Code of the department.
        department: String,
        /// LGD code of a district, or empty.
        #[serde(default)]
        district: String,
    } Get "/api/offices", () => Vec<Office>,
    path = |call| format!("/api/offices{}", query([("department", &*call.department), ("district", &*call.district)]))
);
endpoint!(
    /// How loaded the desks are.
    Desks {} Get "/api/desks", () => Vec<Desk>
);
endpoint!(
    /// Tables that both apps need.
    GetReference {} Get "/api/reference", () => ReferenceData
);

/// Which worklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Queue {
    /// The cell's desk: to be categorised.
    Desk,
    /// A nodal officer's: to forward, reports to check, transfers offered.
    Department,
    /// An office's.
    Office,
    /// To be called.
    Verification,
    /// To be visited.
    Visits,
    /// Appeals.
    Appeals,
    /// Citizens to be called who have owed an answer for long ([`crate::lifecycle::Case::call_owed`]).
    Answers,
}

impl Queue {
    /// Every worklist.
    pub const ALL: [Self; 7] =
        [Self::Desk, Self::Department, Self::Office, Self::Verification, Self::Visits, Self::Appeals, Self::Answers];

    /// Its name in paths.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Department => "department",
            Self::Office => "office",
            Self::Verification => "verification",
            Self::Visits => "visits",
            Self::Appeals => "appeals",
            Self::Answers => "answers",
        }
    }

    /// The worklist of a role; none where the role has none.
    #[must_use]
    pub fn of(role: Role) -> Option<Self> {
        Some(match role {
            Role::OperationalAnalyst => Self::Desk,
            Role::NodalOfficer => Self::Department,
            Role::OfficeOfficer => Self::Office,
            Role::VerificationCaller => Self::Verification,
            Role::FieldValidator => Self::Visits,
            Role::AppellateAuthority => Self::Appeals,
            Role::TeleCaller => Self::Answers,
            _ => return None,
        })
    }

    /// The worklist of a name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.code() == code)
    }
}

/// How near the citizen's limit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Due {
    /// Passed.
    Over,
    /// Ends today.
    Today,
    /// Ends within seven days.
    Week,
    /// Later.
    Later,
}

impl Due {
    /// All of them, most urgent first.
    pub const ALL: [Self; 4] = [Self::Over, Self::Today, Self::Week, Self::Later];

    /// Its name in a query.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Over => "over",
            Self::Today => "today",
            Self::Week => "week",
            Self::Later => "later",
        }
    }

    /// The span of a name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|due| due.code() == code)
    }
}

/// A page of a worklist.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QueuePage {
    /// At most 50.
    pub rows: Vec<CaseLine>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Cases over the limit, due today, due this week, later; in the order of [`Due::ALL`].
    pub by_due: [u32; 4],
    /// When the oldest of all was lodged.
    pub oldest: Option<Time>,
}

/// Body of [`Caller`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallerRequest {
    /// As typed.
    pub mobile: String,
}

/// A sub-office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Office {
    /// Its number.
    pub id: OfficeId,
    /// Whose it is.
    pub department: DepartmentCode,
    /// Its district.
    pub district: Option<Lgd>,
    /// Its name.
    pub name: Names,
}

/// How loaded one desk is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Desk {
    /// Which.
    pub stage: Stage,
    /// Of which department, where it is one's.
    pub department: Option<DepartmentCode>,
    /// Cases there.
    pub open: u32,
    /// Of these, past the citizen's limit.
    pub overdue: u32,
    /// When the oldest of them came there.
    pub oldest: Option<Time>,
}

/// Tables that both apps need; changes rarely, carries an `ETag`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReferenceData {
    /// Name, helpline and so on.
    pub brand: Brand,
    /// Districts with their blocks and towns.
    pub districts: Vec<District>,
    /// Departments.
    pub departments: Vec<Department>,
    /// Categories with their leaves.
    pub categories: Vec<Category>,
    /// What each category asks.
    #[serde(default)]
    pub reasons: Reasons,
}

/// What a deployment calls itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Brand {
    /// Of the system.
    pub name: Names,
    /// Whose service it is.
    #[serde(default)]
    pub owner: Names,
    /// Of the state's government.
    pub state: Names,
    /// Ten digits.
    pub helpline: String,
    /// When it is staffed.
    pub helpline_hours: Names,
    /// `example.gov.in`, for messages.
    pub site: String,
}

/// A district.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct District {
    /// LGD code.
    pub lgd: Lgd,
    /// Its name.
    pub name: Names,
    /// Its blocks and towns.
    pub places: Vec<Place>,
    /// The PIN codes that lie in it: first and last of each span.
    #[serde(default)]
    pub pins: Vec<(u32, u32)>,
    /// Other names by which it is found, parted by bars.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub also: String,
}

/// A block or town.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    /// LGD code; a town that lies in two districts stands in both.
    pub lgd: Lgd,
    /// Its name.
    pub name: Names,
    /// Whether it is a town.
    pub urban: bool,
    /// Other names by which it is found, parted by bars: old ones, and those of places within it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub also: String,
}

/// A department.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Department {
    /// Code.
    pub code: DepartmentCode,
    /// Its name.
    pub name: Names,
    /// A short name for narrow places.
    pub short: Names,
}

/// A group of categories.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Category {
    /// Code.
    pub code: String,
    /// Its name.
    pub name: Names,
    /// Its leaves.
    pub leaves: Vec<Leaf>,
}

/// A category that a grievance can have.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Leaf {
    /// Code.
    pub code: CategoryCode,
    /// Its name.
    pub name: Names,
    /// Whose it is in the countryside.
    pub department: DepartmentCode,
    /// Whose it is in towns.
    pub department_urban: Option<DepartmentCode>,
    /// Working days.
    pub limit_days: i64,
    /// The lane it starts in.
    pub lane: Lane,
    /// Words by which it is suggested.
    pub keywords: Vec<String>,
}

// --- figures ---------------------------------------------------------------------------------------------------

endpoint!(
    /// Figures of any slice.
    GetCounts {
        /// [`crate::counts::Dimension`] by which to group; empty for none.
        #[serde(default)]
        by: String,
        /// `district:307,department:PHE`; all must hold.
        #[serde(default, rename = "where")]
        filter: String,
        /// Lodged within so many Indian calendar days, today included; empty for all.
        #[serde(default)]
        days: String,
    } Get "/api/counts", () => Counts,
    path = |call| format!("/api/counts{}", query([("by", &*call.by), ("where", &*call.filter), ("days", &*call.days)]))
);
endpoint!(
    /// The cases behind a figure, newest first.
    CasesBehind {
        /// As in [`GetCounts`].
        #[serde(default, rename = "where")]
        filter: String,
        /// As in [`GetCounts`].
        #[serde(default)]
        days: String,
        /// Where to go on.
        #[serde(default)]
        cursor: String,
    } Get "/api/cases", () => CasePage,
    path = |call| format!("/api/cases{}", query([("where", &*call.filter), ("days", &*call.days), ("cursor", &*call.cursor)]))
);

/// The path of the server-sent events: `figures`, each a [`LiveFrame`], as they change; `beat`, the server's time, every ten
/// seconds; `end` where the session is over.
pub const LIVE: &str = "/api/live";

/// Figures as of a ledger sequence number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counts {
    /// The last ledger entry that they reflect.
    pub seq: u64,
    /// When they were counted.
    pub as_of: Option<Time>,
    /// Of the whole slice.
    pub total: Figures,
    /// Of each group, largest first; days in order.
    pub groups: Vec<Group>,
}

/// The figures of one group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Group {
    /// Code of the group within its dimension; empty where it is unknown.
    pub key: String,
    /// Its figures.
    pub figures: Figures,
}

/// A page of cases.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CasePage {
    /// At most 50.
    pub rows: Vec<CaseLine>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// How many there are in all.
    pub total: u32,
}

/// What a live dashboard is told, at most four times a second.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LiveFrame {
    /// The last ledger entry that it reflects.
    pub seq: u64,
    /// When it was made.
    pub as_of: Option<Time>,
    /// Lodged today.
    pub lodged_today: u32,
    /// Of all cases.
    pub total: Figures,
    /// Of those lodged within the last 30 days; what is open is all that is.
    pub month: Figures,
}

// --- problems --------------------------------------------------------------------------------------------------

/// `application/problem+json` (RFC 9457). The apps hold the words for `code`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// `about:blank` is left out; this is `urn:pratikar:` and the code.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// HTTP status.
    pub status: u16,
    /// Stable name of what went wrong.
    pub code: ProblemCode,
    /// What to do, in one English sentence, for those who read answers by hand.
    #[serde(default)]
    pub title: String,
    /// Every field's problem.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// Where no code is sent now: the name under which a code may be entered all the same that the telephone itself asks
    /// for, by the text message CODE.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_page: Option<String>,
    /// What to work out before the same request is sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<Work>,
    /// The rule that an action ran into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// The version that the case has now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Seconds after which to try again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// To be named to whoever mends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
}

macro_rules! problem_codes {
    ($($(#[$doc:meta])* $name:ident = $status:literal $title:literal),+ $(,)?) => {
        /// What can go wrong, each with its status.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum ProblemCode { $($(#[$doc])* $name),+ }
        impl ProblemCode {
            /// Every code.
            pub const ALL: [Self; [$(Self::$name),+].len()] = [$(Self::$name),+];
            /// Its HTTP status.
            #[must_use]
            pub fn status(self) -> u16 { match self { $(Self::$name => $status),+ } }
            /// What to do, in English.
            #[must_use]
            pub fn title(self) -> &'static str { match self { $(Self::$name => $title),+ } }
        }
    };
}

problem_codes! {
    /// The program failed.
    #[default]
    Internal = 500 "Something broke on our side. Try again; if it happens again, tell us the incident number.",
    /// No such path, case, photo or code; or none that the asker may know of.
    NotFound = 404 "There is nothing here that you can see. Check the address or number.",
    /// Signed in as nobody.
    SignInNeeded = 401 "Sign in first.",
    /// Signed in, but not for this.
    NotPermitted = 403 "Your role may not do this.",
    /// The request came from another site.
    CrossSite = 403 "Send this from the service's own pages.",
    /// Name or password are wrong.
    WrongPassword = 401 "Check the name and the password.",
    /// The one-time code is wrong.
    WrongCode = 422 "Check the code and enter it again.",
    /// The one-time code is too old, used, or was tried too often.
    ExpiredCode = 410 "Ask for a new code.",
    /// There are no six digits in what was entered, or too many; no try is counted.
    NoCode = 422 "Enter the six digits of the code, or paste the whole message.",
    /// Very many grievances come from this address: whoever proves their number by a code goes on.
    ProofNeeded = 429 "Sign in with a code, then send the same request again.",
    /// The number to which somebody wants to change is the one that they have.
    SameNumber = 422 "Choose another number than the present one.",
    /// Very many codes were asked for from this address.
    WorkNeeded = 429 "Work out the sum in work and send the same request with it.",
    /// The page was drawn for somebody else than who is signed in now.
    OtherPerson = 409 "Somebody else is signed in now, or nobody. Ask who it is, and send it again only on their word.",
    /// Answers have problems.
    Fields = 422 "Correct the answers named in errors.",
    /// The rulebook refuses.
    Refused = 409 "The case does not allow this now. Look at refusal.",
    /// The content of an action is wrong.
    BadAction = 422 "Correct the content named in refusal.",
    /// Somebody else was faster.
    Stale = 412 "The case has changed. Read it again and decide again.",
    /// `If-Match` is missing.
    VersionNeeded = 428 "Send If-Match with the version that you have seen.",
    /// `Idempotency-Key` is missing.
    KeyNeeded = 400 "Send an Idempotency-Key of 8 to 64 letters, digits and hyphens.",
    /// The key was used with other content.
    KeyReused = 422 "Use a new Idempotency-Key for new content.",
    /// The body is no JSON.
    NotJson = 400 "Send JSON.",
    /// The JSON has other fields or types.
    WrongShape = 400 "Send the fields that the OpenAPI document names, and no others.",
    /// A query is not understood.
    WrongQuery = 400 "Correct the query.",
    /// The body is not declared as JSON.
    WrongType = 415 "Declare the body as application/json.",
    /// The body is too large.
    TooLarge = 413 "Send less.",
    /// The body did not come in time.
    TooSlow = 408 "Send the whole request within the time limit.",
    /// The method is not for this path.
    WrongMethod = 405 "Use the method that the OpenAPI document names.",
    /// The file is no photo that can be read.
    NotAnImage = 415 "Choose a photo: JPEG, PNG or WebP.",
    /// The file is no speech that can be read.
    NotAudio = 415 "Record it again: Opus or AAC, in WebM, Ogg or MP4.",
    /// The spoken note is too long.
    AudioTooLong = 413 "Record at most 3 minutes.",
    /// The upload goes on elsewhere than the sender thinks.
    WrongOffset = 409 "Ask for the upload's offset and go on from there.",
    /// The photo has too many pixels.
    ImageTooLarge = 413 "Choose a smaller photo, of at most 40 megapixels and 10 MB.",
    /// Too many in a short time.
    TooMany = 429 "Wait as long as retry_after says.",
    /// The store cannot write, or is too busy.
    Unavailable = 503 "We could not save this. Try again in a moment.",
}

impl Problem {
    /// A problem with its status and title.
    #[must_use]
    pub fn new(code: ProblemCode) -> Self {
        let name = serde_name(&code);
        Self {
            kind: format!("urn:pratikar:{name}"),
            status: code.status(),
            code,
            title: code.title().to_owned(),
            ..Self::default()
        }
    }
}

fn serde_name(code: &ProblemCode) -> String {
    let mut name = String::new();
    for (index, c) in format!("{code:?}").chars().enumerate() {
        if c.is_uppercase() && index > 0 {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_in_one_place_and_escaped() {
        let call = GetCounts { by: "department".into(), filter: "district:307,area:rural".into(), days: String::new() };
        assert_eq!(call.path(), "/api/counts?by=department&where=district:307,area:rural");
        let call = Offices { department: "A&B".into(), district: String::new() };
        assert_eq!(call.path(), "/api/offices?department=A%26B");
    }

    #[test]
    fn problem_types_carry_the_wire_name_of_their_code() {
        for code in ProblemCode::ALL {
            let name = serde_json::to_value(code).expect("a name");
            assert_eq!(Problem::new(code).kind, format!("urn:pratikar:{}", name.as_str().expect("a name")));
        }
    }
}

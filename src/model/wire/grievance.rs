//! Lodging, following and acting on a grievance, and what is kept about its citizen.

use super::{Endpoint, Method};
use crate::atr::Outcome;
use crate::clock::Lane;
use crate::duty::{Duty, Needs};
use crate::lifecycle::{Action, ActionKind, Channel, EventKind, Holder, Party, Side, Stage};
use crate::lodging::{Affected, Lodging};
use crate::names::Names;
use crate::{AttachmentId, CategoryCode, DepartmentCode, Language, Lgd, OfficeId, Reference, Role, Time};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

endpoint!(
    /// Lodges a grievance.
    Lodge {} Post "/api/grievances", Needs::Nothing, Lodging => Receipt, creates = true
);

endpoint!(
    /// The signed-in citizen's own, newest first.
    MyGrievances {} Get "/api/grievances", Needs::Duty(Duty::FollowOwn), () => Vec<CaseLine>
);

endpoint!(
    /// One case, shaped by role. Carries an `ETag`.
    GetCase {
        /// Its number.
        reference: Reference,
    } Get "/api/grievances/{reference}", Needs::Session, () => CaseView, path = |call| format!("/api/grievances/{}", call.reference)
);

endpoint!(
    /// Does something to a case. Wants `If-Match`.
    Act {
        /// Its number.
        reference: Reference,
    } Post "/api/grievances/{reference}/actions", Needs::Session, Action => CaseView, creates = true,
    path = |call| format!("/api/grievances/{}/actions", call.reference)
);

endpoint!(
    /// Shows the citizen's whole number to somebody who must call; on record.
    Reveal {
        /// Number of the case.
        reference: Reference,
    } Post "/api/grievances/{reference}/reveal", Needs::Duty(Duty::RevealNumber), RevealRequest => Revealed,
    path = |call| format!("/api/grievances/{}/reveal", call.reference)
);

endpoint!(
    /// Who has read a case.
    AccessLog {
        /// Its number.
        reference: Reference,
    } Get "/api/grievances/{reference}/access", Needs::Session, () => Vec<AccessLine>,
    path = |call| format!("/api/grievances/{}/access", call.reference)
);

endpoint!(
    /// Asks, for a citizen who stands at a counter, that another number takes the place of the case's; somebody else of
    /// the cell decides. Both numbers are told.
    RequestNumberChange {
        /// Number of the case.
        reference: Reference,
    } Post "/api/grievances/{reference}/number", Needs::Staff, NumberChangeRequest => (),
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
    /// Where the citizen has agreed that part is done: the day by which the rest is promised, in Indian time.
    #[serde(default)]
    pub rest_by: Option<NaiveDate>,
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
    FindLike {} Post "/api/similar", Needs::Nothing, FindLikeRequest => Vec<Like>
);

endpoint!(
    /// Everything that is kept about the signed-in citizen.
    MyData {} Get "/api/me", Needs::Duty(Duty::FollowOwn), () => Dossier
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

//! Lodging, following and acting on a grievance, and what is kept about its citizen.

use super::{Endpoint, Method};
use crate::atr::{FiledLapse, Outcome};
use crate::clock::Lane;
use crate::duty::{Duty, Needs};
use crate::lifecycle::{Action, ActionKind, Channel, EventKind, Hearing, Holder, Order, Party, Side, Stage};
use crate::lodging::{Affected, Lodging};
use crate::names::{Names, vocabulary};
use crate::visit::{Check, CheckAnswer, Meeting, Shot};
use crate::{AttachmentId, CategoryCode, DepartmentCode, Language, Lgd, OfficeId, Reference, Role, Time};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

endpoint!(
    /// Lodges a grievance. Needs an `Idempotency-Key`.
    Lodge {} Post "/api/grievances", Needs::Nothing, Lodging => Receipt, creates = true
);

endpoint!(
    /// The signed-in citizen's grievances, newest first.
    MyGrievances {} Get "/api/grievances", Needs::Duty(Duty::FollowOwn), () => Vec<CaseLine>
);

endpoint!(
    /// A case, as far as the reader's role may see it. The answer has an `ETag`.
    GetCase {
        /// Number of the case.
        reference: Reference,
    } Get "/api/grievances/{reference}", Needs::Session, () => CaseView, path = |call| format!("/api/grievances/{}", call.reference)
);

endpoint!(
    /// Acts on a case. Needs `If-Match`.
    Act {
        /// Number of the case.
        reference: Reference,
    } Post "/api/grievances/{reference}/actions", Needs::Session, Action => CaseView, creates = true,
    path = |call| format!("/api/grievances/{}/actions", call.reference)
);

endpoint!(
    /// Shows the citizen's whole mobile number to somebody who must call; recorded.
    Reveal {
        /// Number of the case.
        reference: Reference,
    } Post "/api/grievances/{reference}/reveal", Needs::Duty(Duty::RevealNumber), RevealRequest => Revealed,
    path = |call| format!("/api/grievances/{}/reveal", call.reference)
);

endpoint!(
    /// Who has read a case.
    AccessLog {
        /// Number of the case.
        reference: Reference,
    } Get "/api/grievances/{reference}/access", Needs::Session, () => Vec<AccessLine>,
    path = |call| format!("/api/grievances/{}/access", call.reference)
);

endpoint!(
    /// Asks, for a citizen at a counter, to replace the number of a case by another. Somebody else of the cell decides,
    /// and both numbers are told.
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
    /// Why, and which proof of identity was seen.
    pub reason: String,
}

/// What a citizen gets after lodging.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Receipt {
    /// The number.
    pub reference: Reference,
    /// When the citizen hears at the latest; `None` where there is no limit.
    #[serde(default, with = "crate::moment::optional")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Time>"))]
    pub due: Option<Time>,
    /// Lane; in an emergency `due` is shown to the minute.
    #[serde(default)]
    pub lane: Lane,
    /// Whether the citizen's name is withheld from the department, which then cannot call.
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
    /// For what the number is needed; 1 to 500 letters.
    pub reason: String,
}

/// Answer of [`Reveal`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Revealed {
    /// Ten digits.
    pub mobile: String,
}

/// A reading of a case.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccessLine {
    /// When.
    pub at: Time,
    /// Role of the reader.
    pub role: Role,
    /// Department of the reader, where the role belongs to one.
    pub department: Option<DepartmentCode>,
    /// Whether the whole number was shown.
    pub revealed: bool,
}

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CaseLine {
    /// Its number.
    pub reference: Reference,
    /// Number of events so far, for `If-Match`.
    pub version: u32,
    /// How the grievance begins: at most 70 letters.
    pub title: String,
    /// Language of the title.
    pub language: Language,
    /// Where it stands.
    pub stage: Stage,
    /// Lane.
    pub lane: Lane,
    /// District.
    pub district: Option<Lgd>,
    /// Block or town.
    pub place: Option<Lgd>,
    /// Leaf category.
    pub category: Option<CategoryCode>,
    /// Department that has it, or had it last.
    pub department: Option<DepartmentCode>,
    /// Office that has it, or had it last.
    pub office: Option<OfficeId>,
    /// When it was lodged.
    pub lodged_at: Time,
    /// When it entered its stage.
    pub stage_since: Time,
    /// When the citizen hears at the latest; `None` while closed or paused.
    pub due: Option<Time>,
    /// How often the citizen has said "not done".
    pub disputes: u8,
}

impl CaseLine {
    /// The line as shown to those who may learn only that the case exists.
    #[must_use]
    pub fn withheld(self) -> Self {
        Self { title: String::new(), category: None, department: None, office: None, ..self }
    }
}

/// The root of a merged case, as the citizen of the follower sees it: where it is and what was done, without anybody's
/// words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MainCase {
    /// Its number.
    pub reference: Reference,
    /// Where it stands.
    pub stage: Stage,
    /// Lane.
    pub lane: Lane,
    /// Who has to act on it now.
    pub holder: Holder,
    /// Department that has it.
    pub department: Option<DepartmentCode>,
    /// Name of the office that has it.
    pub office_name: Option<Names>,
    /// When an answer is due; `None` while closed or paused.
    pub due: Option<Time>,
    /// Events, newest first, without texts and photos.
    pub timeline: Vec<TimelineEntry>,
}

/// A case in full, as far as the reader's role may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CaseView {
    /// The case as in a list.
    pub line: CaseLine,
    /// How it came in.
    pub channel: Channel,
    /// The grievance in the citizen's words.
    pub text: String,
    /// Where it is, in the citizen's words; empty where nothing was said.
    pub landmark: String,
    /// The citizen's name; `None` where it is withheld from the reader.
    pub name: Option<String>,
    /// The masked number, `98xxxxxx21`; `None` where it is withheld from the reader.
    pub mobile: Option<String>,
    /// Whether the number was proved for this case: it was lodged in a session of that number, or the citizen has since
    /// acted on it by code or text message.
    pub number_verified: bool,
    /// Whether the reader came by a link to an unproved number; everything but the stage is then left out.
    #[serde(default)]
    pub limited: bool,
    /// Whether somebody at its number has said that the case is not theirs, so that the citizen must be reached in
    /// another way.
    #[serde(default)]
    pub disowned: bool,
    /// Whether a counter has asked for another number and nobody has decided yet.
    #[serde(default)]
    pub number_change_requested: bool,
    /// Whether the citizen's identity is withheld from the department.
    pub shielded: bool,
    /// Who has to act on it now.
    pub holder: Holder,
    /// Name of the office that has it; `None` where none has.
    pub office_name: Option<Names>,
    /// Seconds counted by the citizen's clock, in working time or plain hours by the lane.
    pub citizen_seconds: i64,
    /// Seconds for which the present holder has had it in all turns.
    pub holder_seconds: i64,
    /// When the present holder's limit ends; `None` where there is none.
    pub holder_due: Option<Time>,
    /// When it was closed; `None` while open.
    pub closed_at: Option<Time>,
    /// Contacts with the citizen that the present office has recorded.
    pub contacts: u16,
    /// What the latest report says of the work; `None` where there is no report.
    pub outcome: Option<Outcome>,
    /// Where the citizen has agreed that part is done: the day, in India, by which the rest is promised.
    #[serde(default)]
    pub rest_by: Option<NaiveDate>,
    /// A visit is ordered and not yet made.
    pub visit_due: bool,
    /// The case that it follows; `None` where it follows none.
    pub root: Option<Reference>,
    /// What the citizen may know of that case.
    #[serde(default)]
    pub main_case: Option<MainCase>,
    /// Number of cases that follow it.
    #[serde(default)]
    pub followers: u32,
    /// These cases, shown only to the cell; at most twenty.
    #[serde(default)]
    pub following: Vec<Reference>,
    /// To whom it is offered; `None` where no transfer is pending.
    pub offered_to: Option<Party>,
    /// Photos that came with the lodging.
    pub photos: Vec<AttachmentId>,
    /// The spoken note, once it has arrived; `None` where the identity is withheld, since a voice reveals it.
    #[serde(default)]
    pub voice: Option<AttachmentId>,
    /// Whether there is a spoken note, arrived or not.
    #[serde(default)]
    pub spoken: bool,
    /// Number of photos that have not arrived yet.
    #[serde(default)]
    pub photos_coming: u32,
    /// Questions of the category with the citizen's answers.
    #[serde(default)]
    pub answers: Vec<Answered>,
    /// Likely categories, for whoever categorises it; `None` for everybody else, and where nothing was learned yet.
    #[serde(default)]
    pub suggestion: Option<Suggestion>,
    /// For whoever may report or visit: a token that goes with photos taken now ([`Shot::token`]), for the next 72 hours;
    /// empty for everybody else.
    #[serde(default)]
    pub shutter: String,
    /// For whoever may visit: what to look at.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// Whom it concerns.
    #[serde(default)]
    pub affected: Option<Affected>,
    /// Whether it is about an officer or office.
    #[serde(default)]
    pub about_office: bool,
    /// Until when the citizen may reopen it; `None` where that is not possible.
    #[serde(default)]
    pub reopen_until: Option<Time>,
    /// Until when the citizen may appeal; `None` where that is not possible.
    #[serde(default)]
    pub appeal_until: Option<Time>,
    /// The hearing of the appeal that was called and has not been held.
    #[serde(default)]
    pub hearing: Option<Hearing>,
    /// The citizen's rating, 1 to 5.
    #[serde(default)]
    pub rating: Option<u8>,
    /// Events, newest first.
    pub timeline: Vec<TimelineEntry>,
    /// What the reader may do now, by the rulebook.
    pub actions: Vec<ActionKind>,
}

impl CaseView {
    /// The case of which this was a part.
    #[must_use]
    pub fn origin(&self) -> Option<Reference> {
        self.others(EventKind::Lodged).next()
    }

    /// The cases that its parts have become, newest first.
    pub fn parts(&self) -> impl Iterator<Item = Reference> {
        self.others(EventKind::Split)
    }

    fn others(&self, kind: EventKind) -> impl Iterator<Item = Reference> {
        self.timeline.iter().filter(move |entry| entry.kind == kind).filter_map(|entry| entry.other)
    }
}

/// An event on the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TimelineEntry {
    /// When it happened.
    pub at: Time,
    /// What happened.
    pub kind: EventKind,
    /// An outcome, a means of contact or a ground, as a word; `None` where the kind says it all.
    pub detail: Option<String>,
    /// The other case that it names: the one followed, the one that a part has become, or the one of which this was a part.
    #[serde(default)]
    pub other: Option<Reference>,
    /// For a rejection: the name of its ground, whether that is in use or not.
    #[serde(default)]
    pub ground: Option<Names>,
    /// Role of the actor.
    pub role: Role,
    /// Department of the actor; `None` where the role has none.
    pub department: Option<DepartmentCode>,
    /// To whom the case went; `None` where it went nowhere.
    pub to: Option<Party>,
    /// Name of the office to which it went, or which acted.
    #[serde(default)]
    pub office_name: Option<Names>,
    /// The text that belongs to it, as far as the reader may see it.
    pub text: Option<String>,
    /// For a report: why nobody spoke to the citizen.
    #[serde(default)]
    pub no_contact: Option<String>,
    /// For an escalation: the level of the superior who was told, 1 to 4.
    #[serde(default)]
    pub level: Option<u8>,
    /// For an escalation from level 2 on: the posts that answer for that level in the department that had the case, as they
    /// are named now.
    #[serde(default)]
    pub superiors: Vec<Names>,
    /// Whether none of these has a number or an address now, so that nobody could be told.
    #[serde(default)]
    pub unreachable: bool,
    /// For a case that went to another office: the office that had it before. Shown to staff only.
    #[serde(default)]
    pub from_office: Option<Names>,
    /// Text messages to the citizen that this caused. Shown to staff only, without the link in them.
    #[serde(default)]
    pub told: Vec<Told>,
    /// For a call to a hearing: when it begins.
    #[serde(default)]
    pub hearing: Option<Time>,
    /// For a decision on an appeal: what was found and what must be done; the text is the reason.
    #[serde(default)]
    pub order: Option<Order>,
    /// For a report of part of the work: the day, in India, by which the rest is promised.
    #[serde(default)]
    pub next_date: Option<NaiveDate>,
    /// For a report: the lapses with which it was filed, with the officer's answers. Shown to staff only.
    #[serde(default)]
    pub lapses: Vec<FiledLapse>,
    /// Where and when its photos were taken, of those that were taken with the app's camera. Shown to staff only.
    #[serde(default)]
    pub shots: Vec<Shot>,
    /// For a visit: whom the validator met and what they looked at. Shown to staff only.
    #[serde(default)]
    pub visit: Option<VisitSeen>,
    /// Language of the text.
    pub language: Language,
    /// Photos that have arrived.
    pub photos: Vec<AttachmentId>,
    /// Number of photos that have not arrived yet.
    #[serde(default)]
    pub photos_coming: u32,
    /// Whether it sent the case back or marked it late.
    pub setback: bool,
    /// Whether it confirms from outside the department that the work is done.
    pub redresses: bool,
    /// For a note: who can read it.
    #[serde(default)]
    pub side: Option<Side>,
}

/// A text message to the citizen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Told {
    /// Its text, with `…` in the place of the link.
    pub text: String,
    /// Its language.
    pub language: Language,
    /// What became of it.
    pub delivery: Delivery,
    /// When the gateway took it; `None` where it has not.
    pub sent: Option<Time>,
}

vocabulary! {
    /// What became of a text message.
    Delivery {
        /// It waits to be sent.
        Waiting,
        /// The gateway has taken it.
        Sent,
        /// The gateway has refused it too often.
        Failed,
        /// It could not be sent while it was useful.
        TooLate,
        /// The case has moved on before it was sent.
        Recalled,
        /// The citizen wants no messages.
        NotWanted,
    }
}

/// Whom a validator met, and what they looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VisitSeen {
    /// Whether the citizen was met; `None` where that was not asked yet.
    pub meeting: Option<Meeting>,
    /// The questions of the category with the answers.
    pub checks: Vec<(Names, CheckAnswer)>,
}

/// What a grievance is probably about, as learned from others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Suggestion {
    /// Whether nothing is suggested because this is one of those by which suggestions are measured.
    pub blind: bool,
    /// Likely categories, best first, at most three; empty where even the best is too uncertain.
    pub likely: Vec<LikelyCategory>,
}

/// A likely category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LikelyCategory {
    /// The category.
    pub category: CategoryCode,
    /// How often such a suggestion is right, in percent, 1 to 99.
    pub percent: u8,
    /// Words of the grievance that speak most for it, the strongest first.
    pub words: Vec<String>,
}

/// A question of the form with the citizen's answer, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Answered {
    /// What was asked.
    pub question: Names,
    /// What was answered.
    pub answer: Names,
}

endpoint!(
    /// Open grievances of the same category and place whose words are similar. Says nothing of who lodged them.
    FindDuplicates {} Post "/api/similar", Needs::Nothing, FindDuplicatesRequest => Vec<Duplicate>
);

endpoint!(
    /// Open cases that may have the same cause, for whoever may merge this one; empty for everybody else.
    GetAlike {
        /// Number of the case.
        reference: Reference,
    } Get "/api/grievances/{reference}/alike", Needs::Staff, () => Vec<AlikeCase>,
    path = |call| format!("/api/grievances/{}/alike", call.reference)
);

/// A case that may have the same cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AlikeCase {
    /// The case.
    pub line: CaseLine,
    /// Number of people who have lodged it so far.
    pub people: u32,
    /// Words that both have, at most six.
    pub words: Vec<String>,
}

endpoint!(
    /// Everything that is stored about the signed-in citizen.
    MyData {} Get "/api/me", Needs::Duty(Duty::FollowOwn), () => Dossier
);

/// Body of [`FindDuplicates`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FindDuplicatesRequest {
    /// What happened, as typed.
    pub text: String,
    /// What it is about.
    pub category: CategoryCode,
    /// District.
    pub district: Lgd,
    /// Block or town.
    pub place: Option<Lgd>,
    /// The rest of the place, as typed.
    #[serde(default)]
    pub landmark: String,
}

/// A likely duplicate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Duplicate {
    /// Token for [`crate::lodging::Lodging::same_as`]; gives no access.
    pub token: String,
    /// The day on which it was lodged, as its midnight (IST).
    #[serde(with = "crate::moment")]
    #[cfg_attr(feature = "schema", schemars(with = "Time"))]
    pub lodged_at: Time,
    /// Where it stands.
    pub stage: Stage,
    /// Number of people who have lodged it so far.
    pub people: u32,
    /// Words of the asker's own text that it shares and that are common in the category.
    pub words: Vec<String>,
}

/// Everything that is stored about a citizen.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Dossier {
    /// When it was put together.
    pub as_of: Option<Time>,
    /// The whole number.
    pub mobile: String,
    /// All cases, in full.
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
    /// The text; empty where it was a code.
    pub text: String,
}

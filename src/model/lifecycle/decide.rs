//! Decides what may happen: the only way from an action to events.

use super::{Action, ActionKind, By, CallOutcome, Case, Event, EventBody, Party, Side, Stage, Statement, VisitFinding};
use super::{Channel, Gender, Hearing, HearingMeans, Order, Origin, Position};
use crate::atr::{self, FiledLapse, Finding, Lapse, Outcome};
use crate::clock::{DayPart, Lane, ist_date};
use crate::lodging::{Affected, Reason};
use crate::role::{self, Standing};
use crate::visit::{self, Check, Shutter, Visit};
use crate::{Actor, AttachmentId, CategoryCode, Language, Lgd, PersonId, Reference, Role, Rules, Scope, Time};
use crate::{lodging, text};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use std::fmt;
use strum::IntoStaticStr;

/// Why an action is refused. The server answers with the name; the apps have the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Refusal {
    /// The actor stands outside the case; answered as if it did not exist.
    OutOfScope,
    /// The role may not do this.
    NotPermitted,
    /// The case is not in a stage for it.
    WrongStage,
    /// The case follows another and cannot be moved alone.
    FollowsRoot,
    /// The time for reopening or appeal has passed.
    TooLate,
    /// It was reopened as often as allowed, or an appeal was made already.
    TooOften,
    /// In an emergency the citizen is called: a written question would let the hours pass.
    CallInstead,
    /// This holder has asked the citizen already.
    AskedAlready,
    /// A required text is missing.
    TextMissing,
    /// A text is too long.
    TextTooLong,
    /// There are more photos than [`lodging::PHOTO_LIMIT`].
    TooManyPhotos,
    /// There is no such leaf category.
    UnknownCategory,
    /// There is no such department.
    UnknownDepartment,
    /// The department has no such office, or it is closed.
    UnknownOffice,
    /// The ground is not in use any more.
    GroundNotInUse,
    /// It would go to the office or department complained of.
    ComplainedOf,
    /// It would go to the party that has it already, or into the lane in which it is.
    SameParty,
    /// The case to follow is the same one, is closed, follows another, or this one is followed by others.
    UnfitRoot,
    /// A part is split off in words that are not the citizen's.
    NotTheirWords,
    /// The same words were split off already.
    SplitAlready,
    /// The report has these lapses, for which it cannot be filed.
    ReportLapses(Vec<Finding>),
    /// The outcome of a call needs that the number was shown to the caller before.
    NumberNotShown,
    /// The queue has not handed the case to this caller, or too long ago: take the next one.
    NotHandedOut,
    /// The exchange knows of no such call: call first.
    NotCalled,
    /// What is recorded is not what the exchange heard: nobody answered, or somebody did, or it did not ring.
    NotAsHeard,
    /// The time to call again must be in the next [`CALL_LATER_DAYS`] days.
    WrongTime,
    /// The number was disowned: whoever answers there is not the citizen. The desk looks for the right one first.
    NumberDisowned,
    /// The desk must name the office or department complained of.
    ComplainedOfMissing,
    /// The citizen has asked for haste a short while ago.
    RemindedAlready,
    /// The citizen has rated the case already.
    RatedAlready,
    /// A rating must be 1 to 5.
    WrongRating,
    /// The deadline has not passed.
    NotYet,
    /// A hearing must be in [`super::HEARING_NOTICE_HOURS`] hours at the earliest, within [`super::HEARING_DAYS`] days, on a
    /// working day, and begin within [`super::HEARING_HOURS`].
    WrongHearing,
    /// The citizen's identity is withheld from the department: the two are heard by telephone, each by itself.
    ByPhoneAlone,
    /// No hearing was called that could have begun.
    NoHearing,
    /// The hearing that was called is not recorded yet.
    HearingPending,
    /// Nobody's appeal is dismissed unheard.
    NotHeard,
    /// The department has answered the appeal already.
    AnsweredAlready,
    /// Only the cell may put a case into a slower lane.
    LaneLowered,
    /// A visit is ordered already.
    VisitOrderedAlready,
    /// No visit is ordered.
    NoVisitOrdered,
    /// A visit needs a photo that was taken there with the app's camera.
    NoPhotoTakenHere,
    /// Whom the validator met does not fit the finding, or was not said.
    MeetingDoesNotFit,
    /// A question of the category is not answered.
    ChecksUnanswered,
    /// The answer to a question says that it is not done.
    ChecksContradict,
    /// The number has been proved to be the citizen's, or was disowned already.
    NumberProved,
    /// The case has this number already, or another change is not decided yet.
    NumberChangePending,
    /// There is no change of number to decide.
    NoNumberChange,
    /// The person who asked for the change may not decide it.
    OwnRequest,
    /// It needs a code: a link may be in other hands, and must not close a case or use up a citizen's right.
    CodeNeeded,
}

/// What a decision depends on besides case, actor and action. The caller looks it up.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The rules in force.
    pub rules: &'a Rules,
    /// The present moment.
    pub now: Time,
    /// The root, for a merger.
    pub root: Option<&'a Case>,
    /// For a split: the number of the new case.
    pub into: Reference,
    /// For a split: everything that the citizen has written in the case; empty for a spoken grievance, whose words the desk
    /// writes down.
    pub said: &'a [String],
    /// For a split: the parts that were split off before and do not follow the case.
    pub parts: &'a [String],
    /// Whether other cases follow this one.
    pub followed: bool,
    /// Whether the citizen's number was shown to this actor in the last [`NUMBER_SHOWN_HOURS`] hours.
    pub number_shown: bool,
    /// For the outcome of a call: what the telephone exchange tells about it.
    pub rung: Rung,
    /// Whether the citizen's number was proved by a code, in this case or another.
    pub number_proved: bool,
    /// The known places.
    pub places: &'a dyn Places,
    /// For a report: what it should be about.
    pub matter: Option<atr::Matter<'a>>,
    /// For a report: the texts of earlier reports of the office.
    pub earlier: &'a [String],
    /// For a report or a visit: what is known of its photos.
    pub photos: atr::PhotoFacts,
    /// For a visit or a report: how its photos were taken.
    pub shutter: Shutter<'a>,
    /// For a visit: the questions of the category.
    pub checks: &'a [Check],
}

/// Hours after a number was shown in which the outcome of the call can be recorded, so that nobody records a call that
/// they cannot have made.
pub const NUMBER_SHOWN_HOURS: i64 = 24;

/// Days within which a citizen can ask to be called later.
pub const CALL_LATER_DAYS: i64 = 7;

/// What the telephone exchange tells about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rung {
    /// No exchange is connected, so nothing is known of any call.
    #[default]
    Unknown,
    /// This actor has made no such call about this case.
    Never,
    /// Nobody has answered yet.
    Ringing,
    /// They speak.
    Going,
    /// It did not ring.
    Failed,
    /// It rang, and nobody answered.
    Unanswered,
    /// They spoke for so many seconds.
    Answered(u32),
}

/// The known districts, blocks and towns.
pub trait Places: fmt::Debug + Sync {
    /// Whether the district exists and, if one is named, the block or town in it.
    fn has(&self, district: Lgd, place: Option<Lgd>) -> bool;
}

/// Accepts every place, for decisions that depend on none.
#[derive(Debug, Clone, Copy)]
pub struct Anywhere;

impl Places for Anywhere {
    fn has(&self, _: Lgd, _: Option<Lgd>) -> bool {
        true
    }
}

impl<'a> Setting<'a> {
    /// The setting of a decision that depends on rules and time alone.
    #[must_use]
    pub fn new(rules: &'a Rules, now: Time) -> Self {
        let (root, places, matter, earlier) = (None, &Anywhere, None, &[]);
        let (followed, number_shown, number_proved, rung) = (false, false, false, Rung::Unknown);
        let (shutter, photos, checks) = (Shutter::Unknown, atr::PhotoFacts::default(), &[]);
        Self {
            rules,
            now,
            root,
            into: Reference::from_payload(0),
            said: &[],
            parts: &[],
            followed,
            number_shown,
            rung,
            number_proved,
            places,
            matter,
            earlier,
            photos,
            shutter,
            checks,
        }
    }
}

/// A lodging, after [`crate::lodging::Lodging::parse`] and the server's look-ups.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // the same as in the event
pub struct Lodged {
    pub reference: Reference,
    pub citizen: PersonId,
    pub number_verified: bool,
    pub channel: Channel,
    pub language: Language,
    pub gender: Gender,
    pub category: Option<CategoryCode>,
    pub district: Option<Lgd>,
    pub place: Option<Lgd>,
    pub urban: Option<bool>,
    pub photos: Vec<AttachmentId>,
    pub details: Details,
    pub statement: Statement,
}

/// Answers of the form besides the grievance itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Details {
    /// Answers to the category's questions.
    pub reasons: Vec<Reason>,
    /// The lane that these answers call for.
    pub lane: Lane,
    /// Whom it concerns.
    pub affected: Option<Affected>,
    /// Whether it is about an officer or office; the name is then withheld from the department as well.
    pub about_office: bool,
    /// Whether the name is withheld from the department.
    pub confidential: bool,
    /// A spoken note.
    pub voice: Option<AttachmentId>,
    /// The case of which it was a part.
    pub origin: Option<Origin>,
}

/// The lodging of a part of a case that is about something else, or about an officer or office: the same citizen, place and
/// secrecy. Its category, and whether it is urgent, is told anew; photos stay with the case. `None` where `first` lodged no case.
#[must_use]
pub fn part(case: &Case, first: &Event, into: Reference, words: Statement, about_office: bool) -> Option<Lodged> {
    let EventBody::Lodged { affected, origin, .. } = &first.body else { return None };
    let (name, landmark) =
        first.statement.as_ref().map(|said| (said.name.clone(), said.landmark.clone())).unwrap_or_default();
    Some(Lodged {
        reference: into,
        citizen: case.citizen,
        number_verified: case.number_verified,
        channel: case.channel,
        language: case.language,
        gender: case.gender,
        category: None,
        district: case.district,
        place: case.place,
        urban: case.urban,
        photos: Vec::new(),
        details: Details {
            affected: *affected,
            about_office,
            confidential: case.shielded || case.confidential,
            origin: Some(Origin {
                reference: case.reference,
                since: origin.map_or(case.lodged_at, |origin| origin.since),
            }),
            ..Details::default()
        },
        statement: Statement { name, landmark, ..words },
    })
}

/// The first event of a new case.
///
/// # Errors
/// [`Refusal::NotPermitted`] where the actor may not lodge, [`Refusal::UnknownCategory`] where the category does not
/// exist.
pub fn lodge(lodged: Lodged, actor: &Actor, rules: &Rules, now: Time) -> Result<Event, Refusal> {
    let standing = match &actor.scope {
        Scope::Own(person) if *person == lodged.citizen => Standing::Own,
        Scope::State => Standing::Cell,
        _ => Standing::Outside,
    };
    if !role::allows(actor.role, ActionKind::Lodge, standing) {
        return Err(Refusal::NotPermitted);
    }
    let usual = match &lodged.category {
        Some(code) => rules.categories.get(code).ok_or(Refusal::UnknownCategory)?.lane,
        None => Lane::Ordinary,
    };
    let lane = usual.faster(lodged.details.lane);
    let body = EventBody::Lodged {
        reference: lodged.reference,
        citizen: lodged.citizen,
        number_verified: lodged.number_verified,
        channel: lodged.channel,
        language: lodged.language,
        gender: lodged.gender,
        category: lodged.category,
        district: lodged.district,
        place: lodged.place,
        urban: lodged.urban,
        lane,
        photos: lodged.photos,
        rules_version: rules.version,
        reasons: lodged.details.reasons,
        affected: lodged.details.affected,
        about_office: lodged.details.about_office,
        confidential: lodged.details.confidential,
        voice: lodged.details.voice,
        origin: lodged.details.origin,
    };
    Ok(Event { at: now, by: By::from(actor), body, statement: Some(lodged.statement) })
}

/// Whether this actor may do this kind of action to this case now, whatever its content.
///
/// # Errors
/// The [`Refusal`] that [`decide`] would return.
pub fn may(case: &Case, actor: &Actor, kind: ActionKind, rules: &Rules, now: Time) -> Result<(), Refusal> {
    // A counter may ask for another number without being able to read the case.
    let at_counter = actor.role == Role::CounterOperator && kind == ActionKind::RequestNumberChange;
    let standing = if at_counter { Standing::Cell } else { actor.standing(case) };
    let unread = actor.role == Role::System || kind == ActionKind::RequestNumberChange;
    if standing == Standing::Outside || (!role::sees(actor.role, standing) && !unread) {
        return Err(Refusal::OutOfScope);
    }
    if !role::allows(actor.role, kind, standing) {
        return Err(Refusal::NotPermitted);
    }
    // A person who opens a link that was sent to an unproved number may be a stranger.
    if case.is_limited_for(actor) && kind != ActionKind::DisownNumber {
        return Err(Refusal::NotPermitted);
    }
    let by_link = matches!(actor.scope, Scope::Case { .. });
    if by_link && !kind.is_open_to_links() {
        return Err(Refusal::CodeNeeded);
    }
    // The citizen of a case that follows another may add information, ask for haste, withdraw it, and always say that
    // it is not done, whereupon it no longer follows.
    let alone = kind.is_of_number() || matches!(kind, ActionKind::Unmerge | ActionKind::Note);
    let of_citizen =
        matches!(kind, ActionKind::Dispute | ActionKind::AddInformation | ActionKind::Remind | ActionKind::Withdraw);
    if case.stage == Stage::Merged && !alone && !of_citizen {
        return Err(Refusal::FollowsRoot);
    }
    if !stage_allows(case, actor.role, kind) {
        return Err(Refusal::WrongStage);
    }
    match kind {
        ActionKind::Reopen if actor.role == Role::Citizen => {
            within(case, rules.reopen_days, now)?;
            if case.reopened >= rules.reopen_times {
                return Err(Refusal::TooOften);
            }
        }
        ActionKind::Appeal => {
            within(case, rules.appeal_days, now)?;
            if case.appealed {
                return Err(Refusal::TooOften);
            }
        }
        ActionKind::AnswerAppeal if case.appeal.answered => return Err(Refusal::AnsweredAlready),
        ActionKind::RecordHearing if case.appeal.hearing.is_none_or(|hearing| now < hearing.at) => {
            return Err(Refusal::NoHearing);
        }
        ActionKind::DecideAppeal if case.appeal.hearing.is_some() => return Err(Refusal::HearingPending),
        ActionKind::RequestInformation if case.lane.is_emergency() => return Err(Refusal::CallInstead),
        ActionKind::RequestInformation => {
            let mut asked = case.clone();
            asked.apply(&event(actor, now, EventBody::InformationRequested, None));
            if asked.asked.len() == case.asked.len() {
                return Err(Refusal::AskedAlready);
            }
        }
        ActionKind::Remind if case.reminded_at.is_some_and(|at| now < at + Duration::days(rules.remind_days)) => {
            return Err(Refusal::RemindedAlready);
        }
        ActionKind::Rate if case.rating.is_some() => return Err(Refusal::RatedAlready),
        ActionKind::OrderVisit if case.visit_due => return Err(Refusal::VisitOrderedAlready),
        ActionKind::RecordVisit if !case.visit_due => return Err(Refusal::NoVisitOrdered),
        ActionKind::BounceTransfer if case.bounces_at(rules).is_none_or(|at| now < at) => return Err(Refusal::NotYet),
        ActionKind::Escalate if case.next_escalation(rules).is_none_or(|next| now < next.at) => {
            return Err(Refusal::NotYet);
        }
        ActionKind::RemindInformation if case.asks_again_at(rules).is_none_or(|at| now < at) => {
            return Err(Refusal::NotYet);
        }
        ActionKind::ReturnUnanswered if case.returns_unanswered_at(rules).is_none_or(|at| now < at) => {
            return Err(Refusal::NotYet);
        }
        ActionKind::SetEmergency if case.lane == Lane::Emergency2 && standing != Standing::Cell => {
            return Err(Refusal::LaneLowered);
        }
        ActionKind::DisownNumber if case.number_verified || case.disowned => return Err(Refusal::NumberProved),
        ActionKind::RequestNumberChange if case.number_change.is_some() => return Err(Refusal::NumberChangePending),
        ActionKind::ApproveNumberChange | ActionKind::RefuseNumberChange => match &case.number_change {
            None => return Err(Refusal::NoNumberChange),
            Some(change) if change.by == actor.staff => return Err(Refusal::OwnRequest),
            Some(_) => {}
        },
        _ => {}
    }
    Ok(())
}

/// Every kind of action that this actor may do now, for a screen to offer.
#[must_use]
pub fn open_actions(case: &Case, actor: &Actor, rules: &Rules, now: Time) -> Vec<ActionKind> {
    ActionKind::ALL.into_iter().filter(|kind| may(case, actor, *kind, rules, now).is_ok()).collect()
}

/// What the system must do now: the first of what has fallen due; `None` where nothing has.
#[must_use]
pub fn due_action(case: &Case, rules: &Rules, now: Time) -> Option<Action> {
    let back = case.returns_unanswered_at(rules).filter(|at| *at <= now);
    // Where the case is due to go back as well, the citizen is not asked again just before.
    let again = case.asks_again_at(rules).filter(|_| back.is_none());
    let escalation = case.next_escalation(rules);
    [
        case.bounces_at(rules).map(|at| (at, Action::BounceTransfer)),
        escalation.map(|next| (next.at, Action::Escalate { lane: next.lane, level: next.level })),
        again.map(|at| (at, Action::RemindInformation)),
        back.map(|at| (at, Action::ReturnUnanswered)),
    ]
    .into_iter()
    .flatten()
    .filter(|(at, _)| *at <= now)
    .min_by_key(|(at, _)| *at)
    .map(|(_, action)| action)
}

fn within(case: &Case, days: i64, now: Time) -> Result<(), Refusal> {
    match case.closed_at {
        Some(closed) if now <= closed + Duration::days(days) => Ok(()),
        _ => Err(Refusal::TooLate),
    }
}

/// Whether the case is in a stage from which this kind of action is possible.
fn stage_allows(case: &Case, role: Role, kind: ActionKind) -> bool {
    use ActionKind as A;
    use Stage as S;
    let stage = case.stage;
    match kind {
        A::Lodge => false,
        A::RequestInformation => match role {
            Role::OperationalAnalyst => stage == S::Registered,
            Role::NodalOfficer => stage == S::WithDepartment,
            _ => stage == S::WithOffice,
        },
        A::ProvideInformation | A::RemindInformation | A::ReturnUnanswered => stage == S::NeedsInformation,
        // Not while a question is open: its answer is the way to say it.
        A::AddInformation => stage == S::Merged || (stage.is_open() && stage != S::NeedsInformation),
        // Not while the citizen is being asked: nobody else has to hurry then.
        A::Remind => matches!(stage, S::Merged | S::Registered | S::WithDepartment | S::WithOffice | S::AtrReview),
        // Rating is about work, so only where some was done.
        A::Rate => stage == S::Redressed,
        A::Categorise => stage == S::Registered,
        // From one office to another as well: somebody may be away, or the work be another's.
        A::Forward => matches!(stage, S::WithDepartment | S::WithOffice),
        A::OfferTransfer | A::RecordContact | A::SubmitAtr => match role {
            Role::NodalOfficer => stage == S::WithDepartment,
            _ => stage == S::WithOffice,
        },
        A::AcceptTransfer | A::RefuseTransfer | A::BounceTransfer => stage == S::TransferOffered,
        A::ReturnAtr | A::AcceptAtr => stage == S::AtrReview,
        A::RecordCall | A::OrderVisit | A::RecordVisit => stage == S::Verification,
        A::Confirm => matches!(stage, S::Verification | S::ClosedUnconfirmed),
        A::Dispute => matches!(stage, S::Verification | S::ClosedUnconfirmed | S::Merged),
        A::Reject => matches!(stage, S::Registered | S::WithDepartment),
        A::Split => stage.is_open() && stage != S::Appealed,
        // Not while an answer, a transfer or an appeal is pending, which the merger would lose.
        A::Merge => stage.is_open() && !matches!(stage, S::Appealed | S::NeedsInformation | S::TransferOffered),
        A::Unmerge => stage == S::Merged,
        A::Reopen => matches!(stage, S::Redressed | S::Explained | S::ClosedUnconfirmed),
        A::Appeal => matches!(stage, S::Redressed | S::Explained | S::ClosedUnconfirmed | S::NotAdmissible),
        A::AnswerAppeal | A::SetHearing | A::RecordHearing | A::DecideAppeal => stage == S::Appealed,
        A::SetEmergency => stage.is_open(),
        A::Withdraw => stage.is_open() || stage == S::Merged,
        A::Escalate => stage.is_open() && stage != S::NeedsInformation,
        A::Note | A::DisownNumber | A::RequestNumberChange | A::ApproveNumberChange | A::RefuseNumberChange => true,
    }
}

fn event(actor: &Actor, at: Time, body: EventBody, statement: Option<Statement>) -> Event {
    Event { at, by: By::from(actor), body, statement }
}

/// A required text.
fn said(typed: &str, page: Language) -> Result<Option<Statement>, Refusal> {
    let typed = text::clean(typed);
    if text::is_blank(&typed) {
        return Err(Refusal::TextMissing);
    }
    remark(&typed, page)
}

/// An optional text. `page` is the language that its writer reads, which helps to tell the text's language.
fn remark(typed: &str, page: Language) -> Result<Option<Statement>, Refusal> {
    let typed = clean(typed)?;
    Ok((!text::is_blank(&typed)).then(|| Statement::new(typed, page)))
}

/// The text, cleaned; refused where it is too long.
fn clean(typed: &str) -> Result<String, Refusal> {
    let typed = text::clean(typed);
    if lodging::is_too_long(&typed) { Err(Refusal::TextTooLong) } else { Ok(typed) }
}

/// Decides on an action: returns the events that follow from it. Pure; the caller applies and appends the events.
///
/// # Errors
/// The [`Refusal`] names the rule.
pub fn decide(case: &Case, actor: &Actor, action: Action, setting: &Setting<'_>) -> Result<Vec<Event>, Refusal> {
    let page = if actor.role == Role::Citizen { case.language } else { Language::English };
    let said = |typed: &str| said(typed, page);
    let remark = |typed: &str| remark(typed, page);
    let Setting { rules, now, root, followed, number_shown, number_proved, places, .. } = *setting;
    may(case, actor, action.kind(), rules, now)?;
    if action.photos().len() > lodging::PHOTO_LIMIT {
        return Err(Refusal::TooManyPhotos);
    }
    let one = |body: EventBody, statement: Option<Statement>| Ok(vec![event(actor, now, body, statement)]);
    match action {
        Action::RemindInformation => one(EventBody::InformationReminded, None),
        Action::ReturnUnanswered => one(EventBody::InformationOverdue, None),
        Action::AddInformation { text, photos } => one(EventBody::InformationAdded { photos }, said(&text)?),
        Action::Remind => one(EventBody::Reminded, None),
        Action::Rate { stars } if (1..=5).contains(&stars) => one(EventBody::Rated { stars }, None),
        Action::Rate { .. } => Err(Refusal::WrongRating),
        Action::RequestInformation { missing } => one(EventBody::InformationRequested, said(&missing)?),
        Action::ProvideInformation { text, photos } => one(EventBody::InformationProvided { photos }, said(&text)?),
        Action::Categorise { category, department, lane, district, place, complained_of, remark: words } => {
            let shielded = rules.categories.get(&category).ok_or(Refusal::UnknownCategory)?.shielded;
            if !rules.departments.contains(&department) {
                return Err(Refusal::UnknownDepartment);
            }
            let desk = Party { department: department.clone(), office: None };
            let complained = complained_of.as_ref().or(case.complained_of.as_ref());
            if case.about_office && complained.is_none() {
                return Err(Refusal::ComplainedOfMissing);
            }
            if complained.is_some_and(|party| party.office.is_none() && party.department == desk.department) {
                return Err(Refusal::ComplainedOf);
            }
            let complained_of = complained.cloned();
            // A place that is not in its district is left out rather than stored wrongly.
            let district = district.filter(|district| places.has(*district, None));
            let place = place.filter(|place| district.is_some_and(|district| places.has(district, Some(*place))));
            let body = EventBody::Categorised { category, department, lane, district, place, shielded, complained_of };
            one(body, remark(&words)?)
        }
        Action::Forward { office, remark: words } => {
            let department = case.department.clone().ok_or(Refusal::WrongStage)?;
            known_office(rules, &department, office)?;
            if case.is_complained_of(&Party { department, office: Some(office) }) {
                return Err(Refusal::ComplainedOf);
            }
            if case.office == Some(office) {
                return Err(Refusal::SameParty);
            }
            // An office from which a case is taken is told why.
            let why = if case.stage == Stage::WithOffice { said(&words)? } else { remark(&words)? };
            one(EventBody::Forwarded { office }, why)
        }
        Action::OfferTransfer { to, reason } => {
            if !rules.departments.contains(&to.department) {
                return Err(Refusal::UnknownDepartment);
            }
            if let Some(office) = to.office {
                known_office(rules, &to.department, office)?;
            }
            if case.is_complained_of(&to) {
                return Err(Refusal::ComplainedOf);
            }
            if Some(&to.department) == case.department.as_ref() && to.office == case.office {
                return Err(Refusal::SameParty);
            }
            one(EventBody::TransferOffered { to }, said(&reason)?)
        }
        Action::AcceptTransfer => one(EventBody::TransferAccepted, None),
        Action::RefuseTransfer { reason } => one(EventBody::TransferRefused, said(&reason)?),
        Action::BounceTransfer => {
            let to_cell = case.offered.as_ref().map(|offer| &offer.to.department) != case.department.as_ref();
            one(EventBody::TransferBounced { to_cell }, None)
        }
        Action::RecordContact { means, text } => one(EventBody::ContactRecorded { means }, said(&text)?),
        Action::SubmitAtr(atr) => submit(case, actor, &atr, setting),
        Action::ReturnAtr { reason } => one(EventBody::AtrReturned, said(&reason)?),
        Action::AcceptAtr { remark: words } => {
            let accepted = event(actor, now, EventBody::AtrAccepted, remark(&words)?);
            Ok(vec![accepted, draw(case, rules, now, case.atr_flagged)])
        }
        Action::RecordCall { .. } if case.disowned => Err(Refusal::NumberDisowned),
        Action::RecordCall { .. } if actor.staff.is_some() && !number_shown => Err(Refusal::NumberNotShown),
        Action::RecordCall { outcome, remark: words, call_id, later } => {
            let outcome = match outcome {
                CallOutcome::Confirmed | CallOutcome::Agreed => {
                    if says_done(case) {
                        CallOutcome::Confirmed
                    } else {
                        CallOutcome::Agreed
                    }
                }
                other => other,
            };
            let seconds = fits(outcome, setting.rung)?;
            let later = match (outcome, later) {
                (CallOutcome::CallLater, Some(at)) if now < at && at <= now + Duration::days(CALL_LATER_DAYS) => later,
                (CallOutcome::CallLater, _) => return Err(Refusal::WrongTime),
                _ => None,
            };
            let ends = outcome.is_try() && closes_unreached(case, rules, now);
            // A report that leaves work undone is not closed because nobody answers the telephone.
            let partly = case.atr == Some(Outcome::PartlyDone);
            let call_id = text::shorten(&text::clean_line(&call_id), 64);
            let body = EventBody::CallRecorded { outcome, call_id, closes: ends && !partly, later, seconds };
            // What is missing is what the office needs to know.
            let words = if outcome.is_no() { said(&words)? } else { remark(&words)? };
            let mut events = vec![event(actor, now, body, words)];
            if ends && partly {
                events.push(event(&Actor::system(), now, EventBody::RestAwaited, None));
            }
            Ok(events)
        }
        Action::OrderVisit { reason } => one(EventBody::VisitOrdered { chance_per_mille: 1000 }, said(&reason)?),
        Action::RecordVisit(visit) => {
            let words = said(&visit.text)?;
            one(visited(case, visit, setting)?, words)
        }
        Action::Confirm { remark: words } => {
            let body = if says_done(case) { EventBody::Confirmed } else { EventBody::Agreed };
            one(body, remark(&words)?)
        }
        Action::Dispute { reason, partly, photos } => one(EventBody::Disputed { photos, partly }, said(&reason)?),
        Action::Reject { ground, .. } if rules.grounds_out_of_use.contains(&ground) => Err(Refusal::GroundNotInUse),
        Action::Reject { ground, reason } => one(EventBody::Rejected { ground }, said(&reason)?),
        Action::Merge { root: reference, reason } => {
            // No chains: a case that others follow cannot follow a third.
            let fits = !followed
                && root.is_some_and(|root| {
                    root.reference == reference
                        && reference != case.reference
                        && root.stage.is_open()
                        && root.root != Some(case.reference)
                });
            if !fits {
                return Err(Refusal::UnfitRoot);
            }
            // A citizen who joins another grievance gives no reason; agreeing to join is the reason.
            let words = if actor.role == Role::System { remark(&reason)? } else { said(&reason)? };
            one(EventBody::Merged { root: reference }, words)
        }
        Action::Unmerge { reason } => {
            one(EventBody::Unmerged, if actor.role == Role::Citizen { remark(&reason)? } else { said(&reason)? })
        }
        // Whoever answers at its number is not the citizen, and would be told of the new case.
        Action::Split { .. } if case.disowned => Err(Refusal::NumberDisowned),
        Action::Split { text, .. } => {
            let words = said(&text)?;
            // A grievance is its citizen's: what they have not written begins none in their name.
            if !setting.said.is_empty() && !text::is_quoted(&text, setting.said) {
                return Err(Refusal::NotTheirWords);
            }
            let is_same = |one: &str, other: &str| text::is_quoted(one, &[other.to_owned()]);
            if setting.parts.iter().any(|part| is_same(&text, part) && is_same(part, &text)) {
                return Err(Refusal::SplitAlready);
            }
            one(EventBody::Split { into: setting.into }, words)
        }
        Action::Reopen { reason } => one(EventBody::Reopened, said(&reason)?),
        Action::Appeal { reason } => one(EventBody::Appealed, said(&reason)?),
        Action::AnswerAppeal { text, photos } => one(EventBody::AppealAnswered { photos }, said(&text)?),
        Action::SetHearing { hearing, .. } if !hearing.can_be_called(now, &rules.calendar) => {
            Err(Refusal::WrongHearing)
        }
        // Who must not know each other are not called into one room.
        Action::SetHearing { hearing, .. } if case.shielded && hearing.means == HearingMeans::AtOffice => {
            Err(Refusal::ByPhoneAlone)
        }
        Action::SetHearing { hearing: Hearing { at, means }, text } => {
            // Where to come must be said.
            let words = if means == HearingMeans::AtOffice { said(&text)? } else { remark(&text)? };
            one(EventBody::HearingSet { at, means }, words)
        }
        // Nobody was rung whose number was not shown.
        Action::RecordHearing { .. } if heard_by_phone(case) && actor.staff.is_some() && !number_shown => {
            Err(Refusal::NumberNotShown)
        }
        Action::RecordHearing { citizen, office, text } => {
            one(EventBody::HearingHeld { citizen, office }, said(&text)?)
        }
        Action::DecideAppeal { upheld: false, .. } if !case.appeal.heard => Err(Refusal::NotHeard),
        Action::DecideAppeal { upheld, reason, found, ordered } => {
            let order = Order { found: clean(&found)?, ordered: clean(&ordered)? };
            if text::is_blank(&order.found) || (upheld && text::is_blank(&order.ordered)) {
                return Err(Refusal::TextMissing);
            }
            let words = said(&reason)?.map(|words| Statement { order: Some(order), ..words });
            one(EventBody::AppealDecided { upheld }, words)
        }
        Action::SetEmergency { lane, reason } => {
            if lane == case.lane {
                return Err(Refusal::SameParty);
            }
            if lane < case.lane && actor.standing(case) != Standing::Cell {
                return Err(Refusal::LaneLowered);
            }
            one(EventBody::EmergencySet { lane }, said(&reason)?)
        }
        Action::Escalate { lane, level } => {
            let due = case.next_escalation(rules).filter(|next| next.at <= now);
            if due.is_none_or(|next| (next.lane, next.level) != (lane, level)) {
                return Err(Refusal::NotYet);
            }
            one(EventBody::Escalated { level, lane: Some(lane) }, None)
        }
        Action::Withdraw { reason } => one(EventBody::Withdrawn, remark(&reason)?),
        Action::Note { side, text } => {
            let own = Side::of(actor.role);
            // Nobody writes what their own side may not read.
            let side = side.unwrap_or(own).max(own);
            one(EventBody::NotedFor { side }, said(&text)?)
        }
        Action::DisownNumber if number_proved => Err(Refusal::NumberProved),
        Action::DisownNumber => one(EventBody::NumberDisowned, None),
        // A number that was disowned can be given back to the case.
        Action::RequestNumberChange { to, .. } if to == case.citizen && !case.disowned => {
            Err(Refusal::NumberChangePending)
        }
        Action::RequestNumberChange { to, reason } => one(EventBody::NumberChangeRequested { to }, said(&reason)?),
        Action::ApproveNumberChange { reason } => match &case.number_change {
            Some(change) => one(EventBody::NumberChanged { citizen: change.to }, said(&reason)?),
            None => Err(Refusal::NoNumberChange),
        },
        Action::RefuseNumberChange { reason } => one(EventBody::NumberChangeRefused, said(&reason)?),
    }
}

fn heard_by_phone(case: &Case) -> bool {
    case.appeal.hearing.is_some_and(|hearing| hearing.means == HearingMeans::Phone)
}

/// Moves a case to another number that its citizen has just proved, in a session of the old number.
///
/// # Errors
/// [`Refusal::OutOfScope`] for everybody else.
pub fn change_number(case: &Case, actor: &Actor, to: PersonId, now: Time) -> Result<Event, Refusal> {
    match actor.scope {
        Scope::Own(person) if actor.role == Role::Citizen && person == case.citizen => {
            Ok(event(actor, now, EventBody::NumberChanged { citizen: to }, None))
        }
        _ => Err(Refusal::OutOfScope),
    }
}

/// Whether the report about which the citizen is asked says "done"; only then is a yes a confirmation.
fn says_done(case: &Case) -> bool {
    !matches!(case.atr, Some(Outcome::PartlyDone | Outcome::CannotBeDone))
}

fn known_office(rules: &Rules, department: &str, office: crate::OfficeId) -> Result<(), Refusal> {
    match rules.offices.get(&office) {
        Some(owner) if owner == department => Ok(()),
        _ => Err(Refusal::UnknownOffice),
    }
}

fn submit(case: &Case, actor: &Actor, atr: &atr::Atr, setting: &Setting<'_>) -> Result<Vec<Event>, Refusal> {
    let Setting { rules, now, matter, earlier, .. } = *setting;
    let lapses =
        atr::check(atr, &atr::Background { contacts: case.contacts, now, matter, earlier, photos: setting.photos });
    let findings: Vec<Finding> = lapses.iter().map(|lapse| lapse.finding).collect();
    let blocking: Vec<Finding> = findings.iter().copied().filter(|finding| finding.blocks()).collect();
    if !blocking.is_empty() {
        return Err(Refusal::ReportLapses(blocking));
    }
    let own = actor.role == Role::NodalOfficer;
    let flagged = !findings.is_empty();
    let next_date = atr.next_date.filter(|_| atr.outcome == Outcome::PartlyDone);
    let (outcome, photos, shots) = (atr.outcome, atr.photos.clone(), setting.shutter.on_record(now));
    let body = EventBody::AtrSubmitted { outcome, findings, photos, own, next_date, shots };
    let no_contact = clean(&atr.no_contact_reason)?;
    let lapses = filed(lapses, &atr.answers)?;
    let statement = said(&atr.text, Language::English)?.map(|words| Statement { no_contact, lapses, ..words });
    let mut events = Vec::new();
    if let Some(atr::Contact { means, text }) = &atr.contact {
        let words = remark(text, Language::English)?;
        events.push(event(actor, now, EventBody::ContactRecorded { means: *means }, words));
    }
    events.push(event(actor, now, body, statement));
    if own {
        events.push(draw(case, rules, now, flagged));
    }
    Ok(events)
}

/// The findings with the officer's answers, without those of which there is nothing to read. They quote what was
/// written, so they are kept with the statement, apart from the ledger.
fn filed(lapses: Vec<Lapse>, answers: &[atr::Answer]) -> Result<Vec<FiledLapse>, Refusal> {
    let mut filed = Vec::new();
    for Lapse { finding, because } in lapses {
        let answer = answers.iter().find(|answer| answer.finding == finding);
        let answer = answer.map_or(Ok(String::new()), |answer| clean(&answer.text))?;
        if !because.is_empty() || !answer.is_empty() {
            filed.push(FiledLapse { finding, because: text::clean(&because), answer });
        }
    }
    Ok(filed)
}

/// Decides on a visit by a field validator: always where the check flagged the report or the citizen has disputed or
/// reopened, otherwise by chance. The actor is the system, since nobody chose.
fn draw(case: &Case, rules: &Rules, now: Time, flagged: bool) -> Event {
    let sure = flagged || case.disputes > 0 || case.reopened > 0;
    let chance_per_mille = if sure { 1000 } else { rules.visit_floor_per_mille };
    let drawn = rules.draw_per_mille(case.reference, case.version) < chance_per_mille;
    let body = if drawn {
        EventBody::VisitOrdered { chance_per_mille }
    } else {
        EventBody::VisitNotDrawn { chance_per_mille }
    };
    event(&Actor::system(), now, body, None)
}

/// A visit: with a photo that proves the place, an answer to every question, and a citizen who was met where they agree.
fn visited(case: &Case, visit: Visit, setting: &Setting<'_>) -> Result<EventBody, Refusal> {
    let Visit { finding, text: _, meeting, checks, position, photos, shots: _ } = visit;
    let finding = match finding {
        VisitFinding::DoneCitizenAgrees | VisitFinding::CitizenAgrees if says_done(case) => {
            VisitFinding::DoneCitizenAgrees
        }
        VisitFinding::DoneCitizenAgrees | VisitFinding::CitizenAgrees => VisitFinding::CitizenAgrees,
        other => other,
    };
    if let Shutter::Verified(shots) = setting.shutter {
        if meeting.is_none_or(|meeting| !meeting.fits(finding)) {
            return Err(Refusal::MeetingDoesNotFit);
        }
        let here = setting.photos.used_in.is_none() && !setting.photos.is_elsewhere();
        if !here || !shots.iter().any(|shot| shot.tells_the_place() && photos.contains(&shot.photo)) {
            return Err(Refusal::NoPhotoTakenHere);
        }
    }
    let shots = setting.shutter.on_record(setting.now);
    let checks = visit::answered(setting.checks, &checks).ok_or(Refusal::ChecksUnanswered)?;
    if finding == VisitFinding::DoneCitizenAgrees && !visit::can_be_done(setting.checks, &checks) {
        return Err(Refusal::ChecksContradict);
    }
    let position = position
        .filter(Position::is_possible)
        .map(Position::to_ten_metres)
        .or_else(|| shots.iter().find_map(|shot| shot.position));
    Ok(EventBody::VisitRecorded { finding, position, photos, meeting, checks, shots })
}

/// Whether an outcome fits what the exchange has heard, so that nobody records a call that was not made; answers for how
/// many seconds they spoke.
fn fits(outcome: CallOutcome, rung: Rung) -> Result<Option<u32>, Refusal> {
    match rung {
        Rung::Unknown => Ok(None),
        Rung::Never => Err(Refusal::NotCalled),
        Rung::Answered(seconds) if outcome != CallOutcome::LineFault => Ok(Some(seconds)),
        Rung::Unanswered if outcome == CallOutcome::NotReached => Ok(None),
        Rung::Failed if outcome == CallOutcome::LineFault => Ok(None),
        // A caller may write while they still speak.
        Rung::Going if outcome != CallOutcome::LineFault => Ok(None),
        _ => Err(Refusal::NotAsHeard),
    }
}

/// Whether this try is the last one needed: on enough different days, in two parts of the day, and no visit pending.
fn closes_unreached(case: &Case, rules: &Rules, now: Time) -> bool {
    let mut days = case.missed_calls.clone();
    days.insert(ist_date(now));
    let other_part = case.missed_in.iter().any(|part| *part != DayPart::of(now)) || case.missed_in.len() > 1;
    days.len() >= usize::from(rules.calls_before_closing) && other_part && !case.visit_due
}

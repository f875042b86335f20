//! A case as one reader may see it.

use super::{shutter, suggestion};
use crate::link;
use crate::state::App;
use crate::store::{Attachment, Message, MessageState, StoreError, StoredEvent};
use crate::tables::Superior;
use chrono::Duration;
use model::atr::{FiledLapse, Finding};
use model::lifecycle::{
    ActionKind, Case, Event, EventBody, EventKind, Holder, Order, Party, Stage, Statement, open_actions,
};
use model::message::Template;
use model::names::code_of;
use model::visit::Checked;
use model::wire::{Answered, CaseLine, CaseView, Delivery, MainCase, Names, TimelineEntry, Told, VisitSeen};
use model::{Actor, AttachmentId, Duty, Language, OfficeId, Role, Scope, Time, mask, text};
use std::collections::HashSet;

/// Most followers of a case that are listed or looked into.
const SHOWN: usize = 20;

/// Most messages about a case that its history tells of.
const TOLD: u32 = 200;

/// The view of a case for a reader who may read it.
///
/// # Errors
/// Where the store does not answer.
pub async fn view(app: &App, case: &Case, reader: &Actor, now: Time) -> Result<CaseView, StoreError> {
    let history = app.reader().history(case.reference).await?;
    let first = history.first().and_then(|stored| stored.event.statement.clone());
    let first = first.unwrap_or_else(|| Statement::new(String::new(), Language::Bengali));
    // Where the name is withheld, it is masked in every text.
    let hidden = case.hides_citizen_from(reader.role) || !reader.role.has(Duty::SeeIdentity);
    let shielded = hidden && case.shielded;
    let said = |text: &str| if shielded { mask::masked(text, &first.name) } else { text.to_owned() };
    let followers = app.reader().followers(case.reference).await?;
    let mobile = app.reader().mobile_of(case.citizen).await?;
    let attachments = app.reader().attachments_of(case.reference).await?;
    let arrivals = Arrivals::of(&attachments);
    let lodged = history.first().map(|stored| &stored.event.body);
    let voice = lodged.and_then(EventBody::voice);
    let mut timeline = timeline(app, &history, &arrivals, reader, &said);
    if reader.role != Role::Citizen {
        timeline.extend(added_by_followers(app, &followers, reader, &said).await?);
        timeline.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        if let Some(mobile) = &mobile {
            let mut told = app.reader().messages_to(mobile, Some(case.reference), TOLD).await?;
            told.retain(|message| !reader.role.is_of_department() || message.template != code_of(&Template::Split));
            tell(&mut timeline, told);
        }
    }
    let root = match case.root {
        Some(root) => app.reader().case(root).await?,
        None => None,
    };
    let main_case = match &root {
        Some(root) => Some(main_case(app, root).await?),
        None => None,
    };
    let actions = actions(app, case, reader, now).await?;
    // A citizen is told of it by a link as well, though it can only be done with a code.
    let own = reader.role == Role::Citizen;
    let until = |kind: ActionKind, days: i64| {
        let citizen = Actor::citizen(case.citizen);
        let open = own && open_actions(case, &citizen, &app.facts.rules, now).contains(&kind);
        case.closed_at.filter(|_| open).map(|closed| closed + Duration::days(days))
    };
    let visits = actions.contains(&ActionKind::RecordVisit);
    let photographs = visits || actions.contains(&ActionKind::SubmitAtr);
    let cell = !matches!(reader.role, Role::Citizen) && !reader.role.is_of_department();
    let mut view = CaseView {
        line: line(case, &said(&first.text), first.language, app),
        channel: case.channel,
        text: said(&first.text),
        landmark: said(&first.landmark),
        name: (!hidden).then(|| first.name.clone()),
        mobile: mobile.filter(|_| !hidden).map(|mobile| mobile.masked()),
        number_verified: case.number_verified,
        limited: false,
        disowned: case.disowned,
        number_change_requested: case.number_change.is_some(),
        shielded: case.shielded,
        holder: case.holder(),
        office_name: case.office.and_then(|office| app.facts.offices.get(&office)).map(|office| office.name.clone()),
        citizen_seconds: case.citizen_clock.elapsed(now, &app.facts.rules.calendar, case.lane).num_seconds(),
        holder_seconds: case.holder_elapsed(&app.facts.rules, now).num_seconds(),
        holder_due: case.holder_due(&app.facts.rules),
        closed_at: case.closed_at,
        contacts: case.contacts,
        outcome: case.atr,
        rest_by: case.next_date.filter(|_| case.partly_done && case.stage.is_open()),
        visit_due: case.visit_due,
        root: case.root,
        main_case,
        followers: u32::try_from(followers.len()).unwrap_or(u32::MAX),
        following: followers.iter().filter(|_| cell).take(SHOWN).map(|follower| follower.reference).collect(),
        offered_to: case.offered.as_ref().map(|offer| offer.to.clone()),
        photos: lodged.map(|lodged| arrivals.photos(lodged)).unwrap_or_default(),
        photos_coming: lodged.map_or(0, |lodged| arrivals.photos_coming(lodged)),
        voice: voice.filter(|voice| arrivals.here.contains(voice.as_str()) && !hidden).cloned(),
        spoken: voice.is_some(),
        answers: lodged.map(|lodged| answers(app, lodged)).unwrap_or_default(),
        affected: lodged.and_then(|lodged| match lodged {
            EventBody::Lodged { affected, .. } => *affected,
            _ => None,
        }),
        about_office: case.about_office,
        suggestion: suggestion::of(app, case, &first.text, &actions),
        shutter: if photographs { shutter::issue(app, reader, case.reference, now) } else { String::new() },
        checks: if visits { app.facts.tables.checks(case.category.as_ref()) } else { Vec::new() },
        reopen_until: until(ActionKind::Reopen, app.facts.rules.reopen_days),
        appeal_until: until(ActionKind::Appeal, app.facts.rules.appeal_days),
        hearing: case.appeal.hearing,
        rating: case.rating,
        timeline,
        actions,
    };
    // What was promised for the work is over; a citizen who appeals waits for the decision, which follows the hearing.
    if own && case.stage == Stage::Appealed {
        view.line.due = view.holder_due.max(case.appeal.hearing.map(|hearing| hearing.at));
    }
    Ok(if case.is_limited_for(reader) { limited(view) } else { view })
}

/// Whether an actor came by a link to a number that was proved by a code. The person who proved the number speaks for
/// it, not a person who only has the link.
///
/// # Errors
/// Where the store does not answer.
pub async fn is_link_of_proved(app: &App, case: &Case, actor: &Actor) -> Result<bool, StoreError> {
    Ok(matches!(actor.scope, Scope::Case { .. }) && app.reader().is_verified(case.citizen).await?)
}

/// What this reader may do.
async fn actions(app: &App, case: &Case, reader: &Actor, now: Time) -> Result<Vec<ActionKind>, StoreError> {
    let mut actions = open_actions(case, reader, &app.facts.rules, now);
    if is_link_of_proved(app, case, reader).await? {
        actions.retain(|kind| *kind != ActionKind::DisownNumber);
    }
    Ok(actions)
}

/// What a link to an unproved number shows: only the stage, since it may have gone to a stranger.
fn limited(view: CaseView) -> CaseView {
    let timeline = view.timeline.into_iter().map(|entry| TimelineEntry {
        detail: None,
        other: None,
        ground: None,
        department: None,
        to: None,
        office_name: None,
        text: None,
        no_contact: None,
        hearing: None,
        order: None,
        next_date: None,
        lapses: Vec::new(),
        shots: Vec::new(),
        visit: None,
        photos: Vec::new(),
        photos_coming: 0,
        ..entry
    });
    CaseView {
        limited: true,
        line: limited_line(view.line),
        text: String::new(),
        landmark: String::new(),
        name: None,
        holder: Holder::Nobody,
        office_name: None,
        outcome: None,
        rest_by: None,
        root: None,
        main_case: None,
        followers: 0,
        following: Vec::new(),
        offered_to: None,
        photos: Vec::new(),
        photos_coming: 0,
        voice: None,
        spoken: false,
        answers: Vec::new(),
        affected: None,
        about_office: false,
        suggestion: None,
        shutter: String::new(),
        checks: Vec::new(),
        reopen_until: None,
        appeal_until: None,
        hearing: None,
        rating: None,
        timeline: timeline.collect(),
        ..view
    }
}

/// The same for a line of a list.
#[must_use]
pub fn limited_line(line: CaseLine) -> CaseLine {
    CaseLine {
        // The number stands in the place of the title: without any, it would be shown as a spoken grievance.
        title: line.reference.grouped(),
        district: None,
        place: None,
        category: None,
        department: None,
        office: None,
        ..line
    }
}

/// What the citizen of a follower may know of its root.
async fn main_case(app: &App, root: &Case) -> Result<MainCase, StoreError> {
    let citizen = Actor::citizen(root.citizen);
    let history = app.reader().history(root.reference).await?;
    let mut timeline = timeline(app, &history, &Arrivals::default(), &citizen, &|_| String::new());
    for entry in &mut timeline {
        (entry.text, entry.no_contact, entry.order) = (None, None, None);
        // Which other cases somebody has is nobody else's business.
        entry.other = None;
        // Nobody else's hearing is theirs.
        if matches!(entry.kind, EventKind::HearingSet | EventKind::HearingHeld) {
            (entry.hearing, entry.detail) = (None, None);
        }
    }
    Ok(MainCase {
        reference: root.reference,
        stage: root.stage,
        lane: root.lane,
        holder: root.holder(),
        department: root.department.clone(),
        office_name: root.office.and_then(|office| app.facts.offices.get(&office)).map(|office| office.name.clone()),
        due: root.due(&app.facts.rules),
        timeline,
    })
}

/// What the citizens of followers have added: an action on the root applies to them as well.
async fn added_by_followers(
    app: &App,
    followers: &[Case],
    reader: &Actor,
    said: &(dyn Fn(&str) -> String + Sync),
) -> Result<Vec<TimelineEntry>, StoreError> {
    let mut added = Vec::new();
    for follower in followers.iter().take(SHOWN) {
        let name = app.reader().history(follower.reference).await?;
        let own = name.first().and_then(|stored| stored.event.statement.as_ref()).map(|first| first.name.clone());
        let hidden = follower.hides_citizen_from(reader.role);
        for stored in name.iter().filter(|stored| stored.event.body.kind() == EventKind::InformationAdded) {
            let mut entry = entry(app, &stored.event, &Arrivals::default(), reader.role, said);
            if hidden && let Some(text) = &mut entry.text {
                *text = mask::masked(text, own.as_deref().unwrap_or_default());
            }
            added.push(entry);
        }
    }
    Ok(added)
}

fn line(case: &Case, first: &str, language: Language, app: &App) -> CaseLine {
    CaseLine {
        reference: case.reference,
        version: case.version,
        title: text::title(first),
        language,
        stage: case.stage,
        lane: case.lane,
        district: case.district,
        place: case.place,
        category: case.category.clone(),
        department: case.department.clone(),
        office: case.office,
        lodged_at: case.lodged_at,
        stage_since: case.stage_since,
        due: case.due(&app.facts.rules),
        disputes: case.disputes,
    }
}

/// Which attachments of a case have arrived.
#[derive(Default)]
struct Arrivals<'a> {
    here: HashSet<&'a str>,
    coming: HashSet<&'a str>,
}

impl<'a> Arrivals<'a> {
    fn of(attachments: &'a [Attachment]) -> Self {
        let (here, coming): (Vec<_>, Vec<_>) = attachments.iter().partition(|attachment| attachment.is_here());
        let ids = |all: Vec<&'a Attachment>| all.into_iter().map(|attachment| attachment.id.as_str()).collect();
        Self { here: ids(here), coming: ids(coming) }
    }

    /// The photos of an event that have arrived.
    fn photos(&self, event: &EventBody) -> Vec<AttachmentId> {
        event.photos().iter().filter(|photo| self.here.contains(photo.as_str())).cloned().collect()
    }

    /// The number of its photos that have not arrived.
    fn photos_coming(&self, event: &EventBody) -> u32 {
        let coming = event.photos().iter().filter(|photo| self.coming.contains(photo.as_str()));
        u32::try_from(coming.count()).unwrap_or(0)
    }
}

/// The category's questions and the citizen's answers, in words.
fn answers(app: &App, lodged: &EventBody) -> Vec<Answered> {
    let EventBody::Lodged { reasons: given, .. } = lodged else { return Vec::new() };
    let reasons = &app.facts.tables.reference.reasons;
    given
        .iter()
        .filter_map(|answer| {
            let question = reasons.questions.get(&answer.question)?.ask.clone();
            Some(Answered { question, answer: reasons.choice(answer)?.label.clone() })
        })
        .collect()
}

/// Newest first, without notes of other sides and without draws that ordered no visit.
fn timeline(
    app: &App,
    history: &[StoredEvent],
    arrivals: &Arrivals<'_>,
    reader: &Actor,
    said: &(dyn Fn(&str) -> String + Sync),
) -> Vec<TimelineEntry> {
    // The department and office that had the case before each.
    let parties = history.iter().scan(None::<Case>, |case, stored| {
        let before = case.as_ref().map(|case| (case.department.clone(), case.office));
        match case {
            Some(case) => case.apply(&stored.event),
            None => *case = Case::open(&stored.event),
        }
        Some(before.unwrap_or_default())
    });
    let events: Vec<_> = history.iter().map(|stored| &stored.event).zip(parties).collect();
    events
        .into_iter()
        .rev()
        .filter(|(event, _)| event.body.kind() != EventKind::VisitNotDrawn)
        .filter(|(event, _)| event.body.side(event.by.role).is_none_or(|side| side.is_read_by(reader.role)))
        .map(|(event, (department, office))| (event, superiors(app, event, department.as_deref(), reader.role), office))
        .map(|(event, superiors, office)| TimelineEntry {
            superiors: superiors.iter().map(|superior| superior.name.clone()).collect(),
            unreachable: !superiors.is_empty() && superiors.iter().all(|superior| !superior.is_reachable()),
            from_office: from_office(app, event, office, reader.role),
            ..entry(app, event, arrivals, reader.role, said)
        })
        .collect()
}

/// The office that had a case before it went to another one.
fn from_office(app: &App, event: &Event, before: Option<OfficeId>, reader: Role) -> Option<Names> {
    let before = before.filter(|_| reader != Role::Citizen)?;
    match &event.body {
        EventBody::Forwarded { office } if *office != before => Some(app.facts.offices.get(&before)?.name.clone()),
        _ => None,
    }
}

/// The posts that are told of an escalation; those who have the case are told of the first level.
fn superiors<'a>(app: &'a App, event: &Event, department: Option<&str>, reader: Role) -> Vec<&'a Superior> {
    match &event.body {
        EventBody::Escalated { level, .. } if reader != Role::Citizen => app.facts.tables.superiors(department, *level),
        _ => Vec::new(),
    }
}

fn entry(
    app: &App,
    event: &Event,
    arrivals: &Arrivals<'_>,
    reader: Role,
    said: &(dyn Fn(&str) -> String + Sync),
) -> TimelineEntry {
    // A remark on a call, or which proof of identity a counter saw, is meant for the cell. The grievance itself stands
    // at the top of the page.
    let citizen = reader == Role::Citizen;
    // What became of another part may be about the department itself, and a part may be withheld where its origin is not: by
    // their numbers one would be known by the other.
    let is_elsewhere = reader.is_of_department() && matches!(event.body.kind(), EventKind::Lodged | EventKind::Split);
    let private = match event.body.kind() {
        EventKind::CallRecorded => citizen,
        EventKind::Split => is_elsewhere,
        EventKind::NumberChangeRequested | EventKind::NumberChangeRefused | EventKind::NumberChanged => {
            citizen || reader.is_of_department()
        }
        _ => false,
    };
    let statement = event.statement.as_ref().filter(|_| event.body.kind() != EventKind::Lodged && !private);
    TimelineEntry {
        at: event.at,
        kind: event.body.kind(),
        detail: event.body.detail().filter(|_| !is_elsewhere).map(str::to_owned),
        other: event.body.other().filter(|_| !is_elsewhere),
        ground: match &event.body {
            EventBody::Rejected { ground } => app.facts.tables.ground(*ground).cloned(),
            _ => None,
        },
        role: event.by.role,
        department: event.by.department.clone(),
        office_name: office_of(event)
            .and_then(|office| app.facts.offices.get(&office))
            .map(|office| office.name.clone()),
        to: destination(event),
        text: statement.map(|statement| said(&statement.text)),
        no_contact: statement.map(|words| &words.no_contact).filter(|why| !why.is_empty()).map(|why| said(why)),
        level: match &event.body {
            EventBody::Escalated { level, .. } if !citizen => Some(*level),
            _ => None,
        },
        superiors: Vec::new(),
        unreachable: false,
        from_office: None,
        told: Vec::new(),
        hearing: match &event.body {
            EventBody::HearingSet { at, .. } => Some(*at),
            _ => None,
        },
        order: statement
            .and_then(|words| words.order.as_ref())
            .map(|Order { found, ordered }| Order { found: said(found), ordered: said(ordered) }),
        next_date: event.body.next_date(),
        shots: if citizen { Vec::new() } else { event.body.shots().to_vec() },
        visit: if citizen { None } else { visit(app, &event.body) },
        lapses: if citizen { Vec::new() } else { lapses(event, !reader.is_of_department(), said) },
        language: statement.map_or(Language::English, |statement| statement.language),
        photos: arrivals.photos(&event.body),
        photos_coming: arrivals.photos_coming(&event.body),
        setback: event.body.is_setback(),
        redresses: event.body.redresses(),
        side: event.body.side(event.by.role),
    }
}

/// Adds to each entry the messages that it caused, which are made at its moment: to what somebody did, where the system has done
/// something at the same moment. What another case caused stands with the last entry before it.
fn tell(timeline: &mut [TimelineEntry], messages: Vec<Message>) {
    for message in messages {
        let at = message.created;
        let by_somebody = timeline.iter().position(|entry| entry.at == at && entry.role != Role::System);
        let place = by_somebody.or_else(|| timeline.iter().position(|entry| entry.at <= at));
        if let Some(entry) = place.and_then(|place| timeline.get_mut(place)) {
            let delivery = match message.state {
                MessageState::Pending => Delivery::Waiting,
                MessageState::Sent => Delivery::Sent,
                MessageState::Dead => Delivery::Failed,
                MessageState::Expired => Delivery::TooLate,
                MessageState::Recalled => Delivery::Recalled,
                MessageState::Silenced => Delivery::NotWanted,
            };
            let text = link::hidden(&message.body);
            entry.told.push(Told { text, language: message.language, delivery, sent: message.sent });
        }
    }
}

/// Whom a validator met, and what they looked at.
fn visit(app: &App, event: &EventBody) -> Option<VisitSeen> {
    let EventBody::VisitRecorded { meeting, checks, .. } = event else { return None };
    let named = |checked: &Checked| {
        let unnamed = || Names { en: checked.check.clone(), ..Names::default() };
        (app.facts.tables.check(&checked.check).cloned().unwrap_or_else(unnamed), checked.answer)
    };
    Some(VisitSeen { meeting: *meeting, checks: checks.iter().map(named).collect() })
}

/// The lapses with which a report was filed; without quotation and answer where its words were erased or an earlier
/// version wrote it.
fn lapses(event: &Event, cell: bool, said: &(dyn Fn(&str) -> String + Sync)) -> Vec<FiledLapse> {
    let worded = event.statement.as_ref().map(|statement| statement.lapses.as_slice()).unwrap_or_default();
    let lapse = |finding: &Finding| {
        let words = worded.iter().find(|lapse| lapse.finding == *finding);
        let of = |words: Option<&String>| words.map(|words| said(words)).unwrap_or_default();
        // The number of another case is for the cell.
        let because = words.map(|words| &words.because).filter(|_| *finding != Finding::UsedBefore || cell);
        FiledLapse { finding: *finding, because: of(because), answer: of(words.map(|words| &words.answer)) }
    };
    event.body.findings().iter().map(lapse).collect()
}

/// The office to which an event moved a case, or which acted.
fn office_of(event: &Event) -> Option<OfficeId> {
    match destination(event) {
        Some(to) => to.office,
        None => event.by.office,
    }
}

fn destination(event: &Event) -> Option<Party> {
    match &event.body {
        EventBody::Categorised { department, .. } => Some(Party { department: department.clone(), office: None }),
        EventBody::TransferOffered { to } => Some(to.clone()),
        EventBody::Forwarded { office } => {
            Some(Party { department: event.by.department.clone().unwrap_or_default(), office: Some(*office) })
        }
        _ => None,
    }
}

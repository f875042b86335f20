//! Acting on a case: the only way, for the API, plain pages, text messages and the deadlines task.

use super::Once;
use super::decision::{Decided, Known};
use super::earlier::{self, Earlier};
use super::lodge::unknown_photo;
use super::policy::{self, Wish, may_read};
use super::read::readable;
use super::view::is_link_of_proved;
use super::{phone, shutter, sight};
use crate::failure::Failure;
use crate::state::App;
use crate::store::{Append, Appended, Idempotency, StoreError};
use chrono::Duration;
use model::atr::PhotoFacts;
use model::lifecycle::{
    self, Action, Case, Event, EventBody, EventKind, NUMBER_SHOWN_HOURS, Rung, Setting, Stage, Statement,
};
use model::visit::{Check, Shot, Shutter};
use model::wire::{Preview, ProblemCode};
use model::{Actor, Reference, Role, Time, text};

/// What the actor had seen of the case when they decided. Where there is something newer, nothing is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// This version.
    Version(u32),
    /// The report with this number; other changes do not matter.
    Report(u8),
    /// Any state will do.
    Anything,
    /// They must say it and have not.
    Unsaid,
}

impl Seen {
    async fn holds(self, app: &App, case: &Case) -> Result<(), Failure> {
        match self {
            Self::Anything => Ok(()),
            Self::Version(seen) if seen == case.version || only_notes_since(app, case, seen).await? => Ok(()),
            Self::Report(seen) if seen == case.reports => Ok(()),
            Self::Version(_) | Self::Report(_) => Err(Failure::stale(case.version)),
            Self::Unsaid => Err(Failure::of(ProblemCode::VersionNeeded)),
        }
    }
}

/// Whether nothing but notes came after this version: a colleague's note changes nothing that a decision rests on.
async fn only_notes_since(app: &App, case: &Case, seen: u32) -> Result<bool, Failure> {
    if seen == 0 || seen > case.version {
        return Ok(false);
    }
    let history = app.store.history(case.reference).await?;
    let newer = history.get(seen as usize..).unwrap_or_default();
    Ok(newer.iter().all(|stored| matches!(stored.event.body, EventBody::Noted | EventBody::NotedFor { .. })))
}

/// An action that somebody wants to carry out on a case.
#[derive(Debug)]
pub struct Command<'a> {
    /// The actor.
    pub actor: &'a Actor,
    /// The case.
    pub reference: Reference,
    /// The action.
    pub action: &'a Action,
    /// What the actor had seen of the case.
    pub seen: Seen,
    /// What identifies the request, so that it has one effect; `None` where repeating is harmless.
    pub once: Option<Idempotency>,
}

/// How often a decision is made again before its sender is told to try later: as often as people who write notes about one
/// case at one moment could want it.
const TRIES: u32 = 50;

/// Carries out an action: loads the case, decides, appends the events and tells those concerned. Answers the case after
/// it or, where the same request was done before, the version that the case had then.
///
/// # Errors
/// 404 where the actor may not see the case, 412 where it is not as they saw it, the refusal of the rulebook, 422 where
/// a photo is missing, 503 where the case keeps changing.
pub async fn execute(app: &App, command: Command<'_>, now: Time) -> Result<Once<Box<Case>>, Failure> {
    let Command { actor, reference, action, seen, once: idempotency } = command;
    // A report needs its photos; what a citizen adds need not wait for theirs.
    let here = actor.role != Role::Citizen;
    if let Some(problem) = unknown_photo(app, action.photos(), here).await? {
        return Err(Failure::fields(vec![problem]));
    }
    // What the decision depends on besides the case may change meanwhile, and others may write notes; then it is made again.
    for _ in 0..TRIES {
        let ground = Ground::of(app, actor, reference, action, now).await?;
        seen.holds(app, &ground.before).await?;
        let decided = Decided::of(&ground.before, actor, action.clone(), &ground.setting(app, now))?;
        let root = &ground.root;
        let known = Known::of(app, &decided).await?;
        let append = decided.append(app, &known).resting_on(root.as_ref());
        let case = append.case.clone();
        let left_behind = !case.stage.is_open() && !matches!(case.stage, Stage::Redressed | Stage::Merged);
        let append = if let Some(part) = ground.part(app, &case, actor, action, now)? {
            append.with(vec![part])
        } else if left_behind {
            let followers = separated(app, &case, now).await?;
            append.followed_by(followers.len()).with(followers)
        } else if case.root.is_some() {
            append.followed_by(0)
        } else {
            append
        };
        // Whoever acts is shown the case; the act itself may have ended their access.
        let reading = match may_read(actor, &case) {
            true => policy::permit(app, actor, Wish::Case(&case), now).await?,
            false => None,
        };
        let append = append.read_by(reading);
        let append =
            append.once(idempotency.clone().map(|once| Idempotency { response: case.version.to_string(), ..once }));
        match app.store.append(append).await {
            Ok(Appended::Done { .. }) => {
                if let (Action::SubmitAtr(atr), Some(office)) = (action, case.office) {
                    app.reports.add(office, reference, atr.text.clone());
                }
                if let (Action::RecordCall { outcome, .. }, Some(staff)) = (action, actor.staff) {
                    phone::recorded(app, staff, reference, ground.call.as_deref(), *outcome, now).await;
                }
                return Ok(Once::Done(Box::new(case)));
            }
            Ok(Appended::Repeated { response }) => return Ok(Once::Before(response)),
            Err(StoreError::Stale { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("a case that this rests on keeps changing".into()).into())
}

/// What an action would do to a case, without doing it: where the case would stand, and what its citizen would be told.
///
/// # Errors
/// As [`execute`], without 503.
pub async fn preview(app: &App, command: Command<'_>, now: Time) -> Result<Preview, Failure> {
    let Command { actor, reference, action, seen, .. } = command;
    let ground = Ground::of(app, actor, reference, action, now).await?;
    seen.holds(app, &ground.before).await?;
    let decided = Decided::of(&ground.before, actor, action.clone(), &ground.setting(app, now))?;
    let known = Known::of(app, &decided).await?;
    let (case, told) = (decided.case.clone(), decided.told_to_citizen(app, &known));
    Ok(Preview {
        stage: case.stage,
        office_name: case.office.and_then(|office| app.facts.offices.get(&office)).map(|office| office.name.clone()),
        told: told.into_iter().map(|message| without(&message.body, ground.split.into)).collect(),
        language: case.language,
    })
}

/// A text without the number of a case that is not made yet: another one is drawn when it is.
fn without(text: &str, number: Reference) -> String {
    let number = number.grouped();
    text.replace(&number, "…").replace(&number.replace('\u{A0}', " "), "…")
}

/// What the split of a case rests on.
struct Split {
    /// The number of the new case.
    into: Reference,
    /// The lodging of the case that is split.
    first: Option<Event>,
    /// What its citizen has written, or said and somebody else has written down; empty where the grievance itself was spoken.
    said: Vec<String>,
    /// The parts that were split off before and do not follow it.
    parts: Vec<String>,
}

impl Default for Split {
    /// For any other action.
    fn default() -> Self {
        Self { into: Reference::from_payload(0), first: None, said: Vec::new(), parts: Vec::new() }
    }
}

impl Split {
    async fn of(app: &App, reference: Reference) -> Result<Self, Failure> {
        let history: Vec<Event> = app.store.history(reference).await?.into_iter().map(|stored| stored.event).collect();
        let followers = app.store.followers(reference).await?;
        let words = |event: &Event| event.statement.as_ref().map(|said| said.text.clone());
        let is_told = |event: &&Event| {
            use EventKind as K;
            matches!(event.body.kind(), K::Lodged | K::InformationAdded | K::InformationProvided)
        };
        let is_apart = |event: &&Event| {
            let follows = |into| followers.iter().any(|follower| follower.reference == into);
            matches!(event.body, EventBody::Split { into } if !follows(into))
        };
        let is_spoken = history.first().and_then(words).is_none_or(|text| text::is_blank(&text));
        let said: Vec<String> = history.iter().filter(is_told).filter_map(words).collect();
        Ok(Self {
            into: Reference::from_payload(getrandom::u64()?),
            said: if is_spoken { Vec::new() } else { said },
            parts: history.iter().filter(is_apart).filter_map(words).collect(),
            first: history.into_iter().next(),
        })
    }
}

/// What a decision rests on.
struct Ground {
    before: Case,
    /// For a split.
    split: Split,
    /// The case that it is to follow.
    root: Option<Case>,
    followed: bool,
    number_shown: bool,
    rung: Rung,
    /// Id of the call whose outcome it is.
    call: Option<String>,
    number_proved: bool,
    /// For a report: the earlier ones, and what the grievance is about.
    earlier: Earlier,
    /// For a report or a visit: what is known of its photos.
    photos: PhotoFacts,
    /// Photos whose tokens hold.
    shots: Vec<Shot>,
    /// For a visit: what to look at.
    checks: Vec<Check>,
}

impl Ground {
    async fn of(app: &App, actor: &Actor, reference: Reference, action: &Action, now: Time) -> Result<Self, Failure> {
        let before = readable(app, actor, reference).await?;
        let root = match action {
            Action::Merge { root, .. } => app.store.case(*root).await?,
            _ => None,
        };
        let (number_shown, (rung, call)) = match (action, actor.staff) {
            (Action::RecordCall { call_id, .. }, Some(staff)) => (
                app.store.was_revealed(reference, staff, now - Duration::hours(NUMBER_SHOWN_HOURS)).await?,
                phone::rung(app, staff, reference, call_id, now).await?,
            ),
            (Action::RecordHearing { .. }, Some(staff)) => (
                app.store.was_revealed(reference, staff, now - Duration::hours(NUMBER_SHOWN_HOURS)).await?,
                (Rung::Unknown, None),
            ),
            _ => (false, (Rung::Unknown, None)),
        };
        let split = match action {
            Action::Split { .. } => Split::of(app, reference).await?,
            _ => Split::default(),
        };
        let shots = shutter::verified(app, actor, reference, action, now);
        let earlier = match action {
            Action::SubmitAtr(_) => earlier::look_up(app, &before).await?,
            _ => Earlier::default(),
        };
        Ok(Self {
            split,
            root,
            photos: match action {
                Action::SubmitAtr(_) | Action::RecordVisit(_) => sight::facts(app, &before, action, &shots).await?,
                _ => PhotoFacts::default(),
            },
            earlier,
            shots,
            checks: match action {
                Action::RecordVisit(_) => app.facts.tables.checks(before.category.as_ref()),
                _ => Vec::new(),
            },
            rung,
            call,
            followed: matches!(action, Action::Merge { .. }) && !app.store.followers(reference).await?.is_empty(),
            number_shown,
            number_proved: matches!(action, Action::DisownNumber) && is_link_of_proved(app, &before, actor).await?,
            before,
        })
    }

    fn setting<'g>(&'g self, app: &'g App, now: Time) -> Setting<'g> {
        Setting {
            root: self.root.as_ref(),
            into: self.split.into,
            said: &self.split.said,
            parts: &self.split.parts,
            followed: self.followed,
            number_shown: self.number_shown,
            rung: self.rung,
            number_proved: self.number_proved,
            places: &app.facts.tables,
            matter: self.earlier.matter(&self.before, &app.facts.tables.topics),
            earlier: &self.earlier.reports,
            photos: self.photos,
            shutter: Shutter::Verified(&self.shots),
            checks: &self.checks,
            ..Setting::new(&app.facts.rules, now)
        }
    }

    /// The new case that a split makes; its citizen is told of it with the case that is split.
    fn part(
        &self,
        app: &App,
        case: &Case,
        actor: &Actor,
        action: &Action,
        now: Time,
    ) -> Result<Option<Append>, Failure> {
        let (Action::Split { text, about_office }, Some(first)) = (action, &self.split.first) else { return Ok(None) };
        let words = Statement::new(text::clean(text), case.language);
        let Some(part) = lifecycle::part(case, first, self.split.into, words, *about_office) else { return Ok(None) };
        let opened = Decided::lodged(part, actor, &app.facts.rules, now)?;
        Ok(opened.map(|decided| decided.append(app, &Known::default())))
    }
}

/// Carries out what a citizen answers by text message or on a plain page. Sent again after it was done, it changes
/// nothing. `report` is the number of the report that is answered, where one is.
///
/// # Errors
/// The refusal of the rulebook; 412 where there is a newer report; 503 where the case keeps changing.
pub async fn answer(
    app: &App,
    reference: Reference,
    actor: &Actor,
    action: &Action,
    report: Option<u8>,
    once: Idempotency,
    now: Time,
) -> Result<(), Failure> {
    let seen = report.map_or(Seen::Anything, Seen::Report);
    let command = Command { actor, reference, action, seen, once: Some(once.clone()) };
    match execute(app, command, now).await {
        Ok(_) => Ok(()),
        // Refused, perhaps because the same request has moved the case already.
        Err(failure) => app.store.repeated(&once).await?.map(|_| ()).ok_or(failure),
    }
}

/// When a root ends without redress its followers are separated from it.
async fn separated(app: &App, root: &Case, now: Time) -> Result<Vec<Append>, Failure> {
    let mut appends = Vec::new();
    for follower in app.store.followers(root.reference).await? {
        let setting = Setting::new(&app.facts.rules, now);
        let action = Action::Unmerge { reason: root.reference.grouped() };
        let decided = Decided::of(&follower, &Actor::system(), action, &setting)?;
        let known = Known::of(app, &decided).await?;
        appends.push(decided.append(app, &known));
    }
    Ok(appends)
}

//! Lodging, reading and acting on cases.

use super::call::{Call, Reply, short_text};
use super::case_view::{is_link_of_proved, limited_line, view};
use super::guard::Address;
use super::policy::{self, Wish, may_read};
use super::problem::Failure;
use crate::app::App;
use crate::disk::Room;
use crate::messenger::{to_citizen, to_holder};
use crate::store::{Append, Appended, Idempotency, NewMessage, StoreError};
use chrono::Duration;
use model::attachment::AttachmentKind;
use model::lifecycle::{
    self, Action, Case, Channel, Details, Event, EventBody, Gender, Lodged, Refusal, Setting, Stage, Statement,
};
use model::lodging::{Lodging, Problem as FieldProblem};
use model::message::Template;
use model::wire::{
    AccessLine, AccessLog, Act, CaseLine, CaseView, GetCase, Lodge, MyGrievances, Problem, ProblemCode, Receipt,
    Reveal, Revealed,
};
use model::{Actor, AttachmentId, Language, Mobile, Reference, Role, Time, text};

/// For how long after a number was shown the outcome of the call can be recorded.
const CALL_HOURS: i64 = 24;

/// Lodges a grievance. A citizen without a session lodges too: the number is then marked as unverified.
pub async fn lodge(call: Call<Lodge>) -> Result<Reply<Receipt>, Failure> {
    let session_mobile = call.session.as_ref().and_then(|session| session.mobile.clone());
    let staff = call.session.as_ref().map(|session| session.actor.clone()).filter(|actor| actor.role != Role::Citizen);
    let idempotency = call.idempotency_of(b"anybody");
    let sender = Sender { staff, proved: session_mobile, address: call.address, channel: Channel::Web };
    lodge_once(&call.app, &call.body, sender, idempotency, call.now).await
}

/// Who lodges, and by which way.
#[derive(Debug)]
pub struct Sender {
    /// Whoever takes it down for the citizen.
    pub staff: Option<Actor>,
    /// The number that has been proved to be the citizen's.
    pub proved: Option<Mobile>,
    /// From where.
    pub address: Address,
    /// By which way, where nobody takes it down.
    pub channel: Channel,
}

/// Lodges, whatever the way in: the app, a counter, or the plain form.
///
/// # Errors
/// 422 with every field's problem; 403 where the role may not lodge; 429 where too many come.
pub async fn lodge_once(
    app: &App,
    form: &Lodging,
    sender: Sender,
    idempotency: Option<Idempotency>,
    now: Time,
) -> Result<Reply<Receipt>, Failure> {
    let urgent = app.tables.reference.reasons.is_urgent(&form.reasons);
    let parsed = match (form.parse_as(urgent), known(app, form).await?) {
        (Ok(parsed), unknown) if unknown.is_empty() => parsed,
        (parsed, unknown) => {
            // Sent once more after it was lodged: its photos belong to the case by now.
            if let Some(idempotency) = &idempotency
                && let Some(stored) = app.store.repeated(idempotency).await?
            {
                return Ok(Reply::repeated(stored));
            }
            return Err(Failure::fields(parsed.err().into_iter().flatten().chain(unknown).collect()));
        }
    };
    // What is left on a full disk is for those who work on what has come.
    if sender.staff.is_none() && app.disk.room() == Room::Full {
        return Err(Failure::unavailable(60));
    }
    let citizen = app.person(&parsed.mobile);
    if let (Some(limits), None) = (&app.limits, &sender.staff)
        && let Err(failure) = limits.lodging(citizen, sender.proved.as_ref() == Some(&parsed.mobile), sender.address)
    {
        return match &idempotency {
            Some(idempotency) => app.store.repeated(idempotency).await?.map(Reply::repeated).ok_or(failure),
            None => Err(failure),
        };
    }
    let channel = match &sender.staff {
        Some(_) => form.channel.unwrap_or(Channel::Call),
        None => sender.channel,
    };
    let number_verified = sender.proved.as_ref() == Some(&parsed.mobile);
    let told = number_verified
        || sender.staff.is_some()
        || app.limits.as_ref().is_none_or(|limits| limits.may_tell(citizen, sender.address));
    let actor = sender.staff.unwrap_or_else(|| Actor::citizen(citizen));
    let statement = Statement {
        language: Language::of_text(&parsed.text, form.language),
        text: parsed.text,
        landmark: parsed.landmark,
        name: parsed.name,
        no_contact: String::new(),
    };
    let title = (text::title(&statement.text), statement.language);
    let urban = form.district.zip(form.place).and_then(|(district, place)| app.tables.is_urban(district, place));
    // Only answers to what is asked of this category and these words count.
    let asked = app.tables.reference.reasons.asked(form.category.as_deref(), &statement.text, &form.reasons);
    let reasons: Vec<_> =
        form.reasons.iter().filter(|reason| asked.contains(&reason.question.as_str())).cloned().collect();
    let lodged = Lodged {
        reference: Reference::from_payload(0),
        citizen,
        number_verified,
        channel,
        language: form.language,
        gender: form.gender.unwrap_or(Gender::Unstated),
        category: form.category.clone(),
        district: form.district,
        place: form.place,
        urban,
        photos: form.photos.clone(),
        details: Details {
            lane: app.tables.reference.reasons.lane(&reasons),
            confidential: form.confidential.unwrap_or_default() || app.tables.reference.reasons.hides(&reasons),
            reasons,
            affected: form.affected,
            about_office: form.about_office.unwrap_or_default(),
            voice: form.voice.clone(),
        },
        statement,
    };
    // A number that is taken is drawn again: one in many thousands at ten million cases.
    for _ in 0..8 {
        let lodged = Lodged { reference: Reference::from_payload(getrandom::u64()?), ..lodged.clone() };
        let mut events = vec![lifecycle::lodge(lodged, &actor, &app.rules, now)?];
        let opened = events.first().and_then(Case::open);
        let mut case = opened.ok_or_else(|| Failure::internal(&"a lodging opened no case"))?;
        let (due, lane) = (case.due(&app.rules), case.lane);
        let receipt = Receipt { reference: case.reference, due, lane, hidden: case.shielded, number_verified };
        let response = serde_json::to_string(&receipt)?;
        // Who adds themselves to a like grievance keeps a number of their own. One that has ended meanwhile, or whose
        // words are not like these, is left alone: the grievance then goes its own way.
        // What is urgent, or about an officer, never waits behind another.
        let apart = case.about_office || case.lane.is_emergency();
        let root = if apart { None } else { super::like::root(app, form).await? };
        if let Some(root) = &root {
            let setting = Setting { rules: &app.rules, now, root: Some(root) };
            let join = Action::Merge { root: root.reference, reason: String::new() };
            for event in lifecycle::decide(&case, &Actor::system(), join, &setting)? {
                case.apply(&event);
                events.push(event);
            }
        }
        let messages = match told {
            true => to_citizen(app, &case, &events, receipt.due, &parsed.mobile).await?,
            false => Vec::new(),
        };
        let append = Append::of(case, events, &app.rules)
            .of_new(title.clone(), parsed.mobile.clone())
            .resting_on(root.as_ref())
            .with_messages(messages)
            .once(idempotency.clone().map(|idempotency| Idempotency { response, ..idempotency }));
        match app.store.append(append).await {
            Ok(Appended::Done { .. }) => return Ok(Reply::created(receipt)),
            Ok(Appended::Repeated { response }) => return Ok(Reply::repeated(response)),
            Err(StoreError::Stale { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("no free number was drawn".into()).into())
}

/// The problems of a form that only the tables can tell.
async fn known(app: &App, form: &Lodging) -> Result<Vec<FieldProblem>, Failure> {
    let mut problems = Vec::new();
    if form.category.as_ref().is_some_and(|code| !app.rules.categories.contains_key(code)) {
        problems.push(FieldProblem::CategoryUnknown);
    }
    if !app.tables.reference.reasons.knows(&form.reasons) {
        problems.push(FieldProblem::ReasonUnknown);
    }
    let place_known = match (form.district, form.place) {
        (Some(district), Some(place)) => app.tables.is_urban(district, place).is_some(),
        (Some(district), None) => app.tables.has_district(district),
        (None, _) => true,
    };
    if !place_known {
        problems.push(FieldProblem::PlaceUnknown);
    }
    problems.extend(unknown_photo(app, &form.photos, false).await?);
    if let Some(voice) = &form.voice
        && !is_free(app, voice, AttachmentKind::Voice, false).await?
    {
        problems.push(FieldProblem::VoiceUnknown);
    }
    Ok(problems)
}

/// Whether an attachment of this kind exists and belongs to no case yet; `here` where it must have come, too.
async fn is_free(app: &App, id: &str, kind: AttachmentKind, here: bool) -> Result<bool, Failure> {
    let found = app.store.attachment(id).await?;
    Ok(found.is_some_and(|found| found.kind == kind && found.reference.is_none() && (!here || found.is_here())))
}

/// A problem where a photo does not exist or belongs to another case already; `here` where it must have come, too.
async fn unknown_photo(app: &App, photos: &[AttachmentId], here: bool) -> Result<Option<FieldProblem>, Failure> {
    for (index, id) in photos.iter().take(model::lodging::PHOTO_LIMIT).enumerate() {
        let twice = photos.iter().take(index).any(|earlier| earlier == id);
        if twice || !is_free(app, id, AttachmentKind::Photo, here).await? {
            return Ok(Some(FieldProblem::PhotoUnknown));
        }
    }
    Ok(None)
}

/// The signed-in citizen's own.
pub async fn mine(call: Call<MyGrievances>) -> Result<Reply<Vec<CaseLine>>, Failure> {
    Ok(Reply::ok(own_lines(&call.app, call.actor()?).await?))
}

/// A citizen's grievances, or the one of their link, as a list. Of what may be a stranger's, only that there is one.
///
/// # Errors
/// 403 for staff.
pub async fn own_lines(app: &App, actor: &Actor) -> Result<Vec<CaseLine>, Failure> {
    let lines = match actor.scope {
        model::Scope::Own(person) => app.store.cases_of(person).await?,
        model::Scope::Case { reference, .. } => app.store.lines(&[reference]).await?,
        _ => return Err(Failure::of(ProblemCode::NotPermitted)),
    };
    let mut shown = Vec::with_capacity(lines.len());
    for line in lines {
        let Some(case) = app.store.case(line.reference).await?.filter(|case| may_read(actor, case)) else { continue };
        shown.push(if case.is_limited_for(actor) { limited_line(line) } else { line });
    }
    Ok(shown)
}

/// As [`readable`], for what shows all of it: whoever has the link to a number that nobody has proved may not.
///
/// # Errors
/// 404, 403.
pub async fn readable_in_full(app: &App, actor: &Actor, reference: Reference) -> Result<Case, Failure> {
    let case = readable(app, actor, reference).await?;
    if case.is_limited_for(actor) { Err(Failure::of(ProblemCode::NotPermitted)) } else { Ok(case) }
}

/// A case that this actor may read; any other is answered like one that does not exist (SEC-05).
///
/// # Errors
/// 404.
pub async fn readable(app: &App, actor: &Actor, reference: Reference) -> Result<Case, Failure> {
    let missing = || Failure::of(ProblemCode::NotFound);
    let case = app.store.case(reference).await?.ok_or_else(missing)?;
    if may_read(actor, &case) { Ok(case) } else { Err(missing()) }
}

/// One case; staff readings go on record.
pub async fn one(call: Call<GetCase>) -> Result<Reply<CaseView>, Failure> {
    let actor = call.actor()?;
    let case = readable(&call.app, actor, call.path.reference).await?;
    policy::read(&call.app, actor, Wish::Case(&case), call.now).await?;
    let view = view(&call.app, &case, actor, call.now).await?;
    Ok(Reply::ok(view).with_version(case.version))
}

/// Does something to a case, if the rulebook lets it.
pub async fn act(call: Call<Act>) -> Result<Reply<CaseView>, Failure> {
    let actor = call.actor()?;
    let failure = match act_once(&call, actor).await {
        Err(failure) if failure.0.code != ProblemCode::KeyReused => failure,
        answered => return answered,
    };
    // Asked after the refusal, not before: the same request may have been done in between.
    match call.idempotency() {
        Some(idempotency) => match call.app.store.repeated(&idempotency).await? {
            Some(done) => done_before(&call, actor, &done).await,
            None => Err(failure),
        },
        None => Err(failure),
    }
}

async fn act_once(call: &Call<Act>, actor: &Actor) -> Result<Reply<CaseView>, Failure> {
    let app = &call.app;
    // A report rests on its photos; what a citizen adds does not wait for theirs.
    let here = actor.role != model::Role::Citizen;
    if let Some(problem) = unknown_photo(app, call.body.photos(), here).await? {
        return Err(Failure::fields(vec![problem]));
    }
    let as_seen = |case: &Case| match call.if_match {
        None => Err(Failure::of(ProblemCode::VersionNeeded)),
        Some(seen) if seen != case.version => Err(Failure::stale(case.version)),
        Some(_) => Ok(()),
    };
    match perform(app, call.path.reference, actor, &call.body, as_seen, call.idempotency(), call.now).await? {
        Performed::Done(case) => {
            // Whoever acted has read it; the action itself may have ended their standing.
            if may_read(actor, &case) {
                policy::read(app, actor, Wish::Case(&case), call.now).await?;
            }
            let view = view(app, &case, actor, call.now).await?;
            Ok(Reply::ok(view).with_version(case.version))
        }
        Performed::Before(version) => done_before(call, actor, &version).await,
    }
}

/// What became of an action.
enum Performed {
    /// It was done: the case after it.
    Done(Box<Case>),
    /// The same request was done before: the version that the case had then.
    Before(String),
}

/// Decides, appends and tells whoever is to be told. `as_seen` says whether the case is still what the actor decided
/// about.
async fn perform(
    app: &App,
    reference: Reference,
    actor: &Actor,
    action: &Action,
    as_seen: impl Fn(&Case) -> Result<(), Failure>,
    idempotency: Option<Idempotency>,
    now: Time,
) -> Result<Performed, Failure> {
    // What the decision rests on besides the case itself may change meanwhile: then it is taken once more.
    for _ in 0..3 {
        let before = readable(app, actor, reference).await?;
        as_seen(&before)?;
        if let (Action::RecordCall { .. }, Some(staff)) = (action, actor.staff)
            && !app.store.was_revealed(before.reference, staff, now - Duration::hours(CALL_HOURS)).await?
        {
            return Err(Refusal::NumberNotShown.into());
        }
        if matches!(action, Action::DisownNumber) && is_link_of_proved(app, &before, actor).await? {
            return Err(Refusal::NumberProved.into());
        }
        let root = match action {
            // No chains: a case that others follow cannot follow a third.
            Action::Merge { .. } if !app.store.followers(before.reference).await?.is_empty() => None,
            Action::Merge { root, .. } => app.store.case(*root).await?,
            _ => None,
        };
        let setting = Setting { rules: &app.rules, now, root: root.as_ref() };
        let mut events = lifecycle::decide(&before, actor, place_in_district(app, action.clone()), &setting)?;
        truncate_positions(&mut events);
        let mut case = before.clone();
        for event in &events {
            case.apply(event);
        }
        let mut messages = messages(app, &case, &events).await?;
        messages.extend(super::number::messages(app, &before, &case, &events).await?);
        let left_behind = !case.stage.is_open() && !matches!(case.stage, Stage::Redressed | Stage::Merged);
        let append = Append::of(case.clone(), events, &app.rules).with_messages(messages).resting_on(root.as_ref());
        let append = if left_behind {
            let followers = separated(app, &case, now).await?;
            append.followed_by(followers.len()).with(followers)
        } else if case.root.is_some() {
            append.followed_by(0)
        } else {
            append
        };
        let append =
            append.once(idempotency.clone().map(|once| Idempotency { response: case.version.to_string(), ..once }));
        match app.store.append(append).await {
            Ok(Appended::Done { .. }) => return Ok(Performed::Done(Box::new(case))),
            Ok(Appended::Repeated { response }) => return Ok(Performed::Before(response)),
            Err(StoreError::Stale { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("a case that this rests on keeps changing".into()).into())
}

/// What a citizen answers otherwise than by the app: by text message, or by a plain page. Sent once more after it was
/// done, it changes nothing. `report` is the one that is answered, where one is.
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
    let as_seen = |case: &Case| match report {
        Some(seen) if seen != case.reports => Err(Failure::stale(case.version)),
        _ => Ok(()),
    };
    let done = perform(app, reference, actor, action, as_seen, Some(once.clone()), now).await;
    match done {
        Ok(_) => Ok(()),
        // The case has moved on by then.
        Err(failure) => app.store.repeated(&once).await?.map(|_| ()).ok_or(failure),
    }
}

/// Done before: the case as it is now is the answer. Where the action itself ended the actor's standing, it is shown
/// as it was shown then, as long as nobody else has acted.
async fn done_before(call: &Call<Act>, actor: &Actor, version: &str) -> Result<Reply<CaseView>, Failure> {
    let missing = || Failure::of(ProblemCode::NotFound);
    let case = call.app.store.case(call.path.reference).await?.ok_or_else(missing)?;
    if !may_read(actor, &case) && case.version.to_string() != version {
        return Err(missing());
    }
    if may_read(actor, &case) {
        policy::read(&call.app, actor, Wish::Case(&case), call.now).await?;
    }
    let view = view(&call.app, &case, actor, call.now).await?;
    Ok(Reply::ok(view).with_version(case.version))
}

/// A place that is none of its district is left out, rather than stored wrongly.
fn place_in_district(app: &App, action: Action) -> Action {
    match action {
        Action::Categorise { category, department, lane, district, place, complained_of, remark } => {
            let district = district.filter(|district| app.tables.has_district(*district));
            let place =
                district.zip(place).filter(|(district, place)| app.tables.is_urban(*district, *place).is_some());
            let place = place.map(|(_, place)| place);
            Action::Categorise { category, department, lane, district, place, complained_of, remark }
        }
        other => other,
    }
}

/// A measured place is kept to about ten metres: enough to tell the site, no more.
fn truncate_positions(events: &mut [Event]) {
    for event in events {
        if let lifecycle::EventBody::VisitRecorded { position: Some(position), .. } = &mut event.body {
            position.latitude_micro = position.latitude_micro / 100 * 100;
            position.longitude_micro = position.longitude_micro / 100 * 100;
        }
    }
}

/// A root that ended without redress leaves nobody behind: its followers go their own way again.
async fn separated(app: &App, root: &Case, now: Time) -> Result<Vec<Append>, Failure> {
    let mut appends = Vec::new();
    for follower in app.store.followers(root.reference).await? {
        let setting = Setting { rules: &app.rules, now, root: None };
        let action = Action::Unmerge { reason: root.reference.grouped() };
        let events = lifecycle::decide(&follower, &Actor::system(), action, &setting)?;
        let mut case = follower;
        events.iter().for_each(|event| case.apply(event));
        let messages = messages(app, &case, &events).await?;
        appends.push(Append::of(case, events, &app.rules).with_messages(messages));
    }
    Ok(appends)
}

/// What goes out: to the citizen of the case, and, where it is redressed, to those whose cases follow it. They have
/// confirmed nothing themselves: they may say that it is not done, and their case goes its own way.
async fn messages(app: &App, case: &Case, events: &[Event]) -> Result<Vec<NewMessage>, Failure> {
    let mut messages = Vec::new();
    let due = case.due(&app.rules);
    if let Some(mobile) = app.store.mobile_of(case.citizen).await?.filter(|_| !case.disowned) {
        messages.extend(to_citizen(app, case, events, due, &mobile).await?);
    }
    if events.iter().any(|event| matches!(event.body, EventBody::Reminded)) {
        // Whose case follows another asks whoever has that one.
        let root = match case.root {
            Some(root) => app.store.case(root).await?,
            None => None,
        };
        messages.extend(to_holder(app, root.as_ref().unwrap_or(case), Template::Reminded).await?);
    }
    // Those whose cases follow are told of the end, and where it turns out to be none.
    let told = |event: &&Event| {
        event.body.redresses() || matches!(event.body, EventBody::Reopened | EventBody::AppealDecided { upheld: true })
    };
    let redress: Vec<Event> = events.iter().filter(told).cloned().collect();
    if !redress.is_empty() {
        for follower in app.store.followers(case.reference).await? {
            if let Some(mobile) = app.store.mobile_of(follower.citizen).await?.filter(|_| !follower.disowned) {
                messages.extend(to_citizen(app, &follower, &redress, None, &mobile).await?);
            }
        }
    }
    Ok(messages)
}

/// Shows the whole number to whoever must call, with a reason, on record (SEC-03).
pub async fn reveal(call: Call<Reveal>) -> Result<Reply<Revealed>, Failure> {
    let actor = call.actor()?;
    let case = readable(&call.app, actor, call.path.reference).await?;
    let Some(reason) = short_text(&call.body.reason) else {
        let refusal = Some(lifecycle::Refusal::TextMissing);
        return Err(Failure(Box::new(Problem { refusal, ..Problem::new(ProblemCode::BadAction) })));
    };
    let mobile = call.app.store.mobile_of(case.citizen).await?.ok_or_else(|| Failure::of(ProblemCode::NotFound))?;
    policy::read(&call.app, actor, Wish::Number(&case, &reason), call.now).await?;
    Ok(Reply::ok(Revealed { mobile: mobile.as_str().to_owned() }))
}

/// Who has read a case: role and department, no names (AUD-06).
pub async fn access(call: Call<AccessLog>) -> Result<Reply<Vec<AccessLine>>, Failure> {
    let case = readable_in_full(&call.app, call.actor()?, call.path.reference).await?;
    Ok(Reply::ok(call.app.store.access(case.reference).await?))
}

//! Worklists, the next call, a caller's earlier grievances.

use super::policy::{self, Wish, may_read, staff_of};
use super::view::view;
use super::{lease, phone};
use crate::catalogue;
use crate::failure::Failure;
use crate::state::App;
use crate::store::{QueueFilter, StoredEvent};
use chrono::Duration;
use model::lifecycle::{Case, Event, EventBody, Party, Statement};
use model::wire::{
    CallToMake, Due, HEARINGS, HearingLine, Hearings, KnownCaller, KnownPerson, ProblemCode, Queue, QueuePage,
};
use model::{Actor, Language, Mobile, Reference, Rules, Scope, StaffId, Time, text};

/// Rows on a page.
const PAGE: u32 = 50;
/// Grievances of a number from which its people are named, those lodged last.
const NAMED_BY: usize = 30;
/// People that are named, one for each digit but 0.
const PEOPLE: usize = 9;
/// Minutes for which a case that somebody is calling about is given to nobody else.
const CALL_MINUTES: i64 = 10;

/// The cases of a worklist for this actor; `None` where it is not theirs.
fn filter(queue: Queue, actor: &Actor, rules: &Rules, now: Time) -> Option<QueueFilter> {
    if Queue::of(actor.role) != Some(queue) {
        return None;
    }
    let party = match &actor.scope {
        Scope::Department(department) => Some(Party { department: department.clone(), office: None }),
        Scope::Office(party) => Some(party.clone()),
        _ => None,
    };
    let district = match actor.scope {
        Scope::District(district) => Some(district),
        _ => None,
    };
    // The same as `Case::call_owed`.
    let in_stage_before = (queue == Queue::Answers).then(|| now - Duration::days(rules.information_call_days));
    Some(QueueFilter {
        stages: queue.stages().to_vec(),
        party,
        district,
        visit_due: queue == Queue::Visits,
        or_disowned: queue == Queue::Desk,
        in_stage_before,
        due: None,
        except: actor.person,
    })
}

/// A page of the actor's worklist with its counts, from a cursor on (empty: the first page).
///
/// # Errors
/// 403 where the worklist is not theirs; 429 where they read too fast.
pub async fn page(
    app: &App,
    actor: &Actor,
    queue: Queue,
    due: Option<Due>,
    cursor: &str,
    now: Time,
) -> Result<QueuePage, Failure> {
    let mut filter =
        filter(queue, actor, &app.facts.rules, now).ok_or_else(|| Failure::of(ProblemCode::NotPermitted))?;
    let counts = app.store.queue_counts(&filter, now).await?;
    filter.due = due;
    let page = app.store.queue(&filter, cursor, PAGE, now).await?;
    policy::read(app, actor, Wish::List(page.rows.len()), now).await?;
    let with_others = lease::of_others(app, actor, &page.rows, now).await?;
    Ok(QueuePage { rows: page.rows, next: page.next, by_due: counts.by_due, oldest: counts.oldest, with_others })
}

/// The hearings that were called, by their day and hour.
///
/// # Errors
/// 403 where the actor hears no appeals; 429 where they read too fast.
pub async fn hearings(app: &App, actor: &Actor, now: Time) -> Result<Hearings, Failure> {
    let filter =
        filter(Queue::Appeals, actor, &app.facts.rules, now).ok_or_else(|| Failure::of(ProblemCode::NotPermitted))?;
    let (mut found, mut cursor) = (Hearings::default(), String::new());
    loop {
        let page = app.store.queue(&filter, &cursor, PAGE, now).await?;
        for line in page.rows {
            let Some(case) = app.store.case(line.reference).await?.filter(|case| may_read(actor, case)) else {
                continue;
            };
            match case.appeal.hearing {
                Some(hearing) => found.rows.push(HearingLine { hearing, answered: case.appeal.answered, line }),
                None => found.uncalled += 1,
            }
        }
        match page.next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    found.rows.sort_by_key(|row| row.hearing.at);
    found.rows.truncate(HEARINGS);
    policy::read(app, actor, Wish::List(found.rows.len()), now).await?;
    Ok(found)
}

/// The turn of calling about a case.
pub(super) fn call_turn(of: Reference) -> String {
    format!("call {}", of.as_u64())
}

/// Who has such a turn.
pub(super) fn caller_of(staff: StaffId) -> String {
    format!("staff {staff}")
}

/// Keeps a case for the caller who was handed it; answers false where it was not, or their time is over.
pub(super) async fn hold_for_call(app: &App, staff: StaffId, of: Reference, now: Time) -> Result<bool, Failure> {
    let (turn, who) = (call_turn(of), caller_of(staff));
    let handed = app.store.turns(std::slice::from_ref(&turn), now).await?.iter().any(|(_, holder)| *holder == who);
    Ok(handed && app.store.take_turn(&turn, &who, now, now + Duration::minutes(CALL_MINUTES)).await?)
}

/// The most urgent case that nobody is calling about and whose citizen can be called now, as this caller sees it.
///
/// # Errors
/// 403 where the actor does not call citizens; 429 where they read too fast.
pub async fn next_call(app: &App, actor: &Actor, now: Time) -> Result<Option<(Case, CallToMake)>, Failure> {
    let staff = staff_of(actor)?;
    let filter = filter(Queue::Verification, actor, &app.facts.rules, now)
        .ok_or_else(|| Failure::of(ProblemCode::NotPermitted))?;
    let mut cursor = String::new();
    loop {
        let page = app.store.queue(&filter, &cursor, PAGE, now).await?;
        for line in &page.rows {
            let Some(case) = app.store.case(line.reference).await? else { continue };
            if !case.can_be_rung(now) {
                continue;
            }
            let lease = call_turn(line.reference);
            let who = caller_of(staff);
            if app.store.take_turn(&lease, &who, now, now + Duration::minutes(CALL_MINUTES)).await? {
                let shown = async {
                    policy::read(app, actor, Wish::Call(&case), now).await?;
                    Ok::<_, Failure>(view(app, &case, actor, now).await?)
                };
                return match shown.await {
                    Ok(view) => {
                        let language = language_of(case.language);
                        let brand = &app.facts.tables.reference.brand;
                        let script = catalogue::script(&app.config.public, brand, language, view.outcome)
                            .map_err(|error| Failure::internal(&error))?;
                        let call = phone::going_on(app, staff, case.reference, now).await?;
                        let tries = u8::try_from(case.missed_calls.len()).unwrap_or(u8::MAX);
                        Ok(Some((case, CallToMake { case: view, script, language, tries, call })))
                    }
                    Err(failure) => {
                        // Nobody calls about what nobody was shown.
                        app.store.take_turn(&lease, &who, now, now).await?;
                        Err(failure)
                    }
                };
            }
        }
        match page.next {
            Some(next) => cursor = next,
            None => return Ok(None),
        }
    }
}

/// The language in which a citizen is spoken to.
fn language_of(written: Language) -> Language {
    if Language::CITIZEN.contains(&written) { written } else { Language::Bengali }
}

/// Earlier grievances from a number, for the member of staff who takes the call.
///
/// # Errors
/// 429 where they read too fast.
pub async fn caller(app: &App, actor: &Actor, mobile: &Mobile, now: Time) -> Result<KnownCaller, Failure> {
    let person = app.person(mobile);
    let mut known = KnownCaller::default();
    for line in app.store.cases_of(person).await? {
        let Some(case) = app.store.case(line.reference).await?.filter(|case| may_read(actor, case)) else { continue };
        // The caller may share the telephone with the person complained of.
        let hidden = case.shielded || case.hides_citizen_from(actor.role);
        if !hidden && !case.disowned && known.cases.len() < NAMED_BY {
            name(&mut known.people, app.reader().history(line.reference).await?.into_iter().next());
        }
        known.cases.push(if case.shielded { line.withheld() } else { line });
    }
    policy::read(app, actor, Wish::Caller(person, known.cases.len()), now).await?;
    Ok(known)
}

/// Counts a lodging for the person whom it names; those lodged last come first.
fn name(people: &mut Vec<KnownPerson>, lodging: Option<StoredEvent>) {
    let Some(Event { at, body: EventBody::Lodged { gender, language, district, place, .. }, statement, .. }) =
        lodging.map(|stored| stored.event)
    else {
        return;
    };
    let Some(Statement { name, landmark, .. }) = statement.filter(|said| !said.name.is_empty()) else { return };
    let key = text::search_key(&name);
    if let Some(person) = people.iter_mut().find(|person| text::search_key(&person.name) == key) {
        person.cases += 1;
    } else if people.len() < PEOPLE {
        people.push(KnownPerson { name, gender, language, district, place, landmark, cases: 1, latest: at });
    }
}

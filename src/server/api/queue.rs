//! Worklists, the next call, a caller's earlier grievances, the load of the desks.

use super::call::{Call, Reply};
use crate::app::policy::{self, Wish, may_read};
use crate::app::view::view;
use crate::failure::Failure;
use crate::store::QueueFilter;
use chrono::Duration;
use model::clock::ist_date;
use model::lifecycle::{Party, Stage};
use model::lodging::Problem as FieldProblem;
use model::wire::{
    Caller, CaseLine, CaseView, Desk, Desks, GetHealth, GetQueue, Health, NextCall, ProblemCode, Queue, QueuePage,
};
use model::{Actor, Mobile, Rules, Scope, Time};

/// Rows on a page.
const PAGE: u32 = 50;
/// Minutes for which a case that somebody is calling about is given to nobody else.
const CALL_MINUTES: i64 = 10;

/// The cases of a worklist for this actor; `None` where it is not theirs.
fn filter(queue: Queue, actor: &Actor, rules: &Rules, now: Time) -> Option<QueueFilter> {
    if Queue::of(actor.role) != Some(queue) {
        return None;
    }
    let stages = match queue {
        Queue::Desk => vec![Stage::Registered],
        Queue::Department => vec![Stage::WithDepartment, Stage::AtrReview],
        Queue::Office => vec![Stage::WithOffice],
        Queue::Verification | Queue::Visits => vec![Stage::Verification],
        Queue::Appeals => vec![Stage::Appealed],
        Queue::Answers => vec![Stage::NeedsInformation],
    };
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
        stages,
        party,
        district,
        visit_due: queue == Queue::Visits,
        or_disowned: queue == Queue::Desk,
        in_stage_before,
        due: None,
    })
}

/// A page of the actor's worklist with its counts.
pub async fn page(call: Call<GetQueue>) -> Result<Reply<QueuePage>, Failure> {
    let actor = call.actor()?;
    let mut filter = filter(call.path.queue, actor, &call.app.facts.rules, call.now)
        .ok_or_else(|| Failure::of(ProblemCode::NotPermitted))?;
    let counts = call.app.store.queue_counts(&filter, call.now).await?;
    filter.due = call.path.due;
    let page = call.app.store.queue(&filter, &call.path.cursor, PAGE, call.now).await?;
    policy::read(&call.app, actor, Wish::List(page.rows.len()), call.now).await?;
    Ok(Reply::ok(QueuePage { rows: page.rows, next: page.next, by_due: counts.by_due, oldest: counts.oldest }))
}

/// The most urgent case that nobody is calling about and where no call has failed today.
pub async fn next_call(call: Call<NextCall>) -> Result<Reply<Option<CaseView>>, Failure> {
    let (app, actor, now) = (&call.app, call.actor()?, call.now);
    let staff = actor.staff.ok_or_else(|| Failure::of(ProblemCode::NotPermitted))?;
    let filter = filter(Queue::Verification, actor, &app.facts.rules, now)
        .ok_or_else(|| Failure::of(ProblemCode::NotPermitted))?;
    let mut cursor = String::new();
    loop {
        let page = app.store.queue(&filter, &cursor, PAGE, now).await?;
        for line in &page.rows {
            let Some(case) = app.store.case(line.reference).await? else { continue };
            if case.missed_calls.contains(&ist_date(now)) {
                continue;
            }
            let lease = format!("call {}", line.reference.as_u64());
            let who = format!("staff {staff}");
            if app.store.take_turn(&lease, &who, now, now + Duration::minutes(CALL_MINUTES)).await? {
                let shown = async {
                    policy::read(app, actor, Wish::Call(&case), now).await?;
                    Ok::<_, Failure>(view(app, &case, actor, now).await?)
                };
                return match shown.await {
                    Ok(view) => Ok(Reply::ok(Some(view)).with_version(case.version)),
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
            None => return Ok(Reply::ok(None)),
        }
    }
}

/// Earlier grievances from a number, for the member of staff who takes the call.
pub async fn caller(call: Call<Caller>) -> Result<Reply<Vec<CaseLine>>, Failure> {
    let (app, actor) = (&call.app, call.actor()?);
    let mobile = Mobile::parse(&call.body.mobile).map_err(|why| Failure::fields(vec![FieldProblem::from(why)]))?;
    let person = app.person(&mobile);
    let mut shown = Vec::new();
    for line in app.store.cases_of(person).await? {
        let Some(case) = app.store.case(line.reference).await?.filter(|case| may_read(actor, case)) else { continue };
        // The caller may share the telephone with the person complained of.
        shown.push(if case.shielded { line.withheld() } else { line });
    }
    policy::read(app, actor, Wish::Caller(person, shown.len()), call.now).await?;
    Ok(Reply::ok(shown))
}

/// Alarms about the server.
pub async fn health(call: Call<GetHealth>) -> Result<Reply<Health>, Failure> {
    Ok(Reply::ok(Health { alarms: crate::app::alarm::alarms(&call.app).await }))
}

/// The load of every desk.
pub async fn desks(call: Call<Desks>) -> Result<Reply<Vec<Desk>>, Failure> {
    Ok(Reply::ok(call.app.store.desks(call.now).await?))
}

//! What an auditor reads: who has read what, and whether the ledger is whole.

use super::admin::Fault;
use super::policy::{self, Wish, staff_of};
use crate::backup::{self, Home};
use crate::failure::Failure;
use crate::state::App;
use crate::store::{Acts, Audit, ReadingFilter, StoreError};
use chrono::{Datelike, Duration, NaiveDate};
use model::clock::{ist_date, ist_midnight};
use model::names::code_of;
use model::wire::{LedgerCheck, LedgerFound, ProblemCode, READING_DAYS, READING_ROWS, ReadingPage, ReadingsRequest};
use model::{Actor, Time};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Rows on a page.
const ROWS: u32 = READING_ROWS as u32;
/// Entries that are looked through for one page of what was done: about a second.
const ENTRIES: u32 = 200_000;
/// Days that are listed where none are named, the last included.
const DAYS: i64 = 7;
/// Years whose days can be asked for.
const YEARS: RangeInclusive<i32> = 2000..=2200;
/// The turn at checking the ledger.
const TURN: &str = "ledger check";
/// The fact that holds how the ledger was found, and the one that says since when it is being checked.
const FOUND: &str = "ledger found";
const BEGUN: &str = "ledger check begun";
/// Seconds for which the turn is taken, again and again while the check runs: after a crash somebody else can begin.
const TURN_SECONDS: i64 = 60;
/// Faults that are kept.
const FAULTS: usize = 20;

/// A page of readings.
///
/// # Errors
/// 404 where nobody has the account, 400 where the days or the cursor are not acceptable, 429 where they read too fast.
pub async fn readings(app: &App, actor: &Actor, asked: ReadingsRequest, now: Time) -> Result<ReadingPage, Failure> {
    let filter = filter(app, &asked, now).await?;
    if asked.done {
        let Acts { rows, next } = app.store.acts(&filter, ROWS, ENTRIES).await?;
        policy::read(app, actor, Wish::Readings(asked.case, rows.len(), &said(&asked)), now).await?;
        let until = next.map(|(at, _)| at);
        let next = next.map(|(at, seq)| cursor(at, seq));
        return Ok(ReadingPage { rows, next, until });
    }
    let mut rows = app.store.readings(&filter, ROWS + 1).await?;
    let more = rows.len() > READING_ROWS;
    rows.truncate(READING_ROWS);
    policy::read(app, actor, Wish::Readings(asked.case, rows.len(), &said(&asked)), now).await?;
    let next = rows.last().filter(|_| more).map(|last| cursor(last.at, last.seq));
    Ok(ReadingPage { rows, next, until: None })
}

/// Where the next page begins, as [`place`] reads it.
fn cursor(at: Time, seq: u64) -> String {
    format!("{}.{seq}", at.timestamp_millis())
}

/// What is looked for beside a case, as it is recorded: names of fields and codes.
fn said(asked: &ReadingsRequest) -> String {
    let pairs = [
        ("account", Some(asked.account.trim().to_owned()).filter(|name| !name.is_empty())),
        ("department", asked.department.as_ref().map(|code| code.as_str().to_owned())),
        ("office", asked.office.map(|office| office.to_string())),
        ("done", asked.done.then(|| "yes".to_owned())),
        ("what", asked.what.filter(|_| !asked.done).map(|what| code_of(&what).to_owned())),
        ("from", asked.from.map(|day| day.to_string())),
        ("to", asked.to.map(|day| day.to_string())),
    ];
    let said = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
    said.collect::<Vec<_>>().join(" ")
}

fn wrong(says: String) -> Failure {
    Fault::new(ProblemCode::WrongQuery, says).into()
}

async fn filter(app: &App, asked: &ReadingsRequest, now: Time) -> Result<ReadingFilter, Failure> {
    let account = asked.account.trim().to_lowercase();
    let staff = match account.as_str() {
        "" => None,
        name => {
            let found = app.store.account(name).await?.and_then(|account| account.actor.staff);
            Some(found.ok_or_else(|| Failure::of(ProblemCode::NotFound))?)
        }
    };
    // What is looked for goes on record: nothing that somebody made up does.
    let departments = &app.facts.tables.reference.departments;
    if let Some(code) = &asked.department
        && !departments.iter().any(|department| department.code == *code)
    {
        return Err(wrong("there is no such department".into()));
    }
    let office = match asked.office {
        None => None,
        Some(id) => {
            let office = app.facts.offices.get(&id).ok_or_else(|| wrong(format!("there is no office {id}")))?;
            Some((office.department.clone(), id))
        }
    };
    if [asked.from, asked.to].into_iter().flatten().any(|day| !YEARS.contains(&day.year())) {
        return Err(wrong("this day is in no year that there are readings of".into()));
    }
    let to = asked.to.unwrap_or_else(|| ist_date(now));
    // What was done is looked for in all entries of its days, unless it is that of one case.
    let narrow = asked.case.is_some() || (staff.is_some() && !asked.done);
    let from = asked.from.or_else(|| (!narrow).then(|| to - Duration::days(DAYS - 1)));
    if let Some(from) = from {
        if from > to {
            return Err(wrong("the last day is before the first".into()));
        }
        if !narrow && (to - from).num_days() >= READING_DAYS {
            let names = if asked.done { "a case" } else { "an account or a case" };
            return Err(wrong(format!("name {names}, or at most {READING_DAYS} days")));
        }
    }
    let after = match asked.cursor.as_str() {
        "" => None,
        cursor => Some(place(cursor).ok_or_else(|| wrong("this cursor is none of ours".into()))?),
    };
    let next_day = |day: NaiveDate| day.succ_opt().unwrap_or(NaiveDate::MAX);
    Ok(ReadingFilter {
        staff,
        case: asked.case,
        department: asked.department.clone(),
        office,
        what: asked.what,
        from: from.map(ist_midnight),
        before: ist_midnight(next_day(to)),
        after,
    })
}

/// The place in the list where a page begins.
fn place(cursor: &str) -> Option<(i64, u64)> {
    let (at, seq) = cursor.split_once('.')?;
    Some((at.parse().ok()?, seq.parse().ok()?))
}

/// Since when the ledger is being checked, and by whom.
#[derive(Serialize, Deserialize)]
struct Begun {
    at: Time,
    by: String,
}

/// How the ledger was found last; `None` where it was never checked here, or that cannot be read.
pub async fn ledger_found(app: &App) -> Option<LedgerFound> {
    serde_json::from_slice(&app.store.fact(FOUND).await.ok()??).ok()
}

/// How the ledger was found last, and whether it is being checked.
///
/// # Errors
/// Where the store does not answer.
pub async fn ledger_check(app: &App, now: Time) -> Result<LedgerCheck, Failure> {
    let begun = app.store.fact(BEGUN).await?.and_then(|json| serde_json::from_slice::<Begun>(&json).ok());
    let is_running = !app.store.turns(&[TURN.to_owned()], now).await?.is_empty();
    let published = app.store.heads(1).await?.first().and_then(|head| Time::from_timestamp_millis(head.at));
    Ok(LedgerCheck {
        running: begun.filter(|_| is_running).map(|begun| begun.at),
        last: ledger_found(app).await,
        entries: app.store.head().await?.seq,
        published,
    })
}

/// Begins to check the ledger, unless that is being done.
///
/// # Errors
/// Where the store does not answer.
pub async fn check_ledger(app: &App, actor: &Actor, now: Time) -> Result<LedgerCheck, Failure> {
    let staff = staff_of(actor)?;
    let who = crate::secret::random_hex::<8>().map_err(|error| StoreError::Unavailable(error.to_string()))?;
    if app.store.take_turn(TURN, &who, now, now + Duration::seconds(TURN_SECONDS)).await? {
        let by = app.store.staff_name(staff).await?.unwrap_or_default();
        let begun = Begun { at: now, by };
        app.store.put_fact(BEGUN, serde_json::to_vec(&begun).map_err(StoreError::from)?).await?;
        tokio::spawn(check(app.clone(), begun, who));
    }
    ledger_check(app, now).await
}

/// Checks the ledger and stores how it was found.
async fn check(app: App, begun: Begun, who: String) {
    let home = Home { data: app.config.data.clone(), attachments: app.config.attachments.clone() };
    let mut work = tokio::spawn({
        let app = app.clone();
        async move {
            let verify = || backup::verify_on(app.store.as_ref(), home.clone(), &app.config.public, None);
            let audit = verify().await?;
            // Beside people at work a file may go between the row that names it and the look at it: a fault is what is
            // found twice.
            if audit.faults.is_empty() { Ok(audit) } else { verify().await }
        }
    });
    let half = std::time::Duration::from_secs(TURN_SECONDS.unsigned_abs() / 2);
    let answer = loop {
        match tokio::time::timeout(half, &mut work).await {
            Ok(answer) => break answer,
            Err(_) => {
                let now = app.now();
                let until = now + Duration::seconds(TURN_SECONDS);
                if let Err(error) = app.store.take_turn(TURN, &who, now, until).await {
                    tracing::warn!("the turn at checking the ledger cannot be kept: {error}");
                }
            }
        }
    };
    let ended = app.now();
    let audit = match answer {
        Ok(Ok(audit)) => Ok(audit),
        Ok(Err(error)) => Err(format!("{error:#}")),
        Err(error) => Err(error.to_string()),
    };
    let found = found(begun, ended, audit);
    if found.wrong > 0 {
        tracing::error!(faults = found.wrong, "the ledger was checked and is not whole: {:?}", found.faults);
    }
    let stored = async {
        app.store.put_fact(FOUND, serde_json::to_vec(&found)?).await?;
        app.store.take_turn(TURN, &who, ended, ended).await
    };
    if let Err(error) = stored.await {
        tracing::error!("how the ledger was found is not stored: {error}");
    }
}

fn found(begun: Begun, ended: Time, audit: Result<Audit, String>) -> LedgerFound {
    let broken_off = audit.is_err();
    let Audit { entries, cases, mut faults, .. } =
        audit.unwrap_or_else(|why| Audit { faults: vec![why], ..Audit::default() });
    let wrong = faults.len() as u64;
    faults.truncate(FAULTS);
    LedgerFound { begun: begun.at, ended, by: begun.by, entries, cases, faults, wrong, broken_off }
}

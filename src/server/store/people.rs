//! Sessions, one-time codes, accounts and limits.

use super::sql::{Connection, Row, Value, params};
use super::writer::Effects;
use super::{
    Account, AccountFilter, Allowance, Asker, Code, CodeJudged, CodeLimits, CodeRule, NewMessage, Redeemed, Result,
    Session, SignInCost, SignInCount, StoreError, StoredAbsence, TriedCode, chain, millis, time,
};
use chrono::{Duration, NaiveDate};
use model::clock::ist_date;
use model::names::code_of;
use model::wire::Absence;
use model::{Actor, Mobile, StaffId, Time};

fn mobile(text: Option<String>) -> Option<Mobile> {
    text.and_then(|text| Mobile::parse(&text).ok())
}

pub(super) fn create_session(connection: &Connection, session: &Session) -> Result<()> {
    connection.execute("DELETE FROM session WHERE begun_by = ?1 AND ends IS NULL", params![session.begun_by])?;
    insert_session(connection, session)
}

pub(super) fn create_staff_session(connection: &Connection, session: &Session, password: &str) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM account WHERE id = ?1 AND password = ?2)";
    let holds: bool = connection.one(sql, params![session.actor.staff.map(StaffId::get), password])?;
    if holds {
        create_session(connection, session)?;
    }
    Ok(holds)
}

pub(super) fn insert_session(connection: &Connection, session: &Session) -> Result<()> {
    connection.defer(
        "INSERT INTO session (token_hash, actor, staff, name, mobile, created, last_seen, begun_by, ends)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            session.token_hash,
            serde_json::to_string(&session.actor)?,
            session.actor.staff.map(StaffId::get),
            &session.name,
            session.mobile.as_ref().map(Mobile::as_str),
            millis(session.created),
            millis(session.last_seen),
            session.begun_by,
            session.ends.map(millis),
        ],
    )
}

pub(super) fn sign_out(connection: &Connection, token_hash: &[u8; 32]) -> Result<()> {
    let sql = "SELECT begun_by FROM session WHERE token_hash = ?1";
    let begun_by: Option<[u8; 32]> = connection.maybe::<Option<_>>(sql, params![token_hash])?.flatten();
    connection.execute("UPDATE code SET used_by = NULL WHERE used_by = ?1", params![begun_by])?;
    connection.execute("DELETE FROM session WHERE token_hash = ?1 OR begun_by = ?2", params![token_hash, begun_by])?;
    Ok(())
}

pub(super) fn hand_over_session(
    connection: &Connection,
    token_hash: &[u8; 32],
    begun_by: &[u8; 32],
    ends: Time,
) -> Result<bool> {
    // The code by which it began opens no other session any more.
    let sql = "UPDATE code SET used_by = NULL WHERE used_by <> ?2
               AND used_by = (SELECT begun_by FROM session WHERE token_hash = ?1)";
    connection.execute(sql, params![token_hash, begun_by])?;
    let sql = "UPDATE session SET begun_by = ?2, ends = coalesce(ends, ?3)
               WHERE token_hash = ?1 AND (ends IS NULL OR begun_by = ?2)";
    Ok(connection.execute(sql, params![token_hash, begun_by, millis(ends)])? > 0)
}

/// The session, with the role and scope that the account has now, so that a change takes effect at once. An account
/// without a password is disabled (SEC-07).
pub(super) fn session(connection: &Connection, token_hash: &[u8; 32]) -> Result<Option<Session>> {
    let sql = "SELECT s.actor, s.name, s.mobile, s.created, s.last_seen, a.role, a.scope, s.begun_by, s.ends, a.mobile
               FROM session s LEFT JOIN account a ON a.id = s.staff AND a.password <> '' WHERE s.token_hash = ?1";
    let found = connection.first(sql, params![token_hash], |row| {
        let actor: Actor = serde_json::from_str(&row.get::<String>(0)?)?;
        let session = Session {
            token_hash: *token_hash,
            actor,
            name: row.get(1)?,
            mobile: mobile(row.get(2)?),
            created: time(row.get(3)?),
            last_seen: time(row.get(4)?),
            begun_by: row.get(7)?,
            ends: row.get::<Option<i64>>(8)?.map(time),
            of_account: mobile(row.get(9)?),
        };
        Ok((session, row.get::<Option<String>>(5)?.zip(row.get::<Option<String>>(6)?)))
    })?;
    let Some((mut session, account)) = found else { return Ok(None) };
    match account {
        Some((role, scope)) => {
            session.actor.role = super::role(&role)?;
            session.actor.scope = serde_json::from_str(&scope)?;
        }
        None if session.actor.staff.is_some() => return Ok(None),
        None => {}
    }
    Ok(Some(session))
}

/// Judges the entry of a code and records what follows.
pub(super) fn redeem_code(connection: &Connection, tried: &TriedCode, now: Time, rule: CodeRule) -> Result<Redeemed> {
    let TriedCode { id, hash, again } = tried;
    let sql = "SELECT mobile, address, created, attempts, used, used_by FROM code WHERE id = ?1";
    let page = connection.first(sql, params![id], |row| {
        let (mobile, address): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let used_by = row.get::<bool>(4)?.then_some(row.get::<Option<[u8; 32]>>(5)?);
        Ok((mobile, address, row.get::<i64>(2)?, row.get::<u32>(3)?, used_by))
    })?;
    let Some((mobile, address, created, attempts, used_by)) = page else { return Ok(Redeemed::Expired) };
    let oldest = millis(now - Duration::minutes(rule.minutes));
    if let Some(used_by) = used_by {
        // The answer was lost, and the same page asks again.
        let same = used_by == Some(*again) && created >= oldest;
        return Ok(if same { Redeemed::Right } else { Redeemed::Expired });
    }
    if attempts >= rule.tries {
        return Ok(Redeemed::Expired);
    }
    // Messages are slow: an earlier code that the same address asked for is still valid, and one that the telephone
    // itself asked for opens any page (SEC-25).
    // After too many wrong guesses from all pages of an address, a page there opens with its own code only: pages cost
    // nothing, and each must not bring new guesses at the same code.
    let guessed: u32 = connection.one(
        "SELECT CAST(coalesce(sum(attempts), 0) AS BIGINT) FROM code
         WHERE mobile = ?1 AND address = ?2 AND created >= ?3 AND asker <> ?4",
        params![&mobile, &address, oldest, TELEPHONE],
    )?;
    let opens = guessed < GUESSES;
    let (telephone, until) = if opens { (TELEPHONE, created) } else { (NONE, i64::MIN) };
    let holds = "mobile = ?1 AND used = 0 AND attempts < CASE asker WHEN ?5 THEN ?2 * 40 ELSE ?2 END
                 AND created >= ?3 AND asker <> 4 AND (id = ?4 OR asker = ?5 OR (address = ?6 AND created <= ?7))";
    let values = params![&mobile, rule.tries, oldest, id, telephone, &address, until];
    let any: bool = connection.one(&format!("SELECT EXISTS (SELECT 1 FROM code WHERE {holds})"), values)?;
    if !any {
        return Ok(Redeemed::Expired);
    }
    let mut with_hash = values.to_vec();
    with_hash.push(hash.into());
    let matched = connection.execute(&format!("UPDATE code SET used = 1 WHERE {holds} AND hash = ?8"), &with_hash)?;
    if matched > 0 {
        connection.execute("UPDATE code SET used = 1, used_by = ?2 WHERE id = ?1", params![id, again])?;
    } else {
        connection.execute("UPDATE code SET attempts = attempts + 1 WHERE id = ?1", params![id])?;
        // A code that the telephone asked for opens every page. Wrong guesses from all pages together are limited as
        // well, but so generously that no stranger ends it by accident.
        connection.execute(
            "UPDATE code SET attempts = attempts + 1 WHERE mobile = ?1 AND asker = ?2 AND used = 0",
            params![&mobile, telephone],
        )?;
    }
    Ok(if matched > 0 { Redeemed::Right } else { Redeemed::Wrong })
}

/// How askers are stored.
const STRANGER: u8 = 0;
const HOLDER: u8 = 1;
const TELEPHONE: u8 = 2;
const PLAIN: u8 = 3;
/// No asker and no code: a page for a code that the telephone will ask for.
const PAGE: u8 = 4;
/// Nobody.
const NONE: u8 = 255;
/// Wrong codes for one number from one address in ten minutes, after which each page at that address opens with its own
/// code only.
const GUESSES: u32 = 10;

const INSERT_CODE: &str =
    "INSERT INTO code (id, mobile, hash, address, created, asker) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

/// Stores a code and its message, unless there were too many.
pub(super) fn create_code(
    connection: &Connection,
    effects: &mut Effects<'_>,
    code: &Code,
    asker: Asker,
    message: &NewMessage,
    limits: CodeLimits,
) -> Result<CodeJudged> {
    let now = millis(code.created);
    match (judge(connection, code.mobile.as_str(), asker, now, limits)?, asker) {
        (CodeJudged::Sent, _) => {}
        (CodeJudged::Wait(seconds, _), Asker::Stranger { address, .. }) => {
            return Ok(CodeJudged::Wait(seconds, Some(page(connection, code, &address, now)?)));
        }
        (judged, _) => return Ok(judged),
    }
    let (kind, address) = match asker {
        Asker::Stranger { address, plain, .. } => (if plain { PLAIN } else { STRANGER }, address),
        Asker::Holder { address } => (HOLDER, address),
        Asker::Telephone => (TELEPHONE, [0; 32]),
    };
    connection.defer(INSERT_CODE, params![&code.id, code.mobile.as_str(), code.hash, address, now, kind])?;
    super::outbox::insert(connection, effects, message, now, None)?;
    Ok(CodeJudged::Sent)
}

/// Pages without a code that one number and address may have in ten minutes.
const PAGES: u32 = 200;

/// A page without a code of its own, known only to its asker, so that others at the same address cannot use up its
/// attempts. However many there are, the telephone's code allows only its limited number of guesses.
fn page(connection: &Connection, code: &Code, address: &[u8; 32], now: i64) -> Result<String> {
    let sql = "SELECT id FROM code WHERE mobile = ?1 AND address = ?2 AND created > ?3 AND asker = ?4
               ORDER BY created DESC LIMIT ?5";
    let values = params![code.mobile.as_str(), address, now - 10 * 60_000, PAGE, PAGES];
    let known: Vec<String> = connection.all(sql, values, |row| row.get(0))?;
    if known.len() >= PAGES as usize
        && let Some(newest) = known.into_iter().next()
    {
        return Ok(newest);
    }
    connection.defer(INSERT_CODE, params![&code.id, code.mobile.as_str(), [0u8; 32], address, now, PAGE])?;
    Ok(code.id.clone())
}

fn judge(connection: &Connection, mobile: &str, asker: Asker, now: i64, limits: CodeLimits) -> Result<CodeJudged> {
    const TEN_MINUTES: i64 = 10 * 60_000;
    const HOUR: i64 = 60 * 60_000;
    const DAY: i64 = 24 * HOUR;
    // When the window that contains the latest `count` codes ends; `None` where there were fewer. `which` is a
    // condition on ?1 and, where it needs two keys, ?2.
    let until = |which: &str, keys: &[Value], count: u32, window: i64| -> Result<Option<i64>> {
        let (after, skipped) = (keys.len() + 1, keys.len() + 2);
        let sql = format!(
            "SELECT created FROM code WHERE {which} AND created > ?{after} ORDER BY created DESC LIMIT 1 OFFSET ?{skipped}"
        );
        let mut values = keys.to_vec();
        values.extend([(now - window).into(), count.saturating_sub(1).into()]);
        Ok(connection.maybe::<i64>(&sql, &values)?.map(|first| first + window))
    };
    let mut ends = Vec::new();
    // Each further code of a day waits longer: 1, 2, 4 … 32 minutes.
    let paused = |which: &str, key: Value| -> Result<Option<i64>> {
        let sql = format!("SELECT count(*), max(created) FROM code WHERE {which} AND created > ?3");
        let found = connection.first(&sql, &[mobile.into(), key, (now - DAY).into()], |row| {
            Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?))
        })?;
        let (count, last) = found.unwrap_or_default();
        Ok(last.filter(|_| count >= 3).map(|last| last + (60_000i64 << (count - 3).min(5))))
    };
    match asker {
        Asker::Telephone | Asker::Holder { .. } => {
            let kind = if asker == Asker::Telephone { TELEPHONE } else { HOLDER };
            let which = "mobile = ?1 AND asker = ?2";
            ends.push(until(which, params![mobile, kind], limits.own.0, TEN_MINUTES)?);
            ends.push(until(which, params![mobile, kind], limits.own.1, DAY)?);
            ends.push(paused(which, kind.into())?);
        }
        Asker::Stranger { address, worked, plain } => {
            let which = "mobile = ?1 AND address = ?2 AND asker IN (0, 3)";
            ends.push(until(which, params![mobile, address], limits.stranger.0, TEN_MINUTES)?);
            ends.push(until(which, params![mobile, address], limits.stranger.1, DAY)?);
            ends.push(paused(which, address.into())?);
            ends.push(until("mobile = ?1 AND asker IN (0, 3)", params![mobile], limits.strangers_day, DAY)?);
            // A person who wants no messages gets no code that a stranger may have asked for; they ask for one by text
            // message.
            if super::outbox::is_silenced(connection, mobile, None)? {
                ends.push(Some(now + TEN_MINUTES));
            }
            if plain {
                ends.push(until("address = ?1 AND asker = 3", params![address], limits.address_hour, HOUR)?);
            } else {
                ends.push(until("address = ?1 AND asker = 0", params![address], limits.address_most, HOUR)?);
                let sent: u32 = connection.one(
                    "SELECT count(*) FROM code WHERE address = ?1 AND asker = 0 AND created > ?2",
                    params![address, now - HOUR],
                )?;
                if !worked && sent >= limits.address_hour && ends.iter().flatten().all(|end| *end <= now) {
                    return Ok(CodeJudged::Work(sent));
                }
            }
        }
    }
    let end = ends.into_iter().flatten().max().filter(|end| *end > now);
    Ok(end.map_or(CodeJudged::Sent, |end| CodeJudged::Wait(seconds(end - now), None)))
}

/// Milliseconds as seconds, rounded up.
fn seconds(millis: i64) -> u32 {
    u32::try_from((millis + 999) / 1000).unwrap_or(u32::MAX)
}

/// How long a failure is remembered, in milliseconds.
const REMEMBERED: i64 = 24 * 3_600_000;

/// Counts a sign-in as failed, unless it must wait.
pub(super) fn begin_sign_in(connection: &Connection, counts: &[SignInCount], at: Time) -> Result<Option<u32>> {
    let now = millis(at);
    connection.execute("DELETE FROM sign_in_failure WHERE last < ?1", params![now - REMEMBERED])?;
    let mut wait = 0;
    for SignInCount { key, free, cost } in counts {
        let sql = "SELECT count, first, last FROM sign_in_failure WHERE key = ?1";
        let found = connection
            .first(sql, params![key], |row| Ok((row.get::<u32>(0)?, row.get::<i64>(1)?, row.get::<i64>(2)?)))?;
        let Some((count, first, last)) = found else { continue };
        let until = match cost {
            SignInCost::Growing(..) | SignInCost::Hour if count < *free => continue,
            SignInCost::Growing(seconds, most) => last + (*seconds << (count - free).min(20)).min(*most) * 1000,
            SignInCost::Hour => first + 3_600_000,
        };
        wait = wait.max(until - now);
    }
    if wait > 0 {
        return Ok(Some(seconds(wait)));
    }
    for SignInCount { key, cost, .. } in counts {
        // Counts by the hour start again with the next hour.
        let anew = if *cost == SignInCost::Hour { now - 3_600_000 } else { i64::MIN };
        connection.execute(
            "INSERT INTO sign_in_failure AS known (key, count, first, last) VALUES (?1, 1, ?2, ?2)
             ON CONFLICT (key) DO UPDATE SET count = CASE WHEN known.first <= ?3 THEN 1 ELSE known.count + 1 END,
                 first = CASE WHEN known.first <= ?3 THEN ?2 ELSE known.first END, last = ?2",
            params![key, now, anew],
        )?;
    }
    Ok(None)
}

/// Takes the failure back.
pub(super) fn end_sign_in(connection: &Connection, counts: &[SignInCount]) -> Result<()> {
    for (index, count) in counts.iter().enumerate() {
        let sql = if index == 0 {
            "DELETE FROM sign_in_failure WHERE key = ?1"
        } else {
            "UPDATE sign_in_failure SET count = count - 1 WHERE key = ?1 AND count > 0"
        };
        connection.execute(sql, params![count.key])?;
    }
    Ok(())
}

pub(super) fn put_account(
    connection: &Connection,
    effects: &mut Effects<'_>,
    account: &Account,
    at: Time,
) -> Result<()> {
    let staff = account.actor.staff.map(StaffId::get);
    connection.execute(
        "INSERT INTO account (id, username, name, password, role, scope, mobile) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (id) DO UPDATE SET username = ?2, name = ?3, password = ?4, role = ?5, scope = ?6, mobile = ?7",
        params![
            staff,
            &account.username,
            &account.name,
            &account.password,
            code_of(&account.actor.role),
            serde_json::to_string(&account.actor.scope)?,
            account.mobile.as_ref().map(Mobile::as_str),
        ],
    )?;
    chain::record(connection, effects, &chain::ACCOUNT, staff, at)
}

pub(super) fn accounts(
    connection: &Connection,
    filter: &AccountFilter,
    after: &str,
    limit: u32,
) -> Result<Vec<Account>> {
    let mut values = params![after, limit].to_vec();
    let mut sql = "username > ?1".to_owned();
    let mut starts = |column: &str, with: &str| {
        values.push(with.into());
        format!("substr({column}, 1, length(?{0})) = ?{0}", values.len())
    };
    if !filter.prefix.is_empty() {
        sql = format!("{sql} AND {}", starts("username", &filter.prefix));
    }
    if let Some(department) = &filter.department {
        // A scope is stored as JSON, an office's with its department first.
        let name = serde_json::to_string(department)?;
        let own = starts("scope", &format!("{{\"department\":{name}"));
        let office = starts("scope", &format!("{{\"office\":{{\"department\":{name},"));
        sql = format!("{sql} AND ({own} OR {office})");
    }
    if !filter.roles.is_empty() {
        let places = filter.roles.iter().map(|role| {
            values.push(code_of(role).into());
            format!("?{}", values.len())
        });
        sql = format!("{sql} AND role IN ({})", places.collect::<Vec<_>>().join(", "));
    }
    if filter.enabled {
        sql = format!("{sql} AND password <> ''");
    }
    let sql = format!("SELECT {ACCOUNT} FROM account WHERE {sql} ORDER BY username LIMIT ?2");
    connection.all(&sql, &values, read_account)
}

pub(super) fn account(connection: &Connection, username: &str) -> Result<Option<Account>> {
    connection.first(&format!("SELECT {ACCOUNT} FROM account WHERE username = ?1"), params![username], read_account)
}

const ACCOUNT: &str = "id, username, name, password, role, scope, mobile";

fn read_account(row: &Row<'_>) -> Result<Account> {
    let actor = Actor {
        staff: row.get::<Option<u32>>(0)?.map(StaffId::new),
        role: super::role(&row.get::<String>(4)?)?,
        scope: serde_json::from_str(&row.get::<String>(5)?)?,
        person: None,
    };
    Ok(Account { actor, username: row.get(1)?, name: row.get(2)?, password: row.get(3)?, mobile: mobile(row.get(6)?) })
}

/// Counts an attempt, or answers after how many milliseconds it can be repeated.
pub(super) fn admit(connection: &Connection, allowance: Allowance) -> Result<Option<i64>> {
    let Allowance { key, cost, most, now } = allowance;
    let due: Option<i64> = connection.maybe("SELECT due FROM allowance WHERE key = ?1", params![key])?;
    let due = due.unwrap_or(now).max(now) + cost;
    if due > now + most {
        return Ok(Some(due - now - most));
    }
    connection.execute(
        "INSERT INTO allowance (key, due) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET due = ?2",
        params![key, due],
    )?;
    Ok(None)
}

pub(super) fn absences(connection: &Connection, today: NaiveDate) -> Result<Vec<StoredAbsence>> {
    let day = |text: String| {
        text.parse::<NaiveDate>().map_err(|_| StoreError::Damaged(format!("an absence of a day that is none: {text}")))
    };
    let sql = "SELECT staff, first, last FROM absence WHERE last >= ?1 ORDER BY staff";
    connection.all(sql, params![today.to_string()], |row| {
        let days = Absence { first: day(row.get(1)?)?, last: day(row.get(2)?)? };
        Ok(StoredAbsence { staff: StaffId::new(row.get(0)?), days })
    })
}

pub(super) fn change_absence(
    connection: &Connection,
    staff: StaffId,
    (seen, away): (Option<Absence>, Option<Absence>),
    by: StaffId,
    at: Time,
) -> Result<bool> {
    let stored = absences(connection, ist_date(at))?.into_iter().find(|absence| absence.staff == staff);
    if stored.map(|absence| absence.days) != seen {
        return Ok(false);
    }
    end_absence(connection, staff)?;
    let Some(Absence { first, last }) = away else { return Ok(true) };
    connection.defer(
        "INSERT INTO absence (staff, first, last, said_by, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![staff.get(), first.to_string(), last.to_string(), by.get(), millis(at)],
    )?;
    Ok(true)
}

pub(super) fn end_absence(connection: &Connection, staff: StaffId) -> Result<()> {
    connection.defer("DELETE FROM absence WHERE staff = ?1", params![staff.get()])
}

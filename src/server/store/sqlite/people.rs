//! Sessions, one-time codes, accounts.

use super::writer::Effects;
use super::{Result, chain, millis, named, time};
use crate::store::{Account, CodeRule, CodeUse, Redeemed, Session};
use chrono::Duration;
use model::{Actor, Mobile, Time};
use rusqlite::{Connection, OptionalExtension, params};

fn mobile(text: Option<String>) -> Option<Mobile> {
    text.and_then(|text| Mobile::parse(&text).ok())
}

pub(super) fn create_session(connection: &Connection, session: &Session) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO session (token_hash, actor, name, mobile, created, last_seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            session.token_hash,
            serde_json::to_string(&session.actor)?,
            session.name,
            session.mobile.as_ref().map(Mobile::as_str),
            millis(session.created),
            millis(session.last_seen)
        ])?;
    Ok(())
}

/// The session, with the role and scope that the account has now: a change holds at once (SEC-07).
pub(super) fn session(connection: &Connection, token_hash: &[u8; 32]) -> Result<Option<Session>> {
    let found = connection
        .prepare_cached(
            "SELECT s.actor, s.name, s.mobile, s.created, s.last_seen, a.id, a.role, a.scope FROM session s
             LEFT JOIN account a ON a.id = json_extract(s.actor, '$.staff') WHERE s.token_hash = ?1",
        )?
        .query_row([token_hash.as_slice()], |row| {
            let now: Option<(i64, String, String)> = match row.get::<_, Option<i64>>(5)? {
                Some(id) => Some((id, row.get(6)?, row.get(7)?)),
                None => None,
            };
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, Option<String>>(2)?,
                row.get::<_, i64>(3)?,
                row.get::<_, i64>(4)?,
                now,
            ))
        })
        .optional()?;
    let Some((actor, name, number, created, last_seen, account)) = found else { return Ok(None) };
    let mut actor: Actor = serde_json::from_str(&actor)?;
    match account {
        Some((_, role, scope)) => {
            actor.role = named(6, role)?;
            actor.scope = serde_json::from_str(&scope)?;
        }
        None if actor.staff.is_some() => return Ok(None),
        None => {}
    }
    let (created, last_seen) = (time(created), time(last_seen));
    Ok(Some(Session { token_hash: *token_hash, actor, name, mobile: mobile(number), created, last_seen }))
}

/// Judges a try and writes down what follows from it.
pub(super) fn redeem_code(
    connection: &Connection,
    mobile: &Mobile,
    hash: [u8; 32],
    now: Time,
    rule: CodeRule,
) -> Result<Redeemed> {
    let wrong: u32 = connection.query_row(
        "SELECT count(*) FROM wrong_code WHERE mobile = ?1 AND at > ?2",
        params![mobile.as_str(), millis(now - Duration::hours(1))],
        |row| row.get(0),
    )?;
    if wrong >= rule.tries_hour {
        return Ok(Redeemed::TooMany);
    }
    let holds = "mobile = ?1 AND used = 0 AND attempts < ?2 AND created >= ?3";
    let oldest = millis(now - Duration::minutes(rule.minutes));
    let any: bool = connection.query_row(
        &format!("SELECT EXISTS (SELECT 1 FROM code WHERE {holds})"),
        params![mobile.as_str(), rule.tries, oldest],
        |row| row.get(0),
    )?;
    if !any {
        return Ok(Redeemed::Expired);
    }
    let used = connection.execute(
        &format!("UPDATE code SET used = 1 WHERE {holds} AND hash = ?4"),
        params![mobile.as_str(), rule.tries, oldest, hash],
    )?;
    if used > 0 {
        return Ok(Redeemed::Right);
    }
    connection.execute("UPDATE code SET attempts = attempts + 1 WHERE mobile = ?1 AND used = 0", [mobile.as_str()])?;
    connection.execute("INSERT INTO wrong_code (mobile, at) VALUES (?1, ?2)", params![mobile.as_str(), millis(now)])?;
    Ok(Redeemed::Wrong)
}

pub(super) fn code_use(connection: &Connection, mobile: &Mobile, address: &[u8; 32], now: Time) -> Result<CodeUse> {
    let since = |span: Duration| millis(now - span);
    let count = |sql: &str, key: &dyn rusqlite::ToSql, since: i64| -> Result<u32> {
        Ok(connection.prepare_cached(sql)?.query_row(params![key, since], |row| row.get(0))?)
    };
    let by_mobile = "SELECT count(*) FROM code WHERE mobile = ?1 AND created > ?2";
    Ok(CodeUse {
        number_ten_minutes: count(by_mobile, &mobile.as_str(), since(Duration::minutes(10)))?,
        number_day: count(by_mobile, &mobile.as_str(), since(Duration::days(1)))?,
        address_hour: count(
            "SELECT count(*) FROM code WHERE address = ?1 AND created > ?2",
            &address.as_slice(),
            since(Duration::hours(1)),
        )?,
        wrong_hour: count(
            "SELECT count(*) FROM wrong_code WHERE mobile = ?1 AND at > ?2",
            &mobile.as_str(),
            since(Duration::hours(1)),
        )?,
        last: connection
            .prepare_cached("SELECT max(created) FROM code WHERE mobile = ?1")?
            .query_row([mobile.as_str()], |row| row.get::<_, Option<i64>>(0))?
            .map(time),
    })
}

pub(super) fn put_account(
    connection: &Connection,
    effects: &mut Effects<'_>,
    account: &Account,
    at: Time,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO account (id, username, name, password, role, scope, mobile) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO UPDATE SET username = ?2, name = ?3, password = ?4, role = ?5, scope = ?6, mobile = ?7",
        )?
        .execute(params![
            account.actor.staff,
            account.username,
            account.name,
            account.password,
            super::name(&account.actor.role)?,
            serde_json::to_string(&account.actor.scope)?,
            account.mobile.as_ref().map(Mobile::as_str),
        ])?;
    chain::record(connection, effects, &chain::ACCOUNT, &account.actor.staff, at)
}

pub(super) fn account(connection: &Connection, username: &str) -> Result<Option<Account>> {
    let found = connection
        .prepare_cached(
            "SELECT id, name, password, role, scope, mobile, failures, failed_at FROM account WHERE username = ?1",
        )?
        .query_row([username], |row| {
            let scope: String = row.get(4)?;
            let actor = serde_json::from_str(&scope)
                .ok()
                .map(|scope| {
                    Ok::<_, rusqlite::Error>(Actor { staff: row.get(0)?, role: named(3, row.get(3)?)?, scope })
                })
                .transpose()?;
            Ok(actor.map(|actor| (actor, row.get(1), row.get(2), row.get(5), row.get(6), row.get::<_, Option<i64>>(7))))
        })
        .optional()?
        .flatten();
    let Some((actor, name, password, number, failures, failed_at)) = found else { return Ok(None) };
    Ok(Some(Account {
        actor,
        username: username.to_owned(),
        name: name?,
        password: password?,
        mobile: mobile(number?),
        failures: (failures?, failed_at?.map(time)),
    }))
}

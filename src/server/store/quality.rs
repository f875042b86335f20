//! How calls were scored.

use super::sql::{Connection, Row, Value, params};
use super::{HeardCall, Result, Score, ScoresOf, StoreError, millis, reference, time};
use model::StaffId;
use model::Time;
use model::names::code_of;
use model::quality::CallKind;

/// Calls in which somebody spoke, of both kinds, begun since `?1`.
const HEARD: &str = "
    SELECT id, 'verification' AS kind, staff, begun, answered, ended, reference, outcome FROM phone_call
    WHERE begun >= ?1 AND answered IS NOT NULL AND ended IS NOT NULL
    UNION ALL
    SELECT id, 'intake' AS kind, staff, begun, answered, ended, reference, NULL AS outcome FROM line_call
    WHERE begun >= ?1 AND answered IS NOT NULL AND ended IS NOT NULL AND staff IS NOT NULL";
/// The columns of a score.
const SCORE: &str = "id, call, kind, caller, lead, begun, at, second, marks, note, disputed, why, decided, decided_by,
    decision, decided_marks, chosen, correction, corrected, corrected_words";
/// Most scores that are read at once: those of all leads in 90 days, many times over.
const MOST: u32 = 100_000;

fn heard(row: &Row<'_>) -> Result<HeardCall> {
    let kind = row.get::<String>(1)?.parse().map_err(|_| StoreError::Damaged("a kind of call".into()))?;
    let (answered, ended): (i64, i64) = (row.get(4)?, row.get(5)?);
    Ok(HeardCall {
        id: row.get(0)?,
        kind,
        staff: StaffId::new(row.get(2)?),
        begun: time(row.get(3)?),
        seconds: u32::try_from((ended - answered).max(0) / 1_000).unwrap_or(u32::MAX),
        reference: row.get::<Option<i64>>(6)?.map(reference),
        outcome: row.get::<Option<String>>(7)?.and_then(|code| code.parse().ok()),
    })
}

pub(super) fn callers(connection: &Connection, since: Time) -> Result<Vec<StaffId>> {
    let sql = format!("SELECT DISTINCT staff FROM ({HEARD}) AS heard ORDER BY staff");
    connection.all(&sql, params![millis(since)], |row| Ok(StaffId::new(row.get(0)?)))
}

pub(super) fn calls_of(connection: &Connection, staff: StaffId, since: Time) -> Result<Vec<HeardCall>> {
    let sql = format!("SELECT * FROM ({HEARD}) AS heard WHERE staff = ?2 ORDER BY begun, id");
    connection.all(&sql, params![millis(since), staff.get()], heard)
}

pub(super) fn counted(connection: &Connection, since: Time) -> Result<Vec<(CallKind, StaffId, u32)>> {
    let sql = format!("SELECT kind, staff, count(*) FROM ({HEARD}) AS heard GROUP BY kind, staff ORDER BY kind, staff");
    connection.all(&sql, params![millis(since)], |row| {
        let kind = row.get::<String>(0)?.parse().map_err(|_| StoreError::Damaged("a kind of call".into()))?;
        Ok((kind, StaffId::new(row.get(1)?), row.get(2)?))
    })
}

pub(super) fn call(connection: &Connection, id: &str) -> Result<Option<HeardCall>> {
    let sql = format!("SELECT * FROM ({HEARD}) AS heard WHERE id = ?2");
    connection.first(&sql, params![i64::MIN, id], heard)
}

fn score(row: &Row<'_>) -> Result<Score> {
    let staff = |column| Ok::<_, StoreError>(StaffId::new(row.get(column)?));
    Ok(Score {
        id: row.get(0)?,
        call: row.get(1)?,
        kind: row.get::<String>(2)?.parse().map_err(|_| StoreError::Damaged("a kind of call".into()))?,
        caller: staff(3)?,
        lead: staff(4)?,
        begun: time(row.get(5)?),
        at: time(row.get(6)?),
        second: row.get(7)?,
        marks: serde_json::from_str(&row.get::<String>(8)?)?,
        note: row.get(9)?,
        disputed: row.get::<Option<i64>>(10)?.map(time),
        why: row.get(11)?,
        decided: row.get::<Option<i64>>(12)?.map(time),
        decided_by: row.get::<Option<u32>>(13)?.map(StaffId::new),
        decision: row.get(14)?,
        decided_marks: row.get::<Option<String>>(15)?.map(|marks| serde_json::from_str(&marks)).transpose()?,
        chosen: row.get::<Option<String>>(16)?.and_then(|code| code.parse().ok()),
        correction: row.get(17)?,
        corrected: row.get::<Option<i64>>(18)?.map(time),
        corrected_words: row.get(19)?,
    })
}

pub(super) fn scores(connection: &Connection, of: &ScoresOf, since: Time) -> Result<Vec<Score>> {
    let (and, value): (&str, Option<Value>) = match of {
        ScoresOf::All => ("", None),
        ScoresOf::Caller(caller) => (" AND caller = ?2", Some(caller.get().into())),
        ScoresOf::Call(call) => (" AND call = ?2", Some(call.into())),
        ScoresOf::One(id) => (" AND id = ?2", Some(id.into())),
    };
    let values: Vec<Value> = std::iter::once(millis(since).into()).chain(value).collect();
    let sql = format!("SELECT {SCORE} FROM quality_score WHERE at >= ?1{and} ORDER BY at DESC, id LIMIT {MOST}");
    connection.all(&sql, &values, score)
}

pub(super) fn put(connection: &Connection, score: &Score) -> Result<bool> {
    let sql =
        "INSERT INTO quality_score (id, call, kind, caller, lead, begun, at, second, marks, note, chosen, correction)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (call, lead) DO NOTHING";
    let values = params![
        &score.id,
        &score.call,
        code_of(&score.kind),
        score.caller.get(),
        score.lead.get(),
        millis(score.begun),
        millis(score.at),
        score.second,
        serde_json::to_string(&score.marks)?,
        &score.note,
        score.chosen.map(|why| code_of(&why)),
        score.correction.as_ref(),
    ];
    Ok(connection.execute(sql, values)? == 1)
}

pub(super) fn dispute(connection: &Connection, id: &str, why: &str, at: Time) -> Result<bool> {
    let sql = "UPDATE quality_score SET disputed = ?2, why = ?3 WHERE id = ?1 AND disputed IS NULL";
    Ok(connection.execute(sql, params![id, millis(at), why])? == 1)
}

pub(super) fn decide(connection: &Connection, score: &Score) -> Result<bool> {
    let sql = "UPDATE quality_score SET decided = ?2, decided_by = ?3, decision = ?4, decided_marks = ?5
               WHERE id = ?1 AND disputed IS NOT NULL AND decided IS NULL";
    let marks = score.decided_marks.as_ref().map(serde_json::to_string).transpose()?;
    let values = params![
        &score.id,
        score.decided.map(millis),
        score.decided_by.map(StaffId::get),
        score.decision.as_ref(),
        marks
    ];
    Ok(connection.execute(sql, values)? == 1)
}

pub(super) fn correct(connection: &Connection, id: &str, words: &str, at: Time) -> Result<bool> {
    let sql = "UPDATE quality_score SET corrected = ?2, corrected_words = ?3
               WHERE id = ?1 AND correction IS NOT NULL AND corrected IS NULL";
    Ok(connection.execute(sql, params![id, millis(at), words])? == 1)
}

//! Worklists and other lists of cases, by index ranges and cursors.

use super::{NEVER, Result, due_time, maybe, millis, name, named, number, reference, time};
use crate::store::{QueueCounts, QueueFilter, QueueRows, Worded};
use model::clock::{ist_date, ist_midnight};
use model::lifecycle::{Case, Statement};
use model::wire::{CaseLine, Desk, Due};
use model::{Language, Lgd, Reference, Time};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params, params_from_iter};

/// The columns of a line, with the title from the words of the first event.
const LINE: &str = "g.reference, g.version, g.stage, g.lane, g.district, g.place, g.category, g.department, g.office,
     g.lodged_at, g.stage_since, g.due, g.disputes, d.title, d.statement, json_extract(g.state, '$.shielded')
     FROM grievance g LEFT JOIN document d ON d.seq = g.lodged_seq";

/// A line as its own citizen sees it.
fn line(row: &Row<'_>) -> rusqlite::Result<CaseLine> {
    read_line(row, false)
}

/// A line on a list of the staff.
fn masked_line(row: &Row<'_>) -> rusqlite::Result<CaseLine> {
    read_line(row, true)
}

fn read_line(row: &Row<'_>, masks: bool) -> rusqlite::Result<CaseLine> {
    let title: Option<String> = row.get(13)?;
    let statement: Option<String> = row.get(14)?;
    let statement = statement.and_then(|json| serde_json::from_str::<Statement>(&json).ok());
    let language = statement.as_ref().map_or(Language::English, |statement| statement.language);
    // Lists need no names: where an identity is shielded, the title is read by many.
    let shielded = masks && row.get::<_, Option<bool>>(15)?.unwrap_or(false);
    let title = title.map(|title| match &statement {
        Some(statement) if shielded => model::mask::masked(&title, &statement.name),
        _ => title,
    });
    Ok(CaseLine {
        reference: reference(row.get(0)?),
        version: row.get(1)?,
        title: title.unwrap_or_default(),
        language,
        stage: named(2, row.get(2)?)?,
        lane: named(3, row.get(3)?)?,
        district: maybe::<u32, _>(row, 4)?,
        place: maybe::<u32, _>(row, 5)?,
        category: maybe::<String, _>(row, 6)?,
        department: maybe::<String, _>(row, 7)?,
        office: maybe::<u32, _>(row, 8)?,
        lodged_at: time(row.get(9)?),
        stage_since: time(row.get(10)?),
        due: due_time(row.get(11)?),
        disputes: row.get(12)?,
    })
}

/// The bounds of a span of due times: from, to.
fn span(due: Due, now: Time) -> (i64, i64) {
    let today = ist_date(now);
    let midnight =
        |days: u64| today.checked_add_days(chrono::Days::new(days)).map_or(i64::MAX, |day| millis(ist_midnight(day)));
    let now = millis(now);
    match due {
        Due::Over => (i64::MIN, now),
        Due::Today => (now, midnight(1)),
        Due::Week => (midnight(1), midnight(8)),
        Due::Later => (midnight(8), i64::MAX),
    }
}

/// The condition of a filter, and what stands in its question marks.
fn condition(filter: &QueueFilter) -> Result<(String, Vec<Value>)> {
    let mut values = Vec::new();
    let mut stages = Vec::new();
    for stage in &filter.stages {
        values.push(Value::Text(name(stage)?));
        stages.push("?");
    }
    let mut sql = format!("g.stage IN ({})", stages.join(", "));
    if let Some(party) = &filter.party {
        let own = match party.office {
            Some(office) => {
                values.push(Value::Integer(office.get().into()));
                "g.office = ?"
            }
            None => {
                values.push(Value::Text(party.department.to_string()));
                "g.department = ? AND (g.office IS NULL OR g.stage = 'atr_review')"
            }
        };
        let offered = match party.office {
            Some(_) => "g.offered_department = ? AND g.offered_office = ?",
            None => "g.offered_department = ? AND g.offered_office IS NULL",
        };
        values.push(Value::Text(party.department.to_string()));
        values.extend(party.office.map(|office| Value::Integer(office.get().into())));
        sql = format!("(({sql} AND {own}) OR ({offered}))");
    }
    if let Some(district) = filter.district {
        sql.push_str(" AND g.district = ?");
        values.push(Value::Integer(district.get().into()));
    }
    if filter.or_disowned {
        sql = format!("({sql} OR (json_extract(g.state, '$.disowned') AND g.stage NOT IN ('redressed', 'withdrawn')))");
    }
    if filter.visit_due {
        sql.push_str(" AND g.visit_due = 1");
    }
    if let Some(before) = filter.in_stage_before {
        sql.push_str(" AND g.stage_since <= ?");
        values.push(Value::Integer(millis(before)));
    }
    Ok((sql, values))
}

/// Cursor: due column and reference of the last row.
fn parse_cursor(cursor: &str) -> Option<(i64, i64)> {
    let (due, reference) = cursor.split_once('.')?;
    Some((due.parse().ok()?, reference.parse().ok()?))
}

pub(super) fn page(
    connection: &Connection,
    filter: &QueueFilter,
    cursor: &str,
    limit: u32,
    now: Time,
) -> Result<QueueRows> {
    let (mut sql, mut values) = condition(filter)?;
    if let Some(due) = filter.due {
        let (from, to) = span(due, now);
        sql.push_str(" AND g.due >= ? AND g.due < ?");
        values.extend([Value::Integer(from), Value::Integer(to)]);
    }
    if let Some((due, reference)) = parse_cursor(cursor) {
        sql.push_str(" AND (g.due, g.reference) > (?, ?)");
        values.extend([Value::Integer(due), Value::Integer(reference)]);
    }
    values.push(Value::Integer(i64::from(limit) + 1));
    let sql = format!("SELECT {LINE} WHERE {sql} ORDER BY g.due, g.reference LIMIT ?");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows: Vec<CaseLine> =
        statement.query_map(params_from_iter(values), masked_line)?.collect::<rusqlite::Result<_>>()?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|last| format!("{}.{}", last.due.map_or(NEVER, millis), number(last.reference)));
    Ok(QueueRows { rows, next })
}

pub(super) fn counts(connection: &Connection, filter: &QueueFilter, now: Time) -> Result<QueueCounts> {
    let (sql, values) = condition(filter)?;
    let mut counts = QueueCounts::default();
    let bounds: Vec<String> = Due::ALL
        .iter()
        .map(|due| {
            let (from, to) = span(*due, now);
            format!("sum(g.due >= {from} AND g.due < {to})")
        })
        .collect();
    let sql = format!("SELECT {}, min(g.lodged_at) FROM grievance g WHERE {sql}", bounds.join(", "));
    connection.prepare(&sql)?.query_row(params_from_iter(values), |row| {
        for (index, count) in counts.by_due.iter_mut().enumerate() {
            *count = row.get::<_, Option<u32>>(index)?.unwrap_or(0);
        }
        counts.oldest = row.get::<_, Option<i64>>(4)?.map(time);
        Ok(())
    })?;
    Ok(counts)
}

pub(super) fn of_person(connection: &Connection, person: i64) -> Result<Vec<CaseLine>> {
    let sql = format!("SELECT {LINE} WHERE g.citizen = ?1 ORDER BY g.lodged_at DESC LIMIT 10000");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_map([person], line)?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn lines(connection: &Connection, references: &[Reference]) -> Result<Vec<CaseLine>> {
    let sql = format!("SELECT {LINE} WHERE g.reference = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut lines = Vec::with_capacity(references.len());
    for reference in references {
        lines.extend(statement.query_map([number(*reference)], masked_line)?.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    Ok(lines)
}

pub(super) fn desks(connection: &Connection, now: Time) -> Result<Vec<Desk>> {
    let mut statement = connection.prepare_cached(
        "SELECT stage, CASE WHEN stage IN ('with_department', 'with_office', 'atr_review') THEN department END AS of,
                count(*), sum(due < ?1), min(stage_since)
         FROM grievance
         WHERE stage IN ('registered', 'needs_information', 'with_department', 'with_office', 'transfer_offered',
                         'atr_review', 'verification', 'appealed')
         GROUP BY stage, of ORDER BY 4 DESC, 3 DESC",
    )?;
    let rows = statement.query_map([millis(now)], |row| {
        Ok(Desk {
            stage: named(0, row.get(0)?)?,
            department: maybe::<String, _>(row, 1)?,
            open: row.get(2)?,
            overdue: row.get(3)?,
            oldest: row.get::<_, Option<i64>>(4)?.map(time),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Open grievances of a category and place with their words, newest first; those whose identity is shielded are left
/// out.
pub(super) fn worded(
    connection: &Connection,
    category: &str,
    district: Lgd,
    place: Option<Lgd>,
    limit: u32,
) -> Result<Vec<Worded>> {
    let mut statement = connection.prepare_cached(
        "SELECT g.state, d.statement FROM grievance g JOIN document d ON d.seq = g.lodged_seq
         WHERE g.district = ?1 AND g.category = ?2 AND (?3 IS NULL OR g.place = ?3) AND g.root IS NULL AND g.stage IN
             ('registered', 'with_department', 'with_office', 'transfer_offered', 'atr_review')
         ORDER BY g.lodged_seq DESC LIMIT ?4",
    )?;
    let rows = statement.query_map(params![district.get(), category, place.map(Lgd::get), limit], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    let mut found = Vec::new();
    for row in rows {
        let (state, statement) = row?;
        let (case, statement): (Case, Statement) = (serde_json::from_str(&state)?, serde_json::from_str(&statement)?);
        if !case.shielded {
            found.push(Worded { case, words: format!("{} {}", statement.text, statement.landmark) });
        }
    }
    Ok(found)
}

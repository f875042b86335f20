//! Worklists and other lists of cases, by index ranges and cursors.

use super::row::{case, due_time, lane, stage, stage_column};
use super::sql::{Connection, Row, Value, params};
use super::{
    Changed, NEVER, QueueCounts, QueueFilter, QueueRows, Result, StoreError, Worded, append, millis, number, proof,
};
use super::{Searchable, reference, time};
use model::lifecycle::{Case, EventBody, EventKind, Holder, Stage, Statement};
use model::wire::{CaseLine, Desk, Due};
use model::{CategoryCode, DepartmentCode, Language, Lgd, Mobile, OfficeId, Reference, Time, text};

/// Columns of a line, with the statement of the first event.
const LINE: &str = "g.reference, g.version, g.stage, g.lane, g.district, g.place, g.category, g.department, g.office,
     g.lodged_at, g.stage_since, g.due, g.disputes, d.packed, g.shielded
     FROM grievance g LEFT JOIN document d ON d.seq = g.lodged_seq";

/// A line as its citizen sees it.
fn line(row: &Row<'_>) -> Result<CaseLine> {
    read_line(row, false)
}

/// A line in a list for staff.
fn masked_line(row: &Row<'_>) -> Result<CaseLine> {
    read_line(row, true)
}

fn read_line(row: &Row<'_>, masks: bool) -> Result<CaseLine> {
    let said = row.get::<Option<Vec<u8>>>(13)?.map(|packed| append::words(&packed)).transpose()?;
    let said: Option<Statement> = said.map(|json| serde_json::from_str(&json)).transpose()?;
    let title = said.as_ref().map(|said| text::title(&said.text)).unwrap_or_default();
    // Lists need no names; where an identity is withheld, the title is masked.
    let shielded = masks && row.get::<bool>(14)?;
    let unknown = |what| StoreError::Damaged(format!("a case row has no {what} of ours"));
    Ok(CaseLine {
        reference: reference(row.get(0)?),
        version: row.get(1)?,
        title: match &said {
            Some(said) if shielded => model::mask::masked(&title, &said.name),
            _ => title,
        },
        language: said.map_or(Language::English, |said| said.language),
        stage: stage(row.get(2)?).ok_or_else(|| unknown("stage"))?,
        lane: lane(row.get(3)?).ok_or_else(|| unknown("lane"))?,
        district: row.get::<Option<u32>>(4)?.map(Lgd::new),
        place: row.get::<Option<u32>>(5)?.map(Lgd::new),
        category: row.get::<Option<String>>(6)?.map(CategoryCode::from),
        department: row.get::<Option<String>>(7)?.map(DepartmentCode::from),
        office: row.get::<Option<u32>>(8)?.map(OfficeId::new),
        lodged_at: time(row.get(9)?),
        stage_since: time(row.get(10)?),
        due: due_time(row.get(11)?),
        disputes: row.get(12)?,
    })
}

/// Due times of a span, in milliseconds: from (inclusive), to.
fn span(due: Due, now: Time) -> (i64, i64) {
    let (from, to) = due.span(now);
    (from.map_or(i64::MIN, millis), to.map_or(i64::MAX, millis))
}

/// Numbers of stages, for `IN (…)`.
fn stages(stages: impl IntoIterator<Item = Stage>) -> String {
    stages.into_iter().map(|stage| stage_column(stage).to_string()).collect::<Vec<_>>().join(", ")
}

/// The values of a condition that is built up; each gets the number of its parameter.
#[derive(Default)]
pub(super) struct Values(pub(super) Vec<Value>);

impl Values {
    pub(super) fn add(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("?{}", self.0.len())
    }
}

/// The SQL condition of a filter.
fn condition(filter: &QueueFilter, values: &mut Values) -> String {
    let mut sql = format!("g.stage IN ({})", stages(filter.stages.iter().copied()));
    if let Some(party) = &filter.party {
        let holder = match party.office {
            Some(office) => Holder::Office(office),
            None => Holder::Department(party.department.clone()),
        };
        let held = format!("g.holder = {}", values.add(holder.key()));
        let mut offered = format!("g.offered_department = {}", values.add(party.department.as_str()));
        match party.office {
            Some(office) => {
                offered = format!("{offered} AND g.offered_office = {}", values.add(office.get()));
            }
            None => offered.push_str(" AND g.offered_office IS NULL"),
        }
        sql = format!("(({held} AND {sql}) OR ({offered}))");
    } else {
        let mut holders: Vec<String> = filter.stages.iter().filter_map(|stage| held_by_one(*stage)).collect();
        holders.sort_unstable();
        holders.dedup();
        let holders: Vec<String> = holders.into_iter().map(|holder| values.add(holder)).collect();
        if !holders.is_empty() {
            sql = format!("(g.holder IN ({}) AND {sql})", holders.join(", "));
        }
    }
    if let Some(district) = filter.district {
        sql = format!("{sql} AND g.district = {}", values.add(district.get()));
    }
    if let Some(person) = filter.except {
        sql = format!("({sql} AND (g.citizen <> {} OR g.disowned = 1))", values.add(super::person(person)));
    }
    if filter.or_disowned {
        let ended = stages([Stage::Redressed, Stage::Withdrawn]);
        sql = format!("({sql} OR (g.disowned = 1 AND g.stage NOT IN ({ended})))");
    }
    if filter.visit_due {
        sql.push_str(" AND g.visit_due = 1");
    }
    if let Some(before) = filter.in_stage_before {
        sql = format!("{sql} AND g.stage_since <= {}", values.add(millis(before)));
    }
    sql
}

/// The holder of all cases in a stage, where it is always the same; it makes the worklist a range of one index.
fn held_by_one(stage: Stage) -> Option<String> {
    let holder = match stage {
        Stage::Registered => Holder::Desk,
        Stage::NeedsInformation => Holder::Citizen,
        Stage::Verification => Holder::Verification,
        Stage::Appealed => Holder::Appellate,
        _ => return None,
    };
    Some(holder.key())
}

/// Reads a cursor: due column and reference of the last row.
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
    let mut values = Values::default();
    let mut sql = condition(filter, &mut values);
    if let Some(due) = filter.due {
        let (from, to) = span(due, now);
        sql = format!("{sql} AND g.due >= {} AND g.due < {}", values.add(from), values.add(to));
    }
    if let Some((due, reference)) = parse_cursor(cursor) {
        sql = format!("{sql} AND (g.due, g.reference) > ({}, {})", values.add(due), values.add(reference));
    }
    let most = values.add(i64::from(limit) + 1);
    let sql = format!("SELECT {LINE} WHERE {sql} ORDER BY g.due, g.reference LIMIT {most}");
    let mut rows = connection.all(&sql, &values.0, masked_line)?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|last| format!("{}.{}", last.due.map_or(NEVER, millis), number(last.reference)));
    Ok(QueueRows { rows, next })
}

pub(super) fn counts(connection: &Connection, filter: &QueueFilter, now: Time) -> Result<QueueCounts> {
    let mut values = Values::default();
    let sql = condition(filter, &mut values);
    let sums: Vec<String> = Due::ALL
        .iter()
        .map(|due| {
            let (from, to) = span(*due, now);
            format!("count(*) FILTER (WHERE g.due >= {} AND g.due < {})", values.add(from), values.add(to))
        })
        .collect();
    let sql = format!("SELECT {}, min(g.lodged_at) FROM grievance g WHERE {sql}", sums.join(", "));
    let counts = connection.first(&sql, &values.0, |row| {
        let mut counts = QueueCounts::default();
        for (index, count) in counts.by_due.iter_mut().enumerate() {
            *count = row.get(index)?;
        }
        counts.oldest = row.get::<Option<i64>>(4)?.map(time);
        Ok(counts)
    })?;
    Ok(counts.unwrap_or_default())
}

pub(super) fn of_person(connection: &Connection, person: i64) -> Result<Vec<CaseLine>> {
    let sql = format!("SELECT {LINE} WHERE g.citizen = ?1 ORDER BY g.ordinal DESC");
    connection.all(&sql, params![person], line)
}

pub(super) fn lines(connection: &Connection, references: &[Reference]) -> Result<Vec<CaseLine>> {
    let sql = format!("SELECT {LINE} WHERE g.reference = ?1");
    let mut lines = Vec::with_capacity(references.len());
    for reference in references {
        lines.extend(connection.first(&sql, params![number(*reference)], masked_line)?);
    }
    Ok(lines)
}

pub(super) fn desks(connection: &Connection, now: Time) -> Result<Vec<Desk>> {
    let of_department = stages([Stage::WithDepartment, Stage::WithOffice, Stage::AtrReview]);
    let sql = format!(
        "SELECT stage, of_department, count(*), count(*) FILTER (WHERE due < ?1), min(stage_since) FROM (
             SELECT stage, CASE WHEN stage IN ({of_department}) THEN department END AS of_department, due, stage_since
             FROM grievance WHERE holder IS NOT NULL) held
         GROUP BY stage, of_department ORDER BY 4 DESC, 3 DESC, 1, 2"
    );
    connection.all(&sql, params![millis(now)], |row| {
        Ok(Desk {
            stage: stage(row.get(0)?).ok_or_else(|| StoreError::Damaged("a stage that is none of ours".into()))?,
            department: row.get::<Option<String>>(1)?.map(DepartmentCode::from),
            open: row.get(2)?,
            overdue: row.get(3)?,
            oldest: row.get::<Option<i64>>(4)?.map(time),
        })
    })
}

/// How many cases an office has or may get back. A report can come back to its office until the citizen has answered, and a
/// case that follows another returns to where it was.
pub(super) fn cases_at(connection: &Connection, office: OfficeId) -> Result<u64> {
    let may_come_back = stages(Stage::ALL.into_iter().filter(|stage| stage.is_open() || *stage == Stage::Merged));
    let sql = format!(
        "SELECT count(*) FROM grievance WHERE (office = ?1 OR offered_office = ?1) AND stage IN ({may_come_back})"
    );
    connection.one(&sql, params![office.get()])
}

/// Cases with an entry after one, ordered by their last entries, at most `limit`.
pub(super) fn changes_since(connection: &Connection, seq: u64, limit: u32) -> Result<Vec<Changed>> {
    let sql = "SELECT seq, ordinal, due, packed, next_deadline FROM grievance WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    connection.all(sql, params![i64::try_from(seq).unwrap_or(i64::MAX), limit], changed)
}

/// Cases after one in the order of lodging, at most `limit`.
pub(super) fn cases_after(connection: &Connection, ordinal: u64, limit: u32) -> Result<Vec<Changed>> {
    let sql =
        "SELECT seq, ordinal, due, packed, next_deadline FROM grievance WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
    connection.all(sql, params![i64::try_from(ordinal).unwrap_or(i64::MAX), limit], changed)
}

/// Reads a case after its last change: seq, ordinal, due, packed, next_deadline.
pub(super) fn changed(row: &Row<'_>) -> Result<Changed> {
    Ok(Changed {
        seq: row.get(0)?,
        ordinal: row.get(1)?,
        due: due_time(row.get(2)?),
        case: case(&row.get::<Vec<u8>>(3)?)?,
        deadline: row.get::<Option<i64>>(4)?.map(time),
    })
}

/// What these cases are searched by, in their order. Staff notes and reports are left out: not everybody who may read
/// the case reads them.
pub(super) fn searchable(connection: &Connection, references: &[Reference]) -> Result<Vec<Searchable>> {
    let sql = format!(
        "{} SELECT t.version, t.packed, d.packed, p.mobile FROM entries t LEFT JOIN document d ON d.seq = t.seq
         JOIN grievance g ON g.reference = ?1 LEFT JOIN person p ON p.id = g.citizen
         WHERE d.seq IS NOT NULL OR t.version = 1 ORDER BY t.seq",
        proof::entries_from(proof::LAST_OF_CASE)
    );
    let mut all = Vec::with_capacity(references.len());
    for reference in references {
        let mut found: Option<Searchable> = None;
        connection.each(&sql, params![number(*reference)], |row| {
            let said = row.get::<Option<Vec<u8>>>(2)?.map(|packed| append::words(&packed)).transpose()?;
            let said: Option<Statement> = said.map(|json| serde_json::from_str(&json)).transpose()?;
            if let Some(found) = &mut found {
                if let Some(said) = said
                    && is_of_citizen(&row.get::<Vec<u8>>(1)?)?
                {
                    found.text.push('\n');
                    found.text.push_str(&said.text);
                }
                return Ok(());
            }
            let first = said.unwrap_or_else(|| Statement::new(String::new(), Language::English));
            found = Some(Searchable {
                reference: *reference,
                name: first.name,
                mobile: row.get::<Option<String>>(3)?.and_then(|mobile| Mobile::parse(&mobile).ok()),
                landmark: first.landmark,
                text: first.text,
            });
            Ok(())
        })?;
        all.extend(found);
    }
    Ok(all)
}

/// Whether the words of a packed event are information that the citizen has given after lodging.
fn is_of_citizen(packed: &[u8]) -> Result<bool> {
    let (_, body) = append::unpacked(packed)?;
    let body: EventBody = serde_json::from_str(&body)?;
    Ok(matches!(body.kind(), EventKind::InformationAdded | EventKind::InformationProvided))
}

/// The references of these ordinals, in their order.
pub(super) fn references(connection: &Connection, ordinals: &[u64]) -> Result<Vec<Reference>> {
    let mut found = Vec::with_capacity(ordinals.len());
    for ordinal in ordinals {
        let sql = "SELECT reference FROM grievance WHERE ordinal = ?1";
        let number: Option<i64> = connection.maybe(sql, params![i64::try_from(*ordinal).unwrap_or(i64::MAX)])?;
        found.extend(number.map(reference));
    }
    Ok(found)
}

/// Open grievances of a category and place with their words, newest first, without those whose identity is withheld.
pub(super) fn worded(
    connection: &Connection,
    category: &str,
    district: Lgd,
    place: Option<Lgd>,
    limit: u32,
) -> Result<Vec<Worded>> {
    let mut values = Values::default();
    let mut sql = format!(
        "SELECT g.packed, d.packed FROM grievance g JOIN document d ON d.seq = g.lodged_seq
         WHERE g.district = {} AND g.category = {} AND g.root IS NULL AND g.shielded = 0 AND g.holder IS NOT NULL
             AND g.stage IN ({})",
        values.add(district.get()),
        values.add(category),
        stages([Stage::Registered, Stage::WithDepartment, Stage::WithOffice, Stage::TransferOffered, Stage::AtrReview])
    );
    if let Some(place) = place {
        sql = format!("{sql} AND g.place = {}", values.add(place.get()));
    }
    let sql = format!("{sql} ORDER BY g.lodged_seq DESC LIMIT {}", values.add(limit));
    connection.all(&sql, &values.0, |row| {
        let case: Case = case(&row.get::<Vec<u8>>(0)?)?;
        let said: Statement = serde_json::from_str(&append::words(&row.get::<Vec<u8>>(1)?)?)?;
        Ok(Worded { case, words: format!("{} {}", said.text, said.landmark) })
    })
}

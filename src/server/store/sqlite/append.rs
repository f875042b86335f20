//! Appending to the ledger, with everything that one decision changes.

use super::writer::Effects;
use super::{Result, due_column, millis, name, number, outbox, person};
use crate::ledger::{self, Entry};
use crate::store::{Append, Appended, Committed, Idempotency, StoreError};
use model::lifecycle::{Case, Event};
use model::{Lgd, OfficeId, Reference};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

/// Appends, unless the same request was done before or the case has moved on.
pub(super) fn append(connection: &Connection, effects: &mut Effects<'_>, append: &Append) -> Result<Appended> {
    if let Some(idempotency) = &append.idempotency
        && let Some(response) = repeated(connection, idempotency)?
    {
        return Ok(Appended::Repeated { response });
    }
    let first_version = append.case.version + 1 - u32::try_from(append.events.len()).unwrap_or(0);
    check(connection, append, first_version - 1)?;
    for attachment in &append.attachments {
        let taken = connection
            .prepare_cached("UPDATE attachment SET reference = ?2 WHERE id = ?1 AND reference IS NULL")?
            .execute(params![attachment.as_str(), number(append.case.reference)])?;
        if taken != 1 {
            return Err(StoreError::AttachmentTaken);
        }
    }
    if let Some(mobile) = &append.mobile {
        connection
            .prepare_cached("INSERT INTO person (id, mobile) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
            .execute(params![person(append.case.citizen), mobile.as_str()])?;
    }
    for (event, version) in append.events.iter().zip(first_version..) {
        let title = append.title.as_ref().filter(|_| version == 1).map(|(title, _)| title.as_str());
        insert_event(connection, effects, &append.case, event, version, title)?;
    }
    let seq = effects.head.seq;
    put_case(connection, append, seq)?;
    let at = append.events.last().map_or(0, |event| millis(event.at));
    let kinds: Vec<_> = append.events.iter().map(|event| event.body.kind()).collect();
    outbox::follow_case(connection, effects, &append.case, &kinds, at)?;
    for message in &append.messages {
        outbox::insert(connection, effects, message, at, Some(seq))?;
    }
    if let Some(idempotency) = &append.idempotency {
        connection
            .prepare_cached("INSERT INTO idempotency (key, fingerprint, response, at) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![idempotency.key, idempotency.fingerprint, idempotency.response, at])?;
    }
    effects.committed.push(Committed { seq, case: append.case.clone(), due: append.due });
    for other in &append.also {
        self::append(connection, effects, other)?;
    }
    Ok(Appended::Done { seq })
}

/// Whether everything is still as the decision saw it. Before anything is written: a write that fails halfway costs
/// the whole group.
fn check(connection: &Connection, append: &Append, seen: u32) -> Result<()> {
    check_version(connection, append.case.reference, seen)?;
    for (other, version) in &append.resting_on {
        check_version(connection, *other, *version)?;
    }
    if let Some(expected) = append.followers {
        let sql = "SELECT count(*) FROM grievance WHERE root = ?1";
        let found: i64 =
            connection.prepare_cached(sql)?.query_row([number(append.case.reference)], |row| row.get(0))?;
        if usize::try_from(found) != Ok(expected) {
            return Err(StoreError::Stale { version: seen });
        }
    }
    for other in &append.also {
        check(connection, other, other.case.version - u32::try_from(other.events.len()).unwrap_or(0))?;
    }
    Ok(())
}

/// Appends whole lives, their events in the order of time, and their case rows once each.
pub(super) fn import(connection: &Connection, effects: &mut Effects<'_>, lives: &[Append]) -> Result<u64> {
    let mut order: Vec<(i64, usize, usize)> = Vec::new();
    for (life, append) in lives.iter().enumerate() {
        check_version(connection, append.case.reference, 0)?;
        if let Some(mobile) = &append.mobile {
            connection
                .prepare_cached("INSERT INTO person (id, mobile) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
                .execute(params![person(append.case.citizen), mobile.as_str()])?;
        }
        order.extend(append.events.iter().enumerate().map(|(index, event)| (millis(event.at), life, index)));
    }
    order.sort_unstable();
    let mut lodged = vec![0; lives.len()];
    for (_, life, index) in order {
        let Some((append, event)) = lives.get(life).and_then(|append| Some((append, append.events.get(index)?))) else {
            continue;
        };
        let version = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let title = append.title.as_ref().filter(|_| index == 0).map(|(title, _)| title.as_str());
        insert_event(connection, effects, &append.case, event, version, title)?;
        if let Some(seq) = lodged.get_mut(life).filter(|_| index == 0) {
            *seq = i64::try_from(effects.head.seq).unwrap_or(0);
        }
    }
    for (append, seq) in lives.iter().zip(lodged) {
        CaseRow::of(&append.case, append.due, append.next_deadline)?.put(connection, seq)?;
        effects.committed.push(Committed { seq: effects.head.seq, case: append.case.clone(), due: append.due });
    }
    Ok(effects.head.seq)
}

/// The answer to an earlier request with this key; refuses where its content was another.
pub(super) fn repeated(connection: &Connection, idempotency: &Idempotency) -> Result<Option<String>> {
    let found: Option<(Vec<u8>, String)> = connection
        .prepare_cached("SELECT fingerprint, response FROM idempotency WHERE key = ?1")?
        .query_row([idempotency.key.as_slice()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match found {
        Some((fingerprint, _)) if fingerprint != idempotency.fingerprint => Err(StoreError::KeyReused),
        Some((_, response)) => Ok(Some(response)),
        None => Ok(None),
    }
}

fn check_version(connection: &Connection, reference: Reference, seen: u32) -> Result<()> {
    let stored: Option<u32> = connection
        .prepare_cached("SELECT version FROM grievance WHERE reference = ?1")?
        .query_row([number(reference)], |row| row.get(0))
        .optional()?;
    let version = stored.unwrap_or(0);
    if version == seen { Ok(()) } else { Err(StoreError::Stale { version }) }
}

fn insert_event(
    connection: &Connection,
    effects: &mut Effects<'_>,
    case: &Case,
    event: &Event,
    version: u32,
    title: Option<&str>,
) -> Result<()> {
    let (by, body) = (serde_json::to_string(&event.by)?, serde_json::to_string(&event.body)?);
    let document = match &event.statement {
        Some(statement) => {
            let mut salt = [0u8; 16];
            getrandom::fill(&mut salt).map_err(|error| StoreError::Unavailable(error.to_string()))?;
            let stored = ledger::stored(statement)?;
            let commitment = ledger::commitment(&salt, &stored);
            Some((salt, stored, commitment))
        }
        None => None,
    };
    let commitment = document.as_ref().map(|(_, _, commitment)| commitment.as_slice());
    let entry =
        Entry { reference: case.reference.as_u64(), version, at: millis(event.at), by: &by, body: &body, commitment };
    *effects.head = effects.head.next(&entry);
    let seq = i64::try_from(effects.head.seq).unwrap_or(i64::MAX);
    connection
        .prepare_cached(
            "INSERT INTO event (seq, reference, version, at, by, body, commitment, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![seq, number(case.reference), version, entry.at, by, body, commitment, effects.head.hash])?;
    if let Some((salt, stored, _)) = &document {
        connection
            .prepare_cached("INSERT INTO document (seq, salt, statement, title) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![seq, salt, stored, title])?;
    }
    Ok(())
}

/// Writes the case row; `lodged_seq` is kept where the case is not new.
fn put_case(connection: &Connection, append: &Append, seq: u64) -> Result<()> {
    let row = CaseRow::of(&append.case, append.due, append.next_deadline)?;
    let lodged_seq = (seq + 1).saturating_sub(append.events.len() as u64);
    row.put(connection, i64::try_from(lodged_seq).unwrap_or(0))
}

/// The columns that follow from a case.
pub(super) struct CaseRow<'a> {
    case: &'a Case,
    stage: String,
    lane: String,
    due: i64,
    next_deadline: Option<i64>,
    pub state: String,
}

impl<'a> CaseRow<'a> {
    pub fn of(case: &'a Case, due: Option<model::Time>, next_deadline: Option<model::Time>) -> Result<Self> {
        Ok(Self {
            case,
            stage: name(&case.stage)?,
            lane: name(&case.lane)?,
            due: due_column(due),
            next_deadline: next_deadline.map(millis),
            state: serde_json::to_string(case)?,
        })
    }

    /// The columns, in the order of [`CaseRow::values`].
    pub const COLUMNS: &'static str = "reference, version, stage, lane, citizen, district, place, category, \
        department, office, offered_department, offered_office, root, visit_due, disputes, lodged_seq, lodged_at, \
        stage_since, due, next_deadline, state";

    /// What stands in each column.
    pub fn values(&self, lodged_seq: i64) -> [Value; 21] {
        let case = self.case;
        let offered = case.offered.as_ref().map(|offer| &offer.to);
        let (offered_department, offered_office) = crate::store::party_columns(offered);
        let integer = |value: Option<i64>| value.map_or(Value::Null, Value::Integer);
        let place = |value: Option<Lgd>| integer(value.map(|code| code.get().into()));
        let office = |value: Option<OfficeId>| integer(value.map(|office| office.get().into()));
        let text = |value: Option<&str>| value.map_or(Value::Null, |text| Value::Text(text.to_owned()));
        [
            number(case.reference).into(),
            i64::from(case.version).into(),
            self.stage.clone().into(),
            self.lane.clone().into(),
            person(case.citizen).into(),
            place(case.district),
            place(case.place),
            text(case.category.as_deref()),
            text(case.department.as_deref()),
            office(case.office),
            text(offered_department.as_deref()),
            office(offered_office),
            integer(case.root.map(number)),
            i64::from(case.visit_due).into(),
            i64::from(case.disputes).into(),
            lodged_seq.into(),
            millis(case.lodged_at).into(),
            millis(case.stage_since).into(),
            self.due.into(),
            integer(self.next_deadline),
            self.state.clone().into(),
        ]
    }

    /// Writes the row; the number of the first entry and the moment of lodging are kept where it is there already.
    pub fn put(&self, connection: &Connection, lodged_seq: i64) -> Result<()> {
        let sql = format!(
            "INSERT INTO grievance ({}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                 ?17, ?18, ?19, ?20, ?21)
             ON CONFLICT (reference) DO UPDATE SET version = ?2, stage = ?3, lane = ?4, citizen = ?5, district = ?6,
                 place = ?7, category = ?8, department = ?9, office = ?10, offered_department = ?11,
                 offered_office = ?12, root = ?13, visit_due = ?14, disputes = ?15, stage_since = ?18, due = ?19,
                 next_deadline = ?20, state = ?21",
            Self::COLUMNS
        );
        connection.prepare_cached(&sql)?.execute(params_from_iter(self.values(lodged_seq)))?;
        Ok(())
    }
}

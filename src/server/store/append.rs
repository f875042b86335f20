//! Appends to the ledger, together with everything else that one decision changes.

use super::pack::{self, Kind};
use super::row::{CaseRow, Place};
use super::sql::{Connection, params};
use super::writer::Effects;
use super::{Append, Appended, Idempotency, Result, StoreError, millis, number, outbox, person};
use crate::ledger::{self, Entry};
use model::Reference;
use model::lifecycle::{Case, Event};

/// The chain's hash is stored with every so-many-th entry; in between it is recomputed.
pub(super) const MARKED: u64 = 64;

/// Appends, unless the same request was done before or the case has changed.
pub(super) fn append(connection: &Connection, effects: &mut Effects<'_>, append: &Append) -> Result<Appended> {
    if let Some(idempotency) = &append.idempotency
        && let Some(response) = repeated(connection, idempotency)?
    {
        return Ok(Appended::Repeated { response });
    }
    let first_version = append.case.version + 1 - u32::try_from(append.events.len()).unwrap_or(0);
    check(connection, append, first_version - 1)?;
    for attachment in &append.attachments {
        let taken = connection.execute(
            "UPDATE attachment SET reference = ?2 WHERE id = ?1 AND reference IS NULL",
            params![attachment.as_str(), number(append.case.reference)],
        )?;
        if taken != 1 {
            return Err(StoreError::AttachmentTaken);
        }
    }
    know_citizen(connection, append)?;
    let lodged_seq = signed(effects.ends.ledger.seq + 1);
    for (event, version) in append.events.iter().zip(first_version..) {
        insert_event(connection, effects, append.case.reference, event, version)?;
    }
    let seq = effects.ends.ledger.seq;
    let row = CaseRow::of(&append.case, append.due, append.next_deadline)?;
    if first_version == 1 {
        row.put(connection, Place { ordinal: effects.next_ordinal(), lodged_seq, seq: signed(seq) })?;
    } else {
        row.replace(connection, signed(seq))?;
    }
    let at = append.events.last().map_or(0, |event| millis(event.at));
    let kinds: Vec<_> = append.events.iter().map(|event| event.body.kind()).collect();
    outbox::follow_case(connection, effects, &append.case, &kinds, at)?;
    for message in &append.messages {
        outbox::insert(connection, effects, message, at, Some(seq))?;
    }
    if let Some(idempotency) = &append.idempotency {
        connection.execute(
            "INSERT INTO idempotency (key, fingerprint, response, at) VALUES (?1, ?2, ?3, ?4)",
            params![idempotency.key, idempotency.fingerprint, &idempotency.response, at],
        )?;
    }
    for other in &append.also {
        self::append(connection, effects, other)?;
    }
    Ok(Appended::Done { seq })
}

fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// Stores the number of a new case's citizen.
fn know_citizen(connection: &Connection, append: &Append) -> Result<()> {
    if let Some(mobile) = &append.mobile {
        connection.execute(
            "INSERT INTO person (id, mobile) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![person(append.case.citizen), mobile.as_str()],
        )?;
    }
    Ok(())
}

/// Whether everything is still as the decision assumed. Checked before anything is written: a write that fails halfway
/// costs the whole group.
fn check(connection: &Connection, append: &Append, seen: u32) -> Result<()> {
    check_version(connection, append.case.reference, seen)?;
    for (other, version) in &append.resting_on {
        check_version(connection, *other, *version)?;
    }
    if let Some(expected) = append.followers {
        let sql = "SELECT count(*) FROM grievance WHERE root = ?1";
        let found: i64 = connection.one(sql, params![number(append.case.reference)])?;
        if usize::try_from(found) != Ok(expected) {
            return Err(StoreError::Stale { version: seen });
        }
    }
    for other in &append.also {
        check(connection, other, other.case.version - u32::try_from(other.events.len()).unwrap_or(0))?;
    }
    Ok(())
}

/// Imports whole lives: all events in the order of time, then one row for each case.
pub(super) fn import(connection: &Connection, effects: &mut Effects<'_>, lives: &[Append]) -> Result<u64> {
    let mut order: Vec<(i64, usize, usize)> = Vec::new();
    for (life, append) in lives.iter().enumerate() {
        check_version(connection, append.case.reference, 0)?;
        know_citizen(connection, append)?;
        order.extend(append.events.iter().enumerate().map(|(index, event)| (millis(event.at), life, index)));
    }
    order.sort_unstable();
    let mut places = vec![Place { ordinal: 0, lodged_seq: 0, seq: 0 }; lives.len()];
    for (_, life, index) in order {
        let (Some(append), Some(place)) = (lives.get(life), places.get_mut(life)) else { continue };
        let Some(event) = append.events.get(index) else { continue };
        let version = u32::try_from(index + 1).unwrap_or(u32::MAX);
        insert_event(connection, effects, append.case.reference, event, version)?;
        place.seq = signed(effects.ends.ledger.seq);
        if index == 0 {
            (place.ordinal, place.lodged_seq) = (effects.next_ordinal(), place.seq);
        }
    }
    for (append, place) in lives.iter().zip(places) {
        CaseRow::of(&append.case, append.due, append.next_deadline)?.put(connection, place)?;
    }
    Ok(effects.ends.ledger.seq)
}

/// The answer to an earlier request with this key. `KeyReused` where its content was different.
pub(super) fn repeated(connection: &Connection, idempotency: &Idempotency) -> Result<Option<String>> {
    let sql = "SELECT fingerprint, response FROM idempotency WHERE key = ?1";
    let found =
        connection.first(sql, params![idempotency.key], |row| Ok((row.get::<Vec<u8>>(0)?, row.get::<String>(1)?)))?;
    match found {
        Some((fingerprint, _)) if fingerprint != idempotency.fingerprint => Err(StoreError::KeyReused),
        Some((_, response)) => Ok(Some(response)),
        None => Ok(None),
    }
}

fn check_version(connection: &Connection, reference: Reference, seen: u32) -> Result<()> {
    let stored: Option<u32> =
        connection.maybe("SELECT version FROM grievance WHERE reference = ?1", params![number(reference)])?;
    let version = stored.unwrap_or(0);
    if version == seen { Ok(()) } else { Err(StoreError::Stale { version }) }
}

fn insert_event(
    connection: &Connection,
    effects: &mut Effects<'_>,
    reference: Reference,
    event: &Event,
    version: u32,
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
        Entry { reference: reference.as_u64(), version, at: millis(event.at), by: &by, body: &body, commitment };
    effects.ends.ledger = effects.ends.ledger.next(&entry);
    let head = effects.ends.ledger;
    let seq = signed(head.seq);
    let mark = head.seq.is_multiple_of(MARKED).then_some(head.hash);
    connection.execute(
        "INSERT INTO event (seq, reference, version, at, packed, commitment, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![seq, number(reference), version, entry.at, packed(&by, &body)?, commitment, mark],
    )?;
    if let Some((salt, stored, _)) = &document {
        connection.execute(
            "INSERT INTO document (seq, salt, packed) VALUES (?1, ?2, ?3)",
            params![seq, salt, pack::pack(Kind::Words, stored)?],
        )?;
    }
    Ok(())
}

/// Actor and event of an entry as one value: two lines of JSON, which contains no line breaks itself.
pub(super) fn packed(by: &str, body: &str) -> Result<Vec<u8>> {
    pack::pack(Kind::Event, &format!("{by}\n{body}"))
}

/// Actor and event of an entry, byte for byte as they were packed.
pub(super) fn unpacked(packed: &[u8]) -> Result<(String, String)> {
    let text = pack::unpack(Kind::Event, packed)?;
    let (by, body) = text.split_once('\n').ok_or_else(|| StoreError::Damaged("an entry of one line".into()))?;
    Ok((by.to_owned(), body.to_owned()))
}

/// The statement of an entry, byte for byte as it was packed.
pub(super) fn words(packed: &[u8]) -> Result<String> {
    pack::unpack(Kind::Words, packed)
}

/// The case after an event; `None` where the first event is not a lodging.
pub(super) fn after(case: Option<Case>, event: &Event) -> Option<Case> {
    match case {
        Some(mut case) => {
            case.apply(event);
            Some(case)
        }
        None => Case::open(event),
    }
}

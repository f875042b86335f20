//! Appends to the ledger, together with everything else that one decision changes.

use super::pack::{self, Kind};
use super::row::{CaseRow, Place};
use super::sql::{Connection, params};
use super::writer::Effects;
use super::{
    Append, Appended, Idempotency, Life, NewMessage, Result, Step, StoreError, chain, millis, number, outbox, person,
};
use crate::ledger::{self, Entry};
use model::lifecycle::{Case, Event, Statement};
use model::{Mobile, PersonId, Reference};

/// The chain's hash is stored with every so-many-th entry; in between it is recomputed.
pub(super) const MARKED: u64 = 64;

/// An append ready to be written, but for its place in the ledger. Packing is done outside of the writer, for which all
/// others wait.
#[derive(Debug)]
pub(super) struct PackedAppend {
    /// Without its cascade.
    append: Append,
    events: Vec<PackedEvent>,
    case: Vec<u8>,
    cascade: Vec<PackedAppend>,
}

impl PackedAppend {
    /// Packs an append.
    ///
    /// # Errors
    /// None in practice: `Unavailable` where the system has no randomness.
    pub fn of(mut append: Append) -> Result<Self> {
        let cascade = std::mem::take(&mut append.cascade).into_iter().map(Self::of).collect::<Result<_>>()?;
        let events = append.events.iter().map(PackedEvent::of).collect::<Result<_>>()?;
        Ok(Self { events, case: CaseRow::pack(&append.case)?, cascade, append })
    }

    /// The version that the case had when the decision was made.
    fn seen(&self) -> u32 {
        self.append.case.version - u32::try_from(self.events.len()).unwrap_or(0)
    }
}

/// Appends, unless the same request was done before or the case has changed.
pub(super) fn append(connection: &Connection, effects: &mut Effects<'_>, packed: &PackedAppend) -> Result<Appended> {
    let PackedAppend { append, events, case, cascade } = packed;
    // What a new case or its request would meet is met by its rows, each of which there can be only one: where statements are
    // deferred, the group is then done again with each waited for, and so asked. It saves each lodging a round trip.
    let is_new = packed.seen() == 0 && connection.defers();
    let Stored { version, seq: before, answered } =
        if is_new { Stored::default() } else { stored(connection, append)? };
    if let Some(response) = append.idempotency.as_ref().zip(answered).map(response).transpose()? {
        return Ok(Appended::Repeated { response });
    }
    check(connection, packed, version)?;
    let first_version = packed.seen() + 1;
    for attachment in &append.attachments {
        let taken = connection.execute(
            "UPDATE attachment SET reference = ?2 WHERE id = ?1 AND reference IS NULL",
            params![attachment.as_str(), number(append.case.reference)],
        )?;
        if taken != 1 {
            return Err(StoreError::AttachmentTaken);
        }
    }
    know_citizen(connection, append.case.citizen, append.mobile.as_ref())?;
    let lodged_seq = signed(effects.ends.ledger.seq + 1);
    let mut earlier = before;
    for (event, version) in events.iter().zip(first_version..) {
        earlier = Some(insert_event(connection, effects, (append.case.reference, version, earlier), event)?);
    }
    let seq = effects.ends.ledger.seq;
    let row = CaseRow::of_packed(&append.case, append.due, append.next_deadline, case.clone());
    if first_version == 1 {
        row.put(connection, Place { ordinal: effects.next_ordinal(), lodged_seq, seq: signed(seq) })?;
    } else {
        row.replace(connection, signed(seq))?;
    }
    let at = append.events.last().map_or(0, |event| millis(event.at));
    let kinds: Vec<_> = append.events.iter().map(|event| event.body.kind()).collect();
    // Nothing waits for a new case, and nobody has silenced it.
    if first_version > 1 {
        outbox::follow_case(connection, effects, &append.case, &kinds, at)?;
    }
    for message in outbox::once_each(&append.messages) {
        outbox::insert(connection, effects, message, at, Some(seq))?;
    }
    if let Some(idempotency) = &append.idempotency {
        connection.defer(
            "INSERT INTO idempotency (key, fingerprint, response, at) VALUES (?1, ?2, ?3, ?4)",
            params![idempotency.key, idempotency.fingerprint, &idempotency.response, at],
        )?;
    }
    if let Some(reading) = &append.reading {
        chain::read(connection, effects, reading)?;
    }
    for other in cascade {
        self::append(connection, effects, other)?;
    }
    Ok(Appended::Done { seq })
}

/// The answer to a request that was done, as it is stored: its fingerprint, and what was answered.
type Answered = (Vec<u8>, String);

/// What is stored of a case, and under the request's key.
#[derive(Default)]
struct Stored {
    /// The version of the case, 0 for a new one.
    version: u32,
    /// Its last entry.
    seq: Option<i64>,
    answered: Option<Answered>,
}

fn stored(connection: &Connection, append: &Append) -> Result<Stored> {
    let sql = "SELECT g.version, g.seq, i.fingerprint, i.response, e.version FROM (SELECT 1) always
               LEFT JOIN grievance g ON g.reference = ?1 LEFT JOIN event e ON e.seq = g.seq AND e.reference = g.reference
               LEFT JOIN idempotency i ON i.key = ?2";
    let key = append.idempotency.as_ref().map(|idempotency| idempotency.key);
    let found = connection.first(sql, params![number(append.case.reference), key], |row| {
        let version: Option<u32> = row.get(0)?;
        // The next entry will name this one for ever.
        if version != row.get(4)? {
            return Err(StoreError::Damaged("a case whose last entry is not where it should be".into()));
        }
        Ok(Stored {
            version: version.unwrap_or(0),
            seq: row.get(1)?,
            answered: row.get::<Option<Vec<u8>>>(2)?.zip(row.get(3)?),
        })
    })?;
    Ok(found.unwrap_or_default())
}

fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// Stores the number of a new case's citizen.
fn know_citizen(connection: &Connection, citizen: PersonId, mobile: Option<&Mobile>) -> Result<()> {
    if let Some(mobile) = mobile {
        connection.defer(
            "INSERT INTO person (id, mobile) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![person(citizen), mobile.as_str()],
        )?;
    }
    Ok(())
}

/// Whether everything is still as the decision assumed. Checked before anything is written: a write that fails halfway
/// costs the whole group.
fn check(connection: &Connection, packed: &PackedAppend, version: u32) -> Result<()> {
    let (append, seen) = (&packed.append, packed.seen());
    if version != seen {
        return Err(StoreError::Stale { version });
    }
    for (other, seen) in &append.resting_on {
        let version = version_of(connection, *other)?;
        if version != *seen {
            return Err(StoreError::Stale { version });
        }
    }
    if let Some(expected) = append.followers {
        let sql = "SELECT count(*) FROM grievance WHERE root = ?1";
        let found: i64 = connection.one(sql, params![number(append.case.reference)])?;
        if usize::try_from(found) != Ok(expected) {
            return Err(StoreError::Stale { version: seen });
        }
    }
    for other in &packed.cascade {
        check(connection, other, version_of(connection, other.append.case.reference)?)?;
    }
    Ok(())
}

/// A life ready to be written, but for its place in the ledger. Packing is most of the work of an import, and is done outside
/// of the writer.
#[derive(Debug)]
pub struct PackedLife {
    life: Life,
    packed: Vec<u8>,
    steps: Vec<PackedStep>,
}

/// A step of a life, ready to be written.
#[derive(Debug)]
struct PackedStep {
    events: Vec<PackedEvent>,
    /// Its messages, each with its packed text.
    messages: Vec<(NewMessage, Vec<u8>)>,
}

impl PackedLife {
    /// Packs lives, one kind of value after the other: the processor keeps the tables of one dictionary at hand, not of four.
    ///
    /// # Errors
    /// None in practice: `Unavailable` where the system has no randomness.
    pub fn all(lives: Vec<Life>) -> Result<Vec<Self>> {
        let steps = || lives.iter().flat_map(|life| &life.steps);
        let mut events: Vec<PackedEvent> =
            steps().flat_map(|step| &step.events).map(PackedEvent::without_words).collect::<Result<_>>()?;
        for (event, packed) in steps().flat_map(|step| &step.events).zip(&mut events) {
            packed.words = event.statement.as_ref().map(PackedWords::of).transpose()?;
        }
        let packed = |message: &NewMessage| Ok((message.clone(), outbox::packed(message)?));
        let messages: Vec<(NewMessage, Vec<u8>)> =
            steps().flat_map(|step| outbox::once_each(&step.messages)).map(packed).collect::<Result<_>>()?;
        let (mut events, mut messages) = (events.into_iter(), messages.into_iter());
        let mut packed = |step: &Step| PackedStep {
            events: events.by_ref().take(step.events.len()).collect(),
            messages: messages.by_ref().take(outbox::once_each(&step.messages).count()).collect(),
        };
        let packed = |life: Life| {
            let steps = life.steps.iter().map(&mut packed).collect();
            Ok(Self { packed: CaseRow::pack(&life.case)?, steps, life })
        };
        lives.into_iter().map(packed).collect()
    }
}

/// Imports whole lives: all events in the order of time with their messages, then one row for each case.
pub(super) fn import(connection: &Connection, effects: &mut Effects<'_>, lives: &[PackedLife]) -> Result<u64> {
    let mut order: Vec<(i64, usize, usize)> = Vec::new();
    for (number, PackedLife { life, steps, .. }) in lives.iter().enumerate() {
        know_citizen(connection, life.case.citizen, life.mobile.as_ref())?;
        let began = |step: &PackedStep| step.events.first().map_or(0, |event| event.at);
        order.extend(steps.iter().enumerate().map(|(index, step)| (began(step), number, index)));
    }
    order.sort_unstable();
    let mut places = vec![Place { ordinal: 0, lodged_seq: 0, seq: 0 }; lives.len()];
    // The version of each case so far, and its last entry.
    let mut ends: Vec<(u32, Option<i64>)> = vec![(0, None); lives.len()];
    let mut messages = outbox::Imported::begin(connection, effects)?;
    for (at, number, index) in order {
        let (Some(packed), Some(place), Some((version, earlier))) =
            (lives.get(number), places.get_mut(number), ends.get_mut(number))
        else {
            continue;
        };
        if index == 0 {
            (place.ordinal, place.lodged_seq) = (effects.next_ordinal(), signed(effects.ends.ledger.seq + 1));
        }
        let Some(step) = packed.steps.get(index) else { continue };
        for event in &step.events {
            *version += 1;
            let place = (packed.life.case.reference, *version, *earlier);
            *earlier = Some(insert_event(connection, effects, place, event)?);
        }
        let seq = effects.ends.ledger.seq;
        place.seq = signed(seq);
        for (message, text) in &step.messages {
            messages.insert(connection, effects, (message, text), at, seq)?;
        }
    }
    messages.end(connection)?;
    for (PackedLife { life, packed, .. }, place) in lives.iter().zip(places) {
        CaseRow::of_packed(&life.case, life.due, life.next_deadline, packed.clone()).put(connection, place)?;
    }
    Ok(effects.ends.ledger.seq)
}

/// The answer to an earlier request with this key. `KeyReused` where its content was different.
pub(super) fn repeated(connection: &Connection, idempotency: &Idempotency) -> Result<Option<String>> {
    let sql = "SELECT fingerprint, response FROM idempotency WHERE key = ?1";
    let answered = connection.first(sql, params![idempotency.key], |row| Ok((row.get(0)?, row.get(1)?)))?;
    answered.map(|answered| response((idempotency, answered))).transpose()
}

/// What was answered, where the request is the same.
fn response((idempotency, (fingerprint, response)): (&Idempotency, Answered)) -> Result<String> {
    if fingerprint == idempotency.fingerprint { Ok(response) } else { Err(StoreError::KeyReused) }
}

/// The version in which a case is stored; 0 for none.
fn version_of(connection: &Connection, reference: Reference) -> Result<u32> {
    let sql = "SELECT version FROM grievance WHERE reference = ?1";
    Ok(connection.maybe(sql, params![number(reference)])?.unwrap_or(0))
}

/// An event ready to be written, but for its place in the ledger.
#[derive(Debug)]
struct PackedEvent {
    at: i64,
    by: String,
    body: String,
    packed: Vec<u8>,
    words: Option<PackedWords>,
}

/// A statement ready to be written, with its commitment.
#[derive(Debug)]
struct PackedWords {
    salt: [u8; 16],
    commitment: ledger::Hash,
    packed: Vec<u8>,
}

impl PackedEvent {
    fn of(event: &Event) -> Result<Self> {
        let words = event.statement.as_ref().map(PackedWords::of).transpose()?;
        Ok(Self { words, ..Self::without_words(event)? })
    }

    fn without_words(event: &Event) -> Result<Self> {
        let (by, body) = (serde_json::to_string(&event.by)?, serde_json::to_string(&event.body)?);
        let packed = packed(&by, &body)?;
        Ok(Self { at: millis(event.at), by, body, packed, words: None })
    }
}

impl PackedWords {
    fn of(statement: &Statement) -> Result<Self> {
        let mut salt = [0u8; 16];
        getrandom::fill(&mut salt).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let stored = ledger::stored(statement)?;
        Ok(Self { salt, commitment: ledger::commitment(&salt, &stored), packed: pack::pack(Kind::Words, &stored)? })
    }
}

/// Inserts an event of a case as this version of it, after the case's entry before it; answers the number of its entry.
fn insert_event(
    connection: &Connection,
    effects: &mut Effects<'_>,
    (reference, version, earlier): (Reference, u32, Option<i64>),
    event: &PackedEvent,
) -> Result<i64> {
    let PackedEvent { at, by, body, packed, words } = event;
    let commitment = words.as_ref().map(|words| words.commitment.as_slice());
    let entry = Entry { reference: reference.as_u64(), version, at: *at, by, body, commitment };
    effects.ends.ledger = effects.ends.ledger.next(&entry);
    let head = effects.ends.ledger;
    let seq = signed(head.seq);
    let mark = head.seq.is_multiple_of(MARKED).then_some(head.hash);
    connection.defer(
        "INSERT INTO event (seq, reference, version, at, packed, commitment, hash, earlier)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![seq, number(reference), version, *at, packed, commitment, mark, earlier],
    )?;
    if let Some(PackedWords { salt, packed, .. }) = words {
        connection.defer("INSERT INTO document (seq, salt, packed) VALUES (?1, ?2, ?3)", params![seq, salt, packed])?;
    }
    Ok(seq)
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

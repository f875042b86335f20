//! Checks that the ledger is whole and that everything stored equals it, in bounded memory: entries are read in pages,
//! and each case is replayed by itself.

use super::append::{MARKED, after};
use super::pack::{self, Kind};
use super::proof::{self, Kept};
use super::row::{CaseRow, Place};
use super::sql::{Connection, Value, params};
use super::writer::Effects;
use super::{Audit, Counts, Result, StoreError, StoredEvent, Witness, chain, files, number, reference, time};
use crate::ledger::{self, Hash, Head, PublishedHead};
use model::lifecycle::{By, Case, Event, EventBody, Statement};
use model::{Mobile, Reference, Rules};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{MutexGuard, PoisonError};

/// Most faults that are listed; a damaged ledger has many.
const FAULTS: usize = 50;
/// Milliseconds by which a deadline may be put off from when the program was last seen; `deadlines` takes an hour at most.
const PUT_OFF: i64 = 2 * 60 * 60 * 1_000;
/// Entries read at once.
const PAGE: u64 = 2_000;

fn parsed(kept: &Kept, words: Option<&str>) -> Result<StoredEvent> {
    let statement: Option<Statement> = words.map(serde_json::from_str).transpose()?;
    let (by, body): (By, EventBody) = (serde_json::from_str(&kept.by)?, serde_json::from_str(&kept.body)?);
    Ok(StoredEvent { seq: kept.seq, event: Event { at: time(kept.at), by, body, statement } })
}

/// A case's events with their statements, oldest first.
///
/// # Errors
/// `Damaged` where not all of them can be found from its last one back: a part would be taken for the whole.
pub(super) fn history(connection: &Connection, reference: Reference) -> Result<Vec<StoredEvent>> {
    // One statement, so that nobody acts on the case between its version and its entries.
    let sql = format!(
        "{} SELECT t.seq, t.reference, t.version, t.at, t.packed, t.commitment, t.hash, d.packed, g.version
         FROM grievance g LEFT JOIN entries t ON 1 = 1 LEFT JOIN document d ON d.seq = t.seq
         WHERE g.reference = ?1 ORDER BY t.seq",
        proof::entries_from(proof::LAST_OF_CASE)
    );
    let (mut found, mut whole) = (0, 0);
    let events = connection.all(&sql, params![number(reference)], |row| {
        whole = row.get(8)?;
        if row.get::<Option<i64>>(0)?.is_none() {
            return Ok(None);
        }
        let words = row.get::<Option<Vec<u8>>>(7)?.map(|packed| super::append::words(&packed)).transpose()?;
        let kept = Kept::read(row)?;
        found = kept.version;
        parsed(&kept, words.as_deref()).map(Some)
    })?;
    let events: Vec<StoredEvent> = events.into_iter().flatten().collect();
    if found != whole || usize::try_from(whole) != Ok(events.len()) {
        return Err(StoreError::Damaged(format!(
            "of case {reference} not every entry is found: see `pratikar verify`"
        )));
    }
    Ok(events)
}

/// A case's entries without their statements, oldest first, found from its last one.
fn entries(connection: &Connection, last: i64) -> Result<Vec<Kept>> {
    let sql = format!("{} SELECT {} FROM entries ORDER BY seq", proof::entries_from(proof::ENTRY), Kept::COLUMNS);
    connection.all(&sql, params![last], Kept::read_damaged)
}

/// The last entry of each case. Reports each entry that does not name the one before it, and each case without its lodging.
fn last_entries(connection: &Connection, mut fault: impl FnMut(String)) -> Result<HashMap<i64, i64>> {
    let mut last = HashMap::new();
    connection.each("SELECT seq, reference, version, earlier FROM event ORDER BY seq", &[], |row| {
        let (seq, key, version): (i64, i64, u32) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let before = last.insert(key, seq);
        if before.is_none() && version != 1 {
            fault(format!("case {} has entries and no lodging", reference(key)));
        }
        if row.get::<Option<i64>>(3)? != before {
            fault(format!("entry {seq} names another than the one before it of its case"));
        }
        Ok(())
    })?;
    Ok(last)
}

/// What follows from a case's entries.
struct Life {
    case: Case,
    place: Place,
    attachments: BTreeSet<String>,
}

/// Replays a case from its entries; `None` where the first is not its lodging. Reports each entry that is out of order.
fn replay(entries: &[Kept], ordinal: u64, mut fault: impl FnMut(String)) -> Result<Option<Life>> {
    let mut case: Option<Case> = None;
    let mut attachments = BTreeSet::new();
    for (kept, version) in entries.iter().zip(1..) {
        let Ok(stored) = parsed(kept, None) else {
            fault(format!("entry {} is damaged: it cannot be read", kept.seq));
            return Ok(None);
        };
        attachments.extend(stored.event.body.attachments().map(|id| id.as_str().to_owned()));
        case = after(case, &stored.event).filter(|case| number(case.reference) == kept.reference);
        if case.as_ref().is_none_or(|case| case.version != kept.version || case.version != version) {
            fault(format!("entry {} has version {} out of its order", kept.seq, kept.version));
        }
    }
    let (Some(case), Some(first), Some(last)) = (case, entries.first(), entries.last()) else { return Ok(None) };
    let place = |seq: u64| i64::try_from(seq).unwrap_or(i64::MAX);
    let place = Place { ordinal: place(ordinal), lodged_seq: place(first.seq), seq: place(last.seq) };
    Ok(Some(Life { case, place, attachments }))
}

/// Checks everything that is stored: chains, statements, every column of every case, numbers, attachments and published
/// heads.
pub(super) fn verify(connection: &Connection, witness: &Witness) -> Result<Audit> {
    let mut audit = Audit { seen: seen(connection)?, ..Audit::default() };
    for fault in connection.damages()? {
        audit.fault(fault);
    }
    if let Some(secret) = &witness.secret {
        match connection.maybe::<Vec<u8>>("SELECT value FROM fact WHERE name = 'secret'", &[])? {
            Some(known) if known == secret.fingerprint() => {}
            Some(_) => audit.fault("secret.key is not the key of this database".into()),
            None => audit.fault("the database does not say which key is its own".into()),
        }
    }
    let published = published(connection, witness, &mut audit)?;
    let counts = caught_up(connection, witness).unwrap_or_else(|error| {
        audit.fault(format!("the counts cannot follow the cases: {error}"));
        None
    });
    ledger(connection, &published, witness, counts.as_deref(), &mut audit)?;
    strays(connection, &mut audit)?;
    people(connection, witness, &mut audit)?;
    attachments(connection, witness, &mut audit)?;
    let mut signed = chain::Signed::default();
    for head in &published {
        if let Some(chains) = &head.chains {
            signed.readings.entry(chains.readings.seq).or_default().push(chains.readings.hash);
            signed.records.entry(chains.records.seq).or_default().push(chains.records.hash);
        }
    }
    chain::verify(connection, signed, |what| audit.fault(what))?;
    Ok(audit)
}

/// When the program was last seen at work, in milliseconds since 1970; 0 where that is not known.
fn seen(connection: &Connection) -> Result<i64> {
    let seen = connection.maybe::<Vec<u8>>("SELECT value FROM fact WHERE name = 'seen'", &[])?;
    Ok(seen.and_then(|bytes| bytes.try_into().ok()).map_or(0, i64::from_be_bytes))
}

impl Audit {
    fn fault(&mut self, what: String) {
        if self.faults.len() < FAULTS {
            self.faults.push(what);
        }
    }
}

/// The published heads. Checks each signature, and the database against the file beside it.
fn published(connection: &Connection, witness: &Witness, audit: &mut Audit) -> Result<Vec<PublishedHead>> {
    let mut heads = proof::heads(connection, u32::MAX)?;
    for line in &witness.unreadable {
        audit.fault(format!("line {line} of the file of published heads cannot be read"));
    }
    if let Some(written) = &witness.written {
        let kept: HashMap<u64, &PublishedHead> = heads.iter().map(|head| (head.head.seq, head)).collect();
        for head in written {
            match kept.get(&head.head.seq) {
                Some(kept) if *kept == head => {}
                Some(_) => audit.fault(format!("head {} was published with other content", head.head.seq)),
                None => audit.fault(format!("head {} was published and is not in the store", head.head.seq)),
            }
        }
        let lines: HashSet<u64> = written.iter().map(|head| head.head.seq).collect();
        // The newest head may have been published after the file was read.
        for head in heads.iter().skip(1).filter(|head| !lines.contains(&head.head.seq)) {
            audit.fault(format!("head {} is in the store and not in the file of published heads", head.head.seq));
        }
        heads.extend(written.iter().cloned());
    }
    if let Some(secret) = &witness.secret {
        for head in heads.iter().filter(|head| !head.is_signed(secret)) {
            audit.fault(format!("the signature of head {} is not ours", head.head.seq));
        }
    }
    Ok(heads)
}

/// Counts kept beside the database, with the hash of the ledger for which they are valid.
type KeptCounts = (Box<dyn Counts>, Hash);

/// The kept counts, brought up to date; `None` where there are none or they belong to another ledger, in which case a
/// start counts again.
fn caught_up<'w>(connection: &Connection, witness: &'w Witness) -> Result<Option<MutexGuard<'w, KeptCounts>>> {
    let Some(kept) = &witness.counts else { return Ok(None) };
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if proof::hash_at(connection, kept.0.seq())? != Some(kept.1) {
        return Ok(None);
    }
    loop {
        let page = super::queue::changes_since(connection, kept.0.seq(), 1_000)?;
        if page.is_empty() {
            return Ok(Some(kept));
        }
        kept.0.follow(&page);
    }
}

/// Walks the ledger: checks every hash, commitment and published head, and at the first entry of a case the whole case.
fn ledger(
    connection: &Connection,
    published: &[PublishedHead],
    witness: &Witness,
    counts: Option<&KeptCounts>,
    audit: &mut Audit,
) -> Result<()> {
    let mut signed: HashMap<u64, Vec<Hash>> = HashMap::new();
    for head in published {
        signed.entry(head.head.seq).or_default().push(head.head.hash);
    }
    let erased = chain::erased(connection)?;
    let last_entries = last_entries(connection, |what| audit.fault(what))?;
    let mut head = Head::default();
    loop {
        let page = proof::page(connection, head.seq, PAGE, Kept::read_damaged)?;
        let (Some(first), Some(last)) = (page.first(), page.last()) else { break };
        let mut said = words(connection, first.seq, last.seq)?;
        for kept in &page {
            let seq = kept.seq;
            head = head.next(&kept.entry());
            if head.seq != seq {
                audit.fault(format!("entry {} is missing before entry {seq}", head.seq));
                head.seq = seq;
            }
            if seq.is_multiple_of(MARKED) && kept.hash != Some(head.hash) {
                audit.fault(format!("an entry between {} and {seq} does not fit the chain", seq + 1 - MARKED));
                head.hash = kept.hash.unwrap_or(head.hash);
            } else if !seq.is_multiple_of(MARKED) && kept.hash.is_some() {
                audit.fault(format!("entry {seq} has a hash that is none of the chain's"));
            }
            if signed.remove(&seq).is_some_and(|signed| signed.iter().any(|signed| *signed != head.hash)) {
                audit.fault(format!("the ledger up to entry {seq} is not the one whose head was published"));
            }
            match (&kept.commitment, said.remove(&seq)) {
                (None, None) => {}
                (Some(commitment), Some((salt, words))) if *commitment == ledger::commitment(&salt, &words) => {}
                (Some(_), Some(_)) => audit.fault(format!("the words of entry {seq} are not those that were said")),
                (Some(_), None) if erased.contains(&i64::try_from(seq).unwrap_or(0)) => {}
                (Some(_), None) => audit.fault(format!("the words of entry {seq} are gone")),
                (None, Some(_)) => audit.fault(format!("entry {seq} came without words and has some")),
            }
            audit.entries += 1;
            if kept.version == 1 {
                audit.cases += 1;
                let last = last_entries.get(&kept.reference).copied().unwrap_or_default();
                let ordinal = audit.cases;
                life(connection, (kept.reference, last), ordinal, (&witness.rules, counts), audit)?;
            }
        }
        for seq in said.keys() {
            audit.fault(format!("there are words for an entry {seq} that there is not"));
        }
    }
    for seq in signed.keys() {
        audit.fault(format!("the ledger ends at entry {}, and the head of entry {seq} was published", head.seq));
    }
    let (end, cases) = chain::said_end(connection)?;
    if end != head {
        audit.fault(format!("the ledger ends at entry {}, and is said to end at {}", head.seq, end.seq));
    }
    if cases != audit.cases {
        audit.fault(format!("there are {} cases, and there are said to be {cases}", audit.cases));
    }
    // A message is written in the transaction of the entry that caused it.
    let last = i64::try_from(head.seq).unwrap_or(i64::MAX);
    let sql = "SELECT cause FROM outbox WHERE cause > ?1 LIMIT 1";
    if let Some(entry) = connection.maybe::<i64>(sql, params![last])? {
        audit.fault(format!("a message was caused by entry {entry}, and the ledger ends at {}", head.seq));
    }
    Ok(())
}

/// The statements of a range of entries with their salts, by entry.
fn words(connection: &Connection, first: u64, last: u64) -> Result<HashMap<u64, (Vec<u8>, String)>> {
    let bound = |seq: u64| i64::try_from(seq).unwrap_or(i64::MAX);
    let sql = "SELECT seq, salt, packed FROM document WHERE seq >= ?1 AND seq <= ?2";
    let all = connection.all(sql, params![bound(first), bound(last)], |row| {
        let said = pack::unpack(Kind::Words, &row.get::<Vec<u8>>(2)?).unwrap_or_default();
        Ok((row.get::<u64>(0)?, (row.get::<Vec<u8>>(1)?, said)))
    })?;
    Ok(all.into_iter().collect())
}

/// Whether a deadline that has passed waits for another try, as it does for a while where its action was refused or could not
/// be stored. Further away it would be hidden.
fn is_put_off(found: &Value, expected: &Value, seen: i64) -> bool {
    let (Value::Integer(found), Value::Integer(expected)) = (found, expected) else { return false };
    *expected <= seen && (*expected..=seen + PUT_OFF).contains(found)
}

/// Compares a case with its row, its citizen and its attachments.
fn life(
    connection: &Connection,
    (key, last): (i64, i64),
    ordinal: u64,
    (rules, counts): (&Rules, Option<&KeptCounts>),
    audit: &mut Audit,
) -> Result<()> {
    let entries = entries(connection, last)?;
    let Some(life) = replay(&entries, ordinal, |what| audit.fault(what))? else {
        audit.fault(format!("case {} cannot be replayed from its entries", reference(key)));
        return Ok(());
    };
    let Life { case, place, attachments } = life;
    let expected = CaseRow::of(&case, case.due(rules), case.next_deadline(rules))?.values(place);
    let sql = format!("SELECT {} FROM grievance WHERE reference = ?1", CaseRow::COLUMNS.join(", "));
    let row: Option<Vec<Value>> = connection.first(&sql, params![key], |row| {
        (0..CaseRow::COLUMNS.len()).map(|column| Ok(row.cell(column)?.to_value())).collect()
    })?;
    match row {
        None => audit.fault(format!("case {} has entries and no row", reference(key))),
        Some(row) => {
            for ((found, expected), name) in row.iter().zip(&expected).zip(CaseRow::COLUMNS) {
                if found != expected && !(name == "next_deadline" && is_put_off(found, expected, audit.seen)) {
                    audit.fault(format!("{name} of case {} is not what its events add up to", reference(key)));
                }
            }
        }
    }
    for column in counts.map_or_else(Vec::new, |(counts, _)| counts.faults(ordinal, &case, case.due(rules))) {
        audit.fault(format!("the counts have another {column} of case {}", reference(key)));
    }
    let sql = "SELECT 1 FROM person WHERE id = ?1";
    if connection.maybe::<i64>(sql, params![super::person(case.citizen)])?.is_none() {
        audit.fault(format!("the citizen of case {} has no number", reference(key)));
    }
    let listed = connection.all("SELECT id FROM attachment WHERE reference = ?1", params![key], |row| row.get(0))?;
    let listed: BTreeSet<String> = listed.into_iter().collect();
    for id in listed.difference(&attachments) {
        audit.fault(format!("attachment {id} is not with the case that names it"));
    }
    for id in attachments.difference(&listed) {
        // An attachment that never arrived was no loss; older versions deleted its row.
        if chain::was_recorded(connection, id)? {
            audit.fault(format!("case {} names attachment {id}, which is gone", reference(key)));
        }
    }
    Ok(())
}

/// Finds rows of cases, statements and attachments to which no entry leads.
fn strays(connection: &Connection, audit: &mut Audit) -> Result<()> {
    let rows: u64 = connection.one("SELECT count(*) FROM grievance", &[])?;
    if rows != audit.cases {
        audit.fault(format!("{} cases have events, {rows} have rows", audit.cases));
        let sql = "SELECT g.reference FROM grievance g LEFT JOIN event e ON e.seq = g.lodged_seq AND e.reference = g.reference
                   WHERE e.seq IS NULL LIMIT 10";
        for key in connection.all(sql, &[], |row| row.get(0))? {
            audit.fault(format!("the row of case {} has no events", reference(key)));
        }
    }
    let sql = "SELECT d.seq FROM document d LEFT JOIN event e ON e.seq = d.seq WHERE e.seq IS NULL LIMIT 10";
    for seq in connection.all(sql, &[], |row| row.get::<i64>(0))? {
        audit.fault(format!("there are words for an entry {seq} that there is not"));
    }
    let sql = "SELECT a.id FROM attachment a LEFT JOIN grievance g ON g.reference = a.reference
               WHERE a.reference IS NOT NULL AND g.reference IS NULL LIMIT 10";
    for id in connection.all(sql, &[], |row| row.get::<String>(0))? {
        audit.fault(format!("attachment {id} is not with the case that names it"));
    }
    Ok(())
}

/// Checks that each number is the one from which its person's id was made.
fn people(connection: &Connection, witness: &Witness, audit: &mut Audit) -> Result<()> {
    let Some(secret) = &witness.secret else { return Ok(()) };
    connection.each("SELECT id, mobile FROM person", &[], |row| {
        let (id, mobile): (i64, String) = (row.get(0)?, row.get(1)?);
        let fits = Mobile::parse(&mobile).is_ok_and(|mobile| super::person(secret.person(&mobile)) == id);
        if !fits {
            audit.fault(format!("the number of person {id} is not the one that person was made of"));
        }
        Ok(())
    })
}

/// Checks that each attachment's file is the one that was stored.
fn attachments(connection: &Connection, witness: &Witness, audit: &mut Audit) -> Result<()> {
    let Some(stored) = &witness.attachments else { return Ok(()) };
    for attachment in files::all(connection)?.into_iter().filter(super::Attachment::is_here) {
        match stored.read(attachment.kind, &attachment.id).map(|bytes| Hash::from(Sha256::digest(bytes))) {
            Ok(found) if Some(found) == attachment.stored => {}
            Ok(_) => audit.fault(format!("the file of attachment {} is not the one that was stored", attachment.id)),
            Err(_) if witness.missing.contains(&attachment.id) => {}
            Err(error) => audit.fault(format!("the file of attachment {}: {error}", attachment.id)),
        }
    }
    Ok(())
}

/// Makes all case rows again from the ledger; answers how many. `told` is called with their number now and then.
pub(super) fn rebuild(
    connection: &Connection,
    effects: &mut Effects<'_>,
    rules: &Rules,
    told: impl Fn(u64),
) -> Result<u64> {
    let mut broken = None;
    let last_entries = last_entries(connection, |what| broken = broken.take().or(Some(what)))?;
    if let Some(what) = broken {
        return Err(StoreError::Damaged(what));
    }
    connection.execute("DELETE FROM grievance", &[])?;
    let (mut seq, mut cases) = (0, 0u64);
    loop {
        let sql = "SELECT seq, reference, version FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?2";
        let bound = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let page = connection.all(sql, params![bound(seq), bound(PAGE)], |row| {
            Ok((row.get::<u64>(0)?, row.get::<i64>(1)?, row.get::<u32>(2)?))
        })?;
        let Some((last, ..)) = page.last() else { break };
        seq = *last;
        for (_, key, _) in page.iter().filter(|(_, _, version)| *version == 1) {
            cases += 1;
            let last = last_entries.get(key).copied().unwrap_or_default();
            let life = replay(&entries(connection, last)?, cases, |_| {})?;
            let Some(Life { case, place, .. }) = life else {
                return Err(StoreError::Damaged(format!("case {} does not begin with its lodging", reference(*key))));
            };
            CaseRow::of(&case, case.due(rules), case.next_deadline(rules))?.put(connection, place)?;
            if cases.is_multiple_of(50_000) {
                told(cases);
            }
        }
    }
    effects.ends.cases = cases;
    Ok(cases)
}
